// The store of shared limits at the other end of a line: a worker asks, the keeper answers from its memory.

import type { LimitStore } from '../exchange/ports.ts';
import type { Line } from './line.ts';

/** The keeper is on the same machine, and its end is heard at once: until then it is only busy. */
const WITHIN_MS = 2_000;

const QUESTIONS = ['take', 'settle', 'push', 'pushMoney', 'beat', 'leave', 'kept'] as const;

/** The store as a worker sees it. */
export function limitStoreOver(line: Line): LimitStore {
  const ask =
    <Answer>(name: (typeof QUESTIONS)[number]) =>
    // What comes back is what the keeper's own store has answered.
    (question?: unknown): Promise<Answer> =>
      line.ask(`limits.${name}`, question, WITHIN_MS) as Promise<Answer>;
  return {
    get up() {
      return line.open;
    },
    // The line is there from the beginning, and never comes back.
    onUp: () => undefined,
    take: ask('take'),
    settle: ask('settle'),
    push: ask('push'),
    pushMoney: ask('pushMoney'),
    beat: ask('beat'),
    leave: ask('leave'),
    kept: ask('kept'),
    tell: (news) => line.tell('limits.tell', news),
    onNews: (listener) => line.hear('limits.news', (text) => listener(String(text))),
    close: () => undefined,
  };
}

/** Answers a worker from a store of its own, which is closed when the worker is gone. */
export function serveLimits(line: Line, store: LimitStore): void {
  for (const name of QUESTIONS)
    line.answer(`limits.${name}`, (question) => {
      const answer = store[name] as (question: unknown) => unknown;
      return answer(question);
    });
  line.hear('limits.tell', (news) => store.tell(news as Parameters<LimitStore['tell']>[0]));
  store.onNews((text) => line.tell('limits.news', text));
  line.onEnd(() => store.close());
}
