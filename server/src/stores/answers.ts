// Where answers are kept that may be given again: in a Redis server where the settings name one, else in memory.

import type { CacheSettings } from '../config/settings.ts';
import type { AnswerCache, Clock, Log } from '../exchange/ports.ts';
import { MemoryAnswers } from './memory/answers.ts';
import { RedisAnswers } from './redis/answers.ts';
import { createRedisConnection, type RedisConnection } from './redis/connection.ts';

/**
 * Makes it; nothing is loaded or connected before it is used. `shared`: a connection to that server which others use, too.
 * `prefix`: what names in the server begin with.
 */
export function createAnswers(
  { url, maxBytes }: CacheSettings,
  clock: Pick<Clock, 'epochMs'>,
  log: Pick<Log, 'warn'>,
  shared?: RedisConnection,
  prefix = 'sluice',
): AnswerCache {
  const memory = new MemoryAnswers({ maxBytes: () => maxBytes, clock });
  if (url === undefined) return memory;
  const connection = shared ?? createRedisConnection({ url, log });
  return new RedisAnswers({ connection, shared: shared !== undefined, memory, clock, prefix });
}
