import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Share } from './share.ts';

/** How many of so many extra calls are allowed in a row. */
function allowed(share: Share, part: number, nowMs: number): number {
  let count = 0;
  while (count < 1_000 && share.take(part, nowMs)) count++;
  return count;
}

function noted(requests: number, nowMs: number): Share {
  const share = new Share();
  for (let request = 0; request < requests; request++) share.note(nowMs);
  return share;
}

describe('Share', () => {
  test('extra calls are at most their share of the requests of the window', () => {
    expect(allowed(noted(100, 0), 0.05, 100)).toBe(5);
    expect(allowed(noted(100, 0), 0.07, 100)).toBe(7);
    expect(allowed(noted(1_000, 0), 0.2, 9_000)).toBe(200);
  });

  test('few requests count as ten, so that a quiet gateway may repeat at all', () => {
    expect(allowed(noted(1, 0), 0.2, 0)).toBe(2);
    expect(allowed(noted(0, 0), 0.1, 0)).toBe(1);
    expect(allowed(noted(0, 0), 0.05, 0)).toBe(0);
  });

  test('a share of nothing allows nothing, and one of everything as many as there were requests', () => {
    expect(allowed(noted(500, 0), 0, 0)).toBe(0);
    expect(allowed(noted(500, 0), 1, 0)).toBe(500);
  });

  test('what was before the window does not count', () => {
    const share = noted(100, 0);
    expect(allowed(share, 0.2, 500)).toBe(20);
    expect(allowed(share, 0.2, 9_900)).toBe(0);
    for (let request = 0; request < 100; request++) share.note(10_500);
    expect(allowed(share, 0.2, 10_600)).toBe(20);
  });

  test('where requests are rare, one extra call is allowed after as many as its share is of one', () => {
    const share = new Share();
    const takenAt: number[] = [];
    for (let request = 1; request <= 100; request++) {
      share.note(request * 30_000);
      if (share.take(0.05, request * 30_000 + 500)) takenAt.push(request);
    }
    expect(takenAt).toEqual([20, 40, 60, 80, 100]);
  });

  test('however requests come, extra calls never exceed their share of all of them by more than one', () => {
    const step = fc.tuple(fc.constantFrom(0, 0, 50, 1_000, 9_000, 30_000), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 400 }),
        fc.constantFrom(0.05, 0.07, 0.2, 0.5),
        (steps, part) => {
          const share = new Share(10_000, 0);
          let nowMs = 0;
          let taken = 0;
          for (const [requests, [passedMs, extra]] of steps.entries()) {
            nowMs += passedMs;
            share.note(nowMs);
            if (extra && share.take(part, nowMs)) taken++;
            expect(taken).toBeLessThanOrEqual((requests + 1) * part + 1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
