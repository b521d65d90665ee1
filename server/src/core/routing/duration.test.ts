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
    ['Friday, 06-Nov-26 08:50:07 GMT', 30_000],
    ['Fri Nov  6 08:50:07 2026', 30_000],
    ['Fri Nov 16 08:49:37 2026', 864_000_000],
  ])('18.21 reads %s by its size and shape', (text, ms) => {
    expect(untilMs(text, NOW)).toBeCloseTo(ms, 2);
  });

  test.each([
    '',
    '-5',
    '-5 soon',
    'soon',
    '1e9',
    'NaN',
    'Infinity',
    '0x10',
    'Fri, 99 Nov 2026 08:50:07 GMT',
    'Friday, 32-Nov-26 08:50:07 GMT',
    'Friday, 06-Nov-26 25:00:00 GMT',
    'Friday, 06-Nov-26 08:50:07 CET',
    'Freitag, 06-Nov-26 08:50:07 GMT',
    'Fri Nov 06 08:50:07 2026 GMT+1',
    'Fri Foo  6 08:50:07 2026',
  ])('understands nothing by %s', (text) => {
    expect(untilMs(text, NOW)).toBeUndefined();
  });

  test('is finite or undefined, whatever is sent', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9.]{0,40}(ms|s|m|h|d)?$/),
      fc.stringMatching(/^[A-Z][a-z]{2,8}, \d\d[- ][A-Z][a-z]{2}[- ]\d{2,4} \d\d:\d\d:\d\d GMT$/),
      fc.stringMatching(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/),
    );
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

describe('dateMs', () => {
  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const two = (number: number): string => String(number).padStart(2, '0');

  test('18.21 reads the three forms of one moment alike', () => {
    // Two digits of a year can be told for fifty years each way.
    const seconds = fc.integer({ min: Date.UTC(1980, 0) / 1000, max: Date.UTC(2070, 0) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        const at = new Date(second * 1000);
        const day = DAYS[at.getUTCDay()] ?? '';
        const month = MONTHS[at.getUTCMonth()] ?? '';
        const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
        const [date, year] = [at.getUTCDate(), at.getUTCFullYear()];
        expect(dateMs(at.toUTCString(), NOW)).toBe(second * 1000);
        expect(dateMs(`${day}, ${two(date)}-${month}-${two(year % 100)} ${time} GMT`, NOW)).toBe(
          second * 1000,
        );
        expect(
          dateMs(`${day.slice(0, 3)} ${month} ${String(date).padStart(2, ' ')} ${time} ${year}`, NOW),
        ).toBe(second * 1000);
      }),
    );
  });

  test('takes a year of two digits that seems more than fifty years away for one that is past', () => {
    expect(dateMs('Sunday, 06-Nov-94 08:49:37 GMT', NOW)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
    expect(dateMs('Friday, 06-Nov-76 08:49:37 GMT', NOW)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
    expect(dateMs('Sunday, 06-Nov-77 08:49:37 GMT', NOW)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
  });
});

describe('answerEpochMs', () => {
  test('29 believes the answer’s own date where the local clock is off, and the finer clock otherwise', () => {
    const theirs = 'Fri, 06 Nov 2026 08:49:37 GMT';
    expect(answerEpochMs(theirs, NOW + 7_200_000)).toBe(dateMs(theirs, NOW));
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
