// Counts tokens for whoever asks, in a thread that is started by the first question and ends when nobody asks any more.

import { Worker } from 'node:worker_threads';
import type { Tokenizer } from '../exchange/ports.ts';
import { countTokens } from './count.ts';
import type { CountAnswer } from './messages.ts';

/** The thread is let go after this much silence, in milliseconds: it holds some 100 MB. */
const IDLE_MS = 60_000;
/** A count that takes longer is given up, in milliseconds. */
const DEADLINE_MS = 5_000;

/** Counts in the thread of the caller: for tests, where TypeScript sources run directly. */
const inPlace: Tokenizer = {
  count: (texts) => countTokens(texts).catch(() => undefined),
  close: () => undefined,
};

/** Makes a tokenizer. Nothing is loaded yet. */
export function createTokenizer(): Tokenizer {
  if (import.meta.url.endsWith('.ts')) return inPlace;
  const waiting = new Map<number, (tokens: number | undefined) => void>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const close = (): void => {
    clearTimeout(idle);
    void worker?.terminate();
    worker = undefined;
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
  };

  const start = (): Worker => {
    const started = new Worker(new URL('./worker.js', import.meta.url), { name: 'sluice-tokenizer' });
    started.unref();
    started.on('message', ({ id, tokens }: CountAnswer) => waiting.get(id)?.(tokens));
    const ended = (): void => {
      if (worker === started) close();
    };
    started.on('error', ended);
    started.on('exit', ended);
    return started;
  };

  return {
    count: (texts) =>
      new Promise((resolve) => {
        worker ??= start();
        clearTimeout(idle);
        idle = setTimeout(close, IDLE_MS).unref();
        lastId += 1;
        const id = lastId;
        const late = setTimeout(() => waiting.get(id)?.(undefined), DEADLINE_MS);
        waiting.set(id, (tokens) => {
          clearTimeout(late);
          waiting.delete(id);
          resolve(tokens);
        });
        worker.postMessage({ id, texts });
      }),
    close,
  };
}
