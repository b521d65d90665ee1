// The cache of answers at the other end of a line: all workers find what one of them has kept.

import type { AnswerCache, CachedAnswer, CacheStats, PurgeWish } from '../exchange/ports.ts';
import type { Line } from './line.ts';

const WITHIN_MS = 50;
const PURGE_WITHIN_MS = 10_000;

/** The keeper counts what it is asked for, for all of them. */
const COUNTED_THERE: Omit<CacheStats, 'connected'> = {
  store: 'memory',
  entries: 0,
  bytes: 0,
  hits: 0,
  misses: 0,
  stored: 0,
};

/** The cache as a worker sees it. */
export function answersOver(line: Line): AnswerCache {
  return {
    async get(key, again = false) {
      const found = await line.ask('answers.get', { key, again }, WITHIN_MS);
      return found as CachedAnswer | undefined;
    },
    put: (key, answer) => line.tell('answers.put', { key, answer }),
    purge: async (which) => Number((await line.ask('answers.purge', which, PURGE_WITHIN_MS)) ?? 0),
    stats: (): CacheStats => ({ ...COUNTED_THERE, connected: line.open }),
    close: () => undefined,
  };
}

/** Answers a worker from the keeper's cache. */
export function serveAnswers(line: Line, answers: AnswerCache): void {
  line.answer('answers.get', (body) => {
    const { key, again } = body as { key: string; again: boolean };
    return answers.get(key, again);
  });
  line.hear('answers.put', (body) => {
    const { key, answer } = body as { key: string; answer: CachedAnswer };
    answers.put(key, answer);
  });
  line.answer('answers.purge', (which) => answers.purge(which as PurgeWish));
}
