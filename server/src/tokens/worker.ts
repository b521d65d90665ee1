// The thread in which tokens are counted, so that a long text does not hold up the streams of others.

import { parentPort } from 'node:worker_threads';
import { countTokens } from './count.ts';
import type { CountAnswer, CountQuestion } from './messages.ts';

parentPort?.on('message', async ({ id, texts }: CountQuestion) => {
  let tokens: number | undefined;
  try {
    tokens = await countTokens(texts);
  } catch {
    // The asker has an estimate of its own.
  }
  parentPort?.postMessage({ id, tokens } satisfies CountAnswer);
});
