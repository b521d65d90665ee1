import { describe, expect, test } from 'vitest';
import { Meter, type Moment } from './limits.ts';
import { DEFAULT_LIMIT_POLICY, type Limits } from './policy.ts';

const START = Date.parse('2026-11-21T09:00:00Z');
const at = (ms: number): Moment => ({ ms, epochMs: START + ms });
const meter = (window: 'sliding' | 'fixed' = 'sliding'): Meter => new Meter({ window, timeZone: 'UTC' });

/** Takes one after the other until one does not fit; how many did. */
function fill(subject: Meter, limits: Limits, tokens: number, now: Moment, most = 1_000): number {
  let taken = 0;
  while (taken < most && subject.shortage(limits, tokens, now) === undefined) {
    subject.take(tokens, now);
    taken += 1;
  }
  return taken;
}

describe('limits of a minute', () => {
  test('7.1 without a limit, or with -1, everything fits', () => {
    expect(fill(meter(), {}, 1e9, at(0))).toBe(1_000);
    expect(fill(meter(), { rpm: -1, rpd: -1, tpm: -1, tpd: -1, concurrency: -1 }, 1e9, at(0))).toBe(1_000);
  });

  test('7.1 a limit of 0 lets nothing through, ever', () => {
    for (const kind of ['rpm', 'rpd', 'tpm', 'tpd', 'concurrency'] as const) {
      const shortage = meter().shortage({ [kind]: 0 }, 0, at(0));
      expect(shortage).toEqual({ kind, limit: 0, remaining: 0, freeInMs: Number.POSITIVE_INFINITY });
    }
  });

  test('7.1 so many requests fit in a minute, and the time of the next one is told', () => {
    const subject = meter();
    expect(fill(subject, { rpm: 3 }, 0, at(200))).toBe(3);
    const shortage = subject.shortage({ rpm: 3 }, 0, at(10_200));
    expect(shortage).toEqual({ kind: 'rpm', limit: 3, remaining: 0, freeInMs: 50_300 });
    expect(subject.shortage({ rpm: 3 }, 0, at(60_200))).toBeDefined();
    expect(subject.shortage({ rpm: 3 }, 0, at(10_200 + 50_300))).toBeUndefined();
  });

  test('7.3 tokens are reserved with the request, and what was not used comes back', () => {
    const subject = meter();
    const limits = { tpm: 1_000 };
    subject.take(800, at(0));
    expect(subject.shortage(limits, 201, at(1))).toMatchObject({ kind: 'tpm', remaining: 200 });
    expect(subject.shortage(limits, 200, at(1))).toBeUndefined();
    subject.settle(800, 300, at(0), at(5_000));
    expect(subject.shortage(limits, 700, at(5_000))).toBeUndefined();
    expect(subject.shortage(limits, 701, at(5_000))).toMatchObject({ kind: 'tpm', remaining: 700 });
  });

  test('7.3 more than was reserved counts in the minute in which it was reserved', () => {
    const subject = meter();
    subject.take(100, at(0));
    subject.settle(100, 900, at(0), at(30_000));
    expect(subject.shortage({ tpm: 1_000 }, 200, at(30_000))).toMatchObject({
      remaining: 100,
      freeInMs: 30_500,
    });
    expect(subject.shortage({ tpm: 1_000 }, 1_000, at(60_500))).toBeUndefined();
  });

  test('7.3 a request that is larger than the limit alone goes when nothing else is in the minute', () => {
    const subject = meter();
    const limits = { tpm: 100, tpd: 150 };
    expect(subject.shortage(limits, 5_000, at(0))).toBeUndefined();
    subject.take(10, at(0));
    expect(subject.shortage({ tpm: 100 }, 5_000, at(0))).toMatchObject({ kind: 'tpm', freeInMs: 60_500 });
    expect(subject.shortage({ tpm: 100 }, 5_000, at(60_500))).toBeUndefined();
    expect(subject.shortage({ tpd: 150 }, 5_000, at(60_500))).toMatchObject({ kind: 'tpd' });
  });

  test('7.5 a request that was never sent leaves nothing behind; one that failed does', () => {
    const subject = meter();
    const limits = { rpm: 1, rpd: 1, tpm: 10, tpd: 10, concurrency: 1 };
    subject.take(10, at(0));
    subject.giveBack(10, at(0), at(10));
    expect(fill(subject, limits, 10, at(20))).toBe(1);
    subject.settle(10, 0, at(20), at(30));
    expect(subject.shortage(limits, 10, at(40))).toMatchObject({ kind: 'rpd' });
    expect(subject.shortage({ tpm: 10, tpd: 10, concurrency: 1 }, 10, at(40))).toBeUndefined();
  });

  test('7.1 a fixed window is a minute of the clock', () => {
    const subject = meter('fixed');
    expect(fill(subject, { rpm: 5 }, 0, at(59_000))).toBe(5);
    expect(subject.shortage({ rpm: 5 }, 0, at(59_000))).toMatchObject({ freeInMs: 1_000 });
    expect(fill(subject, { rpm: 5 }, 0, at(60_000))).toBe(5);
  });

  test('18.18 after exactly one hour of silence nothing of the old count is left', () => {
    for (const window of ['sliding', 'fixed'] as const) {
      const subject = meter(window);
      expect(fill(subject, { rpm: 5 }, 0, at(1_000))).toBe(5);
      expect(fill(subject, { rpm: 5 }, 0, at(3_601_000))).toBe(5);
    }
  });

  test('7.1 estimates that are no numbers count as nothing', () => {
    const subject = meter();
    for (const tokens of [Number.NaN, -5, Number.NEGATIVE_INFINITY]) {
      subject.take(tokens, at(0));
      subject.settle(tokens, Number.NaN, at(0), at(1));
    }
    expect(subject.remaining({ tpm: 100 }, at(1)).tpm).toMatchObject({ remaining: 100 });
    subject.take(Number.POSITIVE_INFINITY, at(1));
    subject.settle(Number.POSITIVE_INFINITY, 4, at(1), at(2));
    expect(subject.remaining({ tpm: 100 }, at(2)).tpm).toMatchObject({ remaining: 96 });
  });
});

