// Where answers are kept that may be given again: in a Redis server where the settings name one, else in memory.

import type { CacheSettings } from '../config/settings.ts';
import type { AnswerCache, Clock, Log } from '../exchange/ports.ts';
import { MemoryAnswers } from './memory/answers.ts';
import { RedisAnswers } from './redis/answers.ts';

/** Makes it; nothing is loaded or connected before it is used. */
export function createAnswers(
  { url, maxBytes }: CacheSettings,
  clock: Pick<Clock, 'epochMs'>,
  log: Pick<Log, 'warn'>,
): AnswerCache {
  const memory = new MemoryAnswers({ maxBytes: () => maxBytes, clock });
  return url === undefined ? memory : new RedisAnswers({ url, memory, clock, log });
}
