import { describe, expect, test } from 'vitest';
import { Meter, type Moment } from './limits.ts';

const START = Date.parse('2026-11-21T09:00:00Z');
const at = (ms: number): Moment => ({ ms, epochMs: START + ms });
const meter = (): Meter => new Meter({ window: 'sliding', timeZone: 'UTC' });

describe("a provider's own count", () => {
  test('7.5 it takes the place of ours where it is stricter, until its reset', () => {
    const subject = meter();
    subject.take(0, at(0));
    subject.correct({ requests: { limit: 20, remaining: 2, resetMs: 30_000 } }, at(100));
    expect(subject.remaining({ rpm: 20 }, at(100)).rpm).toEqual({
      limit: 20,
      remaining: 2,
      resetInMs: 30_000,
    });
    subject.take(0, at(200));
    subject.take(0, at(200));
    expect(subject.shortage({ rpm: 20 }, 0, at(200))).toEqual({
      kind: 'rpm',
      limit: 20,
      remaining: 0,
      freeInMs: 29_900,
    });
    expect(subject.shortage({ rpm: 20 }, 0, at(30_100))).toBeUndefined();
  });

  test('7.5 it never makes ours milder', () => {
    const subject = meter();
    for (let taken = 0; taken < 20; taken += 1) subject.take(0, at(0));
    subject.correct({ requests: { limit: 500, remaining: 480, resetMs: 1 } }, at(0));
    expect(subject.shortage({ rpm: 20 }, 0, at(0))).toMatchObject({ kind: 'rpm', freeInMs: 60_500 });
  });

  test('7.5 an answer that was overtaken does not bring back what a later one took', () => {
    const subject = meter();
    subject.correct({ requests: { remaining: 0, resetMs: 10_000 } }, at(0));
    subject.correct({ requests: { remaining: 7, resetMs: 10_000 } }, at(5));
    expect(subject.shortage({}, 0, at(6))).toMatchObject({ kind: 'rpm', freeInMs: 9_994 });
    subject.correct({ requests: { remaining: 7, resetMs: 10_000 } }, at(10_000));
    expect(subject.shortage({}, 0, at(10_000))).toBeUndefined();
  });

  test('7.5 where it names no reset, a later answer is believed that tells of more: its minute has begun anew', () => {
    const subject = meter();
    const says = (remaining: number, nowMs: number, sentMs: number): boolean =>
      subject.correct({ requests: { limit: 60, remaining } }, at(nowMs), sentMs);
    says(2, 100, 0);
    subject.take(0, at(1_000));
    subject.take(0, at(1_001));
    expect(subject.shortage({}, 0, at(1_002))).toMatchObject({ kind: 'rpm', remaining: 0 });
    // Of a request that was sent before the word of 100 ms: it was overtaken.
    says(40, 1_100, 50);
    expect(subject.shortage({}, 0, at(1_101))).toMatchObject({ kind: 'rpm', remaining: 0 });
    expect(says(59, 1_200, 1_000)).toBe(true);
    expect(subject.shortage({}, 0, at(1_201))).toBeUndefined();
    // A reset that it names is its own word, and holds.
    subject.correct({ requests: { limit: 60, remaining: 1, resetMs: 30_000 } }, at(2_000), 1_900);
    subject.take(0, at(3_000));
    says(59, 3_100, 3_000);
    expect(subject.shortage({}, 0, at(3_101))).toMatchObject({ kind: 'rpm', remaining: 0 });
  });

  test('7.8 it tells when more fits, or sooner, than was said before: those who wait are then asked again', () => {
    const subject = meter();
    expect(subject.correct({ requests: { limit: 9, remaining: 0, resetMs: 50_000 } }, at(0))).toBe(false);
    expect(subject.correct({ requests: { limit: 9, remaining: 0, resetMs: 50_000 } }, at(10))).toBe(false);
    expect(subject.correct({ requests: { limit: 9, remaining: 0, resetMs: 20_000 } }, at(20))).toBe(true);
    expect(subject.correct({ requests: { limit: 9, remaining: 5, resetMs: 20_000 } }, at(30))).toBe(false);
    expect(subject.shortage({}, 0, at(20_020))).toBeUndefined();
    expect(subject.correct({ requests: { limit: 9, remaining: 5, resetMs: 20_000 } }, at(20_030))).toBe(true);
  });

  test('7.5 where nothing is left, that holds without a limit of our own', () => {
    for (const [member, kind] of [
      ['requests', 'rpm'],
      ['tokens', 'tpm'],
      ['requestsPerDay', 'rpd'],
      ['tokensPerDay', 'tpd'],
    ] as const) {
      const subject = meter();
      expect(subject.shortage({}, 5, at(0))).toBeUndefined();
      subject.correct({ [member]: { limit: 9, remaining: 0, resetMs: 1_000 } }, at(0));
      const shortage = subject.shortage({}, 5, at(0));
      expect(shortage).toEqual({ kind, limit: 9, remaining: 0, freeInMs: 1_000 });
      expect(subject.shortage({}, 5, at(1_000))).toBeUndefined();
    }
  });

  test('7.3 an estimate of tokens does not outweigh its word that some are left, unless we have a limit as well', () => {
    const subject = meter();
    subject.correct({ tokens: { limit: 1_000, remaining: 100, resetMs: 5_000 } }, at(0));
    subject.take(400, at(1));
    expect(subject.shortage({}, 400, at(2))).toBeUndefined();
    expect(subject.shortage({ tpm: 1_000 }, 400, at(2))).toMatchObject({ kind: 'tpm', freeInMs: 4_998 });
    subject.settle(400, 20, at(1), at(3));
    expect(subject.shortage({ tpm: 1_000 }, 80, at(3))).toBeUndefined();
    expect(subject.shortage({ tpm: 1_000 }, 81, at(3))).toBeDefined();
    subject.take(400, at(4));
    subject.correct({ tokens: { limit: 1_000, remaining: 0, resetMs: 5_000 } }, at(5));
    expect(subject.shortage({}, 1, at(6))).toBeDefined();
  });

  test('7.5 strange words are bounded: a minute without a reset, an hour at most, a day for daily ones', () => {
    const bar = (reported: Parameters<Meter['correct']>[0]): number | undefined => {
      const subject = meter();
      subject.correct(reported, at(0));
      return subject.shortage({}, 0, at(0))?.freeInMs;
    };
    expect(bar({ requests: { remaining: 0 } })).toBe(60_000);
    expect(bar({ requests: { remaining: -3, resetMs: 999_999_999 } })).toBe(3_600_000);
    expect(bar({ tokensPerDay: { remaining: 0, resetMs: 1e300 } })).toBe(90_000_000);
    expect(bar({ requestsPerDay: { remaining: 0 } })).toBe(15 * 3_600_000);
    expect(bar({ requests: { remaining: 0, resetMs: -1 } })).toBeUndefined();
    expect(bar({ requests: { remaining: 0, resetMs: Number.NaN } })).toBe(60_000);
    expect(bar({ requests: { remaining: Number.NaN, resetMs: 5 } })).toBeUndefined();
    expect(bar({ requests: { limit: 0, resetMs: 5 } })).toBeUndefined();
    expect(bar({})).toBeUndefined();
  });

  test('7.5 what is left of a reported limit is told where there is none of ours', () => {
    const subject = meter();
    subject.correct({ tokens: { limit: 1_000, remaining: 300, resetMs: 5_000 } }, at(0));
    expect(subject.remaining({}, at(0))).toEqual({ tpm: { limit: 1_000, remaining: 300, resetInMs: 5_000 } });
    expect(subject.remaining({}, at(5_000))).toEqual({});
  });
});

