// What several gateways share through a Redis or Valkey server, from the settings to the ports: notes, kept texts and kept
// answers, each with what stands in for it. Without such a server everything is as it is in one gateway alone.

import type { CacheSettings } from '../config/settings.ts';
import type { AnswerCache, Clock, Keep, LimitStore, Log, SharedNotes } from '../exchange/ports.ts';
import { createAnswers } from './answers.ts';
import { createRedisConnection, type RedisConnection } from './redis/connection.ts';
import { RedisKeep } from './redis/keep.ts';
import { createRedisLimits } from './redis/limits.ts';
import { RedisNotes } from './redis/notes.ts';

/** How it is opened. */
export interface SharedStateOptions {
  /** The server that is shared; undefined: this gateway is alone. */
  readonly state: { readonly url: string; readonly prefix: string } | undefined;
  readonly cache: CacheSettings;
  /** The gateway's own keep. */
  readonly keep: Keep;
  readonly clock: Pick<Clock, 'epochMs'>;
  readonly log: Pick<Log, 'warn'>;
  /** The longest that one question to the server may take; 50 ms unless told otherwise. */
  readonly limitMs?: number;
}

/** What is shared. */
export interface SharedState {
  /** For short questions: nothing long is sent over it. Undefined where the gateway is alone. */
  readonly connection: RedisConnection | undefined;
  readonly notes: SharedNotes | undefined;
  /** Where limits, budgets and standings are shared; undefined where the gateway is alone. */
  readonly limits: LimitStore | undefined;
  readonly keep: Keep;
  readonly answers: AnswerCache;
  /** Closes the connections. */
  close(): void;
}

/** Opens it; nothing is connected before it is first used. */
export function openSharedState(options: SharedStateOptions): SharedState {
  const { state, cache, keep, clock, log, limitMs } = options;
  if (state === undefined) {
    const answers = createAnswers(cache, clock, log);
    return {
      connection: undefined,
      notes: undefined,
      limits: undefined,
      keep,
      answers,
      close: () => answers.close(),
    };
  }
  const { url, prefix } = state;
  const told = notTwice(log);
  const connection = createRedisConnection({ url, log: told, limitMs });
  // Answers and kept texts may be megabytes long: behind them, short questions would seem to find the server silent.
  const texts = createRedisConnection({ url, log: told, limitMs });
  // Whoever finds the server silent on one of them finds it out for both.
  connection.onDown(() => texts.doubt());
  texts.onDown(() => connection.doubt());
  const ofAnswers = cache.url === url ? texts : ownOf(cache, log);
  const answers = createAnswers(cache, clock, log, ofAnswers, prefix);
  return {
    connection,
    notes: new RedisNotes({ connection, ofAnswers, prefix }),
    limits: createRedisLimits({ connection, prefix }),
    keep: new RedisKeep({ connection: texts, own: keep, prefix }),
    answers,
    close: () => {
      for (const one of new Set([connection, texts, ofAnswers])) one?.close();
    },
  };
}

/** Answers may be kept in another server, or by each gateway alone. */
function ownOf({ url }: CacheSettings, log: Pick<Log, 'warn'>): RedisConnection | undefined {
  return url === undefined ? undefined : createRedisConnection({ url, log });
}

/** Both connections would say the same of one server. */
function notTwice(log: Pick<Log, 'warn'>): Pick<Log, 'warn'> {
  let last = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    warn: (message, fields) => {
      const nowMs = performance.now();
      if (message === last && nowMs - lastMs < SAME_MS) return;
      last = message;
      lastMs = nowMs;
      log.warn(message, fields);
    },
  };
}

/** Words that come again within this are not news. */
const SAME_MS = 5_000;