describe('limits of a day and of the moment', () => {
  test('7.2 a day ends where the zone says, not after 24 hours', () => {
    const zone = new Meter({ window: 'sliding', timeZone: 'Asia/Tokyo' });
    expect(fill(zone, { rpd: 2, tpd: 1_000 }, 1, at(0))).toBe(2);
    const tomorrow = Date.parse('2026-11-22T00:00:00+09:00') - START;
    expect(zone.shortage({ rpd: 2 }, 1, at(0))).toMatchObject({ kind: 'rpd', freeInMs: tomorrow });
    expect(zone.shortage({ rpd: 2 }, 1, at(tomorrow - 1))).toBeDefined();
    expect(fill(zone, { rpd: 2 }, 1, at(tomorrow))).toBe(2);
  });

  test('7.2 what was reserved yesterday does not change today', () => {
    const subject = meter();
    const evening = Date.parse('2026-11-21T23:59:00Z') - START;
    subject.take(100, at(evening));
    subject.take(50, at(evening + 120_000));
    subject.settle(100, 900, at(evening), at(evening + 130_000));
    subject.giveBack(100, at(evening), at(evening + 130_000));
    expect(subject.remaining({ tpd: 1_000, rpd: 5 }, at(evening + 130_000))).toMatchObject({
      tpd: { remaining: 950 },
      rpd: { remaining: 4 },
    });
  });

  test('7.8 so many run at the same time; when one ends, the next fits', () => {
    const subject = meter();
    expect(fill(subject, { concurrency: 2 }, 0, at(0))).toBe(2);
    expect(subject.inFlight).toBe(2);
    expect(subject.shortage({ concurrency: 2 }, 0, at(0))).toEqual({
      kind: 'concurrency',
      limit: 2,
      remaining: 0,
      freeInMs: Number.POSITIVE_INFINITY,
    });
    subject.settle(0, 0, at(0), at(1));
    expect(subject.shortage({ concurrency: 2 }, 0, at(1))).toBeUndefined();
    for (let ended = 0; ended < 5; ended += 1) subject.settle(0, 0, at(0), at(1));
    expect(subject.inFlight).toBe(0);
  });

  test('7.7 of several reasons the one that lasts longest is told, concurrency only where it is the only one', () => {
    const subject = meter();
    subject.take(10, at(0));
    expect(subject.shortage({ rpm: 1, tpm: 1, concurrency: 1 }, 5, at(0))).toMatchObject({
      freeInMs: 60_500,
    });
    expect(subject.shortage({ rpm: 1, rpd: 1, concurrency: 1 }, 5, at(0))).toMatchObject({ kind: 'rpd' });
    expect(subject.shortage({ rpm: 1, concurrency: 0 }, 5, at(0))).toMatchObject({ kind: 'concurrency' });
  });

  test('7.7 what remains of each limit is told for headers and pages', () => {
    const subject = meter();
    const limits = { rpm: 10, rpd: 100, tpm: 1_000, tpd: 10_000, concurrency: 4 };
    expect(meter().remaining(limits, at(0)).rpm).toEqual({ limit: 10, remaining: 10, resetInMs: 0 });
    subject.take(300, at(0));
    const day = Date.parse('2026-11-22T00:00:00Z') - START;
    expect(subject.remaining(limits, at(1_000))).toEqual({
      rpm: { limit: 10, remaining: 9, resetInMs: 59_500 },
      rpd: { limit: 100, remaining: 99, resetInMs: day - 1_000 },
      tpm: { limit: 1_000, remaining: 700, resetInMs: 59_500 },
      tpd: { limit: 10_000, remaining: 9_700, resetInMs: day - 1_000 },
      concurrency: { limit: 4, remaining: 3, resetInMs: Number.POSITIVE_INFINITY },
    });
    expect(subject.remaining({}, at(1_000))).toEqual({});
  });

  test('a zone that does not exist is a defect of the caller', () => {
    const subject = new Meter({ ...DEFAULT_LIMIT_POLICY, timeZone: 'Mars/Olympus' });
    expect(() => subject.take(1, at(0))).toThrow(RangeError);
  });
});
