import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerEpochMs, dateMs, decimal, durationMs, untilMidnightMs, untilMs } from './duration.ts';

const NOW = Date.UTC(2026, 10, 6, 8, 49, 37);
const PACIFIC = 'America/Los_Angeles';

describe('durationMs', () => {
  test.each([
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1s', 1000],
    ['17.399999999s', 17_399.999999],
    ['1h2m3.5s', 3_723_500],
    ['2m59.56s', 179_560],
    ['1d', 86_400_000],
    [' 500us ', 0.5],
  ])('reads %s', (text, ms) => {
    expect(durationMs(text)).toBeCloseTo(ms, 6);
  });

  test.each(['', '7', 's', '6m 0s', '-1s', '1y', '1sec', '1s!', `${'1s'.repeat(40)}`, undefined])(
    'understands nothing by %s',
    (text) => {
      expect(durationMs(text)).toBeUndefined();
    },
  );
});

describe('untilMs', () => {
  test.each([
    ['7', 7000],
    ['1.5', 1500],
    ['33011.382867097855', 33_011_382.867],
    ['999999999', 999_999_999_000],
    [String(NOW / 1000 + 30), 30_000],
    [String(NOW + 30_000), 30_000],
    ['6m0s', 360_000],
    ['2026-11-06T08:50:07Z', 30_000],
    ['2026-11-06T10:50:07.250+02:00', 30_250],
    ['Fri, 06 Nov 2026 08:50:07 GMT', 30_000],
    ['Fri, 06 Nov 2026 08:49:07 GMT', -30_000],
  ])('18.21 reads %s by its size and shape', (text, ms) => {
    expect(untilMs(text, NOW)).toBeCloseTo(ms, 2);
  });

  test.each(['', '-5', '-5 soon', 'soon', '1e9', 'NaN', 'Infinity', '0x10', 'Fri, 99 Nov 2026 08:50:07 GMT'])(
    'understands nothing by %s',
    (text) => {
      expect(untilMs(text, NOW)).toBeUndefined();
    },
  );

  test('is finite or undefined, whatever is sent', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,40}(ms|s|m|h|d)?$/));
    fc.assert(
      fc.property(text, (value) => {
        const ms = untilMs(value, NOW);
        expect(ms === undefined || Number.isFinite(ms)).toBe(true);
        const number = decimal(value);
        expect(number === undefined || number >= 0).toBe(true);
      }),
    );
  });
});

describe('answerEpochMs', () => {
  test('29 believes the answer’s own date where the local clock is off, and the finer clock otherwise', () => {
    const theirs = 'Fri, 06 Nov 2026 08:49:37 GMT';
    expect(answerEpochMs(theirs, NOW + 7_200_000)).toBe(dateMs(theirs));
    expect(answerEpochMs(theirs, NOW + 999)).toBe(NOW + 999);
    expect(answerEpochMs('yesterday', NOW)).toBe(NOW);
    expect(answerEpochMs(undefined, NOW)).toBe(NOW);
  });
});

describe('untilMidnightMs', () => {
  const HOUR = 3_600_000;

  test.each([
    ['an ordinary day', '2026-11-06T08:00:00Z', 24 * HOUR],
    ['a minute before midnight', '2026-11-06T07:59:00Z', 60_000],
    ['the day that clocks are set back', '2026-11-01T07:00:00Z', 25 * HOUR],
    ['the day that clocks are set forward', '2026-03-08T08:00:00Z', 23 * HOUR],
    ['the afternoon of such a day', '2026-03-08T23:00:00Z', 8 * HOUR],
  ])('knows how long %s takes in California', (_what, at, ms) => {
    expect(untilMidnightMs(Date.parse(at), PACIFIC)).toBe(ms);
  });

  test('ends at a midnight, at most 25 hours away', () => {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: PACIFIC,
      hourCycle: 'h23',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }), (now) => {
        const ms = untilMidnightMs(now, PACIFIC);
        expect(ms > 0 && ms <= 25 * HOUR).toBe(true);
        expect(clock.format(now + ms)).toMatch(/^(?:00|24):00:00/);
      }),
    );
  });
});