describe('its word beside our own count', () => {
  test('7.5 uses that are all ours end when our count says, not when an answer that took long said', () => {
    const subject = meter();
    for (let taken = 0; taken < 5; taken += 1) subject.take(0, at(0));
    subject.correct({ requests: { limit: 5, remaining: 0, resetMs: 60_000 } }, at(20_000));
    expect(subject.shortage({ rpm: 5 }, 0, at(20_000))).toMatchObject({ freeInMs: 40_500 });
    expect(subject.remaining({ rpm: 5 }, at(20_000)).rpm).toEqual({
      limit: 5,
      remaining: 0,
      resetInMs: 40_500,
    });
    expect(subject.shortage({ rpm: 5 }, 0, at(60_500))).toBeUndefined();
  });

  test('7.5 uses that are not ours count until its reset, and so does a limit that is lower than ours', () => {
    const shared = meter();
    shared.take(0, at(0));
    shared.correct({ requests: { limit: 5, remaining: 0, resetMs: 70_000 } }, at(0));
    expect(shared.shortage({ rpm: 5 }, 0, at(60_500))).toMatchObject({ freeInMs: 9_500 });
    const lower = meter();
    for (let taken = 0; taken < 5; taken += 1) lower.take(0, at(0));
    lower.correct({ requests: { limit: 5, remaining: 0, resetMs: 70_000 } }, at(0));
    expect(lower.shortage({ rpm: 6 }, 0, at(60_500))).toMatchObject({ freeInMs: 9_500 });
  });

  test('7.8 after its reset a queue is not let loose at once: one a second, until it speaks or five seconds are over', () => {
    const subject = meter();
    subject.correct({ requests: { limit: 5, remaining: 0, resetMs: 10_000 } }, at(0));
    const sentAt: number[] = [];
    for (let ms = 0; ms < 14_000; ms += 100) {
      if (subject.shortage({}, 0, at(ms)) !== undefined) continue;
      subject.take(0, at(ms));
      sentAt.push(ms);
    }
    expect(sentAt).toEqual([10_000, 11_000, 12_000, 13_000]);
    subject.correct({ requests: { limit: 5, remaining: 4, resetMs: 50_000 } }, at(13_500));
    for (let taken = 0; taken < 4; taken += 1) {
      expect(subject.shortage({}, 0, at(13_500))).toBeUndefined();
      subject.take(0, at(13_500));
    }
    expect(subject.shortage({}, 0, at(13_500))).toMatchObject({ freeInMs: 50_000 });
    const silent = meter();
    silent.correct({ requests: { remaining: 0, resetMs: 10_000 } }, at(0));
    for (let taken = 0; taken < 50; taken += 1) {
      expect(silent.shortage({}, 0, at(15_000))).toBeUndefined();
      silent.take(0, at(15_000));
    }
  });

  test('11.7 people are told what the provider said, less what was used since, until its reset', () => {
    const subject = meter();
    expect(subject.reportedNow(at(0))).toEqual([]);
    subject.correct(
      { requests: { limit: 20, remaining: 12, resetMs: 30_000 }, tokensPerDay: { remaining: 900 } },
      at(100),
    );
    subject.take(50, at(200));
    const [rpm, tpd, ...more] = subject.reportedNow(at(1_100));
    expect(rpm).toEqual({
      kind: 'rpm',
      limit: 20,
      remaining: 11,
      saidAtMs: at(100).epochMs,
      resetInMs: 29_000,
    });
    expect(tpd).toMatchObject({ kind: 'tpd', remaining: 850 });
    expect(tpd).not.toHaveProperty('limit');
    expect(more).toEqual([]);
    expect(subject.reportedNow(at(31_000)).map(({ kind }) => kind)).toEqual(['tpd']);
  });
});
