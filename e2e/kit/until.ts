// Waits for a condition of another process, which cannot be awaited otherwise; a condition that never holds says so.

import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 25;

/** Asks until the answer is not undefined. Rejects with `told()` after `limitMs`. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  told: () => string,
  limitMs = 30_000,
): Promise<T> {
  const dueMs = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > dueMs) throw new Error(told());
    await pause(EVERY_MS);
  }
}
