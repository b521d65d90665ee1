// The cache of answers at the other end of a line: all workers find what one of them has kept.

import type { AnswerCache, CachedAnswer, CacheStats, PurgeWish } from '../exchange/ports.ts';
import type { Line } from './line.ts';

const WITHIN_MS = 50;
const PURGE_WITHIN_MS = 10_000;

/** The cache as a worker sees it. */
export function answersOver(line: Line): AnswerCache {
  const counted = { hits: 0, misses: 0, stored: 0 };
  return {
    async get(key) {
      const found = await line.ask('answers.get', key, WITHIN_MS);
      if (found === undefined) counted.misses += 1;
      else counted.hits += 1;
      return found as CachedAnswer | undefined;
    },
    put(key, answer) {
      counted.stored += 1;
      line.tell('answers.put', { key, answer });
    },
    purge: async (which) => Number((await line.ask('answers.purge', which, PURGE_WITHIN_MS)) ?? 0),
    stats: (): CacheStats => ({ store: 'memory', connected: line.open, entries: 0, bytes: 0, ...counted }),
    close: () => undefined,
  };
}

/** Answers a worker from the keeper's cache. */
export function serveAnswers(line: Line, answers: AnswerCache): void {
  line.answer('answers.get', (key) => answers.get(String(key)));
  line.hear('answers.put', (body) => {
    const { key, answer } = body as { key: string; answer: CachedAnswer };
    answers.put(key, answer);
  });
  line.answer('answers.purge', (which) => answers.purge(which as PurgeWish));
}
