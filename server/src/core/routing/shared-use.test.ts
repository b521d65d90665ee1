import { describe, expect, test } from 'vitest';
import type { LimitPolicy, Limits } from './policy.ts';
import { SharedUse } from './shared-use.ts';

const POLICY: LimitPolicy = { window: 'sliding', timeZone: 'UTC' };
const NOON = Date.parse('2026-11-21T12:00:00Z');
const TWO = { fellows: 2, rank: 1 };
const totals = (requests: number, tokens = 0, running = 0) => ({
  requests,
  tokens,
  dayRequests: requests,
  dayTokens: tokens,
  running,
});
/** How many fit at once. */
function fits(use: SharedUse, limits: Limits, nowMs = NOON, fellowship = TWO): number {
  let count = 0;
  while (count < 1_000 && use.shortage(limits, 0, nowMs, fellowship) === undefined) {
    use.take(0, nowMs, 'since');
    count += 1;
  }
  return count;
}

describe('what one gateway lets in while the store is silent', () => {
  test('P5 is its part of the limit where nothing was used before', () => {
    expect(fits(new SharedUse(POLICY), { rpm: 10 })).toBe(5);
    expect(fits(new SharedUse(POLICY), { rpd: 11 })).toBe(5);
    expect(fits(new SharedUse(POLICY), { rpd: 11 }, NOON, { fellows: 2, rank: 0 })).toBe(6);
    expect(fits(new SharedUse(POLICY), { concurrency: 4 })).toBe(2);
  });

  test('P5 is its part of what was left, and never more than its part of the whole with what it used before', () => {
    const lazy = new SharedUse(POLICY);
    lazy.hear(totals(8), NOON);
    expect(fits(lazy, { rpm: 10 })).toBe(1);
    const busy = new SharedUse(POLICY);
    for (let one = 0; one < 4; one++) busy.take(0, NOON, 'with');
    expect(fits(busy, { rpm: 10 })).toBe(1);
  });

  test('P5 grows as what was used before grows old', () => {
    const use = new SharedUse(POLICY);
    use.hear(totals(10), NOON);
    expect(fits(use, { rpm: 10 })).toBe(0);
    expect(fits(use, { rpm: 10 }, NOON + 60_500)).toBe(5);
    expect(fits(use, { rpm: 10 }, NOON + 60_600)).toBe(0);
  });

  test('P5 tokens beyond its part are refused, and what alone is more than the limit goes to the first gateway', () => {
    const use = new SharedUse(POLICY);
    expect(use.shortage({ tpm: 1_000 }, 501, NOON, TWO)).toMatchObject({ kind: 'tpm', remaining: 500 });
    expect(use.shortage({ tpm: 1_000 }, 500, NOON, TWO)).toBeUndefined();
    expect(use.shortage({ tpm: 1_000 }, 5_000, NOON, TWO)).toBeDefined();
    expect(use.shortage({ tpm: 1_000 }, 5_000, NOON, { fellows: 2, rank: 0 })).toBeUndefined();
    expect(use.shortage({ tpm: 0 }, 5_000, NOON, { fellows: 1, rank: 0 })?.freeInMs).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test('P5 what others run is believed for a minute', () => {
    const use = new SharedUse(POLICY);
    use.hear(totals(0, 0, 4), NOON);
    expect(use.shortage({ concurrency: 4 }, 0, NOON, TWO)?.kind).toBe('concurrency');
    expect(use.shortage({ concurrency: 4 }, 0, NOON + 60_001, TWO)).toBeUndefined();
  });

  test('what others have given back is room again, and a store that was told less is no news of ours', () => {
    const use = new SharedUse(POLICY);
    use.hear(totals(10), NOON);
    use.hear(totals(4), NOON + 1_000);
    expect(fits(use, { rpm: 10 }, NOON + 1_000)).toBe(3);
  });

  test('tells the store once what it does not know, and everything where that has lost it', () => {
    const use = new SharedUse(POLICY);
    use.take(10, NOON, 'with');
    use.take(20, NOON + 300, 'since');
    expect(use.untold(false, NOON + 300)).toMatchObject({ dayRequests: 1, dayTokens: 20 });
    use.pushed(NOON + 300);
    expect(use.untold(false, NOON + 300)).toEqual({ uses: [], dayRequests: 0, dayTokens: 0 });
    const all = use.untold(true, NOON + 300);
    expect(all.uses.map(({ requests, tokens }) => [requests, tokens])).toEqual([
      [1, 10],
      [1, 20],
    ]);
    // It still counts as let in without the store until the others have had time to come back.
    expect(fits(use, { rpm: 6 }, NOON + 300)).toBe(1);
    use.endSilence(NOON + 300);
    expect(use.running).toBe(3);
  });

  test('what ends is taken off where it was counted', () => {
    const use = new SharedUse(POLICY);
    use.take(100, NOON, 'since');
    use.end(0, -60, NOON, NOON + 10, 'since');
    expect(use.untold(false, NOON + 10)).toMatchObject({ dayRequests: 1, dayTokens: 40 });
    expect(use.running).toBe(0);
    use.take(100, NOON + 10, 'since');
    use.end(-1, -100, NOON + 10, NOON + 20, 'since');
    expect(use.untold(false, NOON + 20)).toMatchObject({ dayRequests: 1, dayTokens: 40 });
    expect([use.isIdle(NOON + 20), use.isIdle(NOON + 3 * 86_400_000)]).toEqual([false, true]);
  });
});
