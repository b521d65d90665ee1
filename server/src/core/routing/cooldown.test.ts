import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coolFromBody, coolFromHeaders } from './cooldown.ts';

const NOW = Date.UTC(2026, 10, 6, 8, 49, 37);
const cool = (headers: Readonly<Record<string, string>>): number | undefined =>
  coolFromHeaders((name) => headers[name], NOW);

describe('coolFromHeaders', () => {
  it.each([
    ['7', 7_000],
    ['1.5', 1_500],
    [' 2 ', 2_000],
    ['0', 250],
    ['0.01', 250],
    ['999999999', 3_600_000],
    ['Fri, 06 Nov 2026 08:50:07 GMT', 30_000],
    ['Fri, 06 Nov 2026 08:00:00 GMT', 250],
    ['Mon, 06 Nov 2056 08:00:00 GMT', 3_600_000],
  ])('reads retry-after: %s as %d ms', (value, ms) => {
    expect(cool({ 'retry-after': value })).toBe(ms);
  });

  it.each([
    '',
    '-5',
    'soon',
    '1e9',
    'NaN',
    'Infinity',
    '0x10',
    '2026-11-06T08:50:07Z',
    'Fri, 99 Nov 2026 08:50:07 GMT',
  ])('understands nothing by retry-after: %s', (value) => {
    expect(cool({ 'retry-after': value })).toBeUndefined();
  });

  it('prefers milliseconds, and falls back to seconds when they are garbage', () => {
    expect(cool({ 'retry-after-ms': '800', 'retry-after': '7' })).toBe(800);
    expect(cool({ 'retry-after-ms': 'x', 'retry-after': '7' })).toBe(7_000);
    expect(cool({})).toBeUndefined();
  });

  it('never leaves the bounds, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        const ms = cool({ 'retry-after-ms': one, 'retry-after': two });
        if (ms !== undefined) expect(ms >= 250 && ms <= 3_600_000).toBe(true);
      }),
    );
  });
});

describe('coolFromBody', () => {
  it('reads the delay of a RetryInfo', () => {
    expect(coolFromBody('{"error":{"details":[{"retryDelay": "48s"}]}}')).toBe(48_000);
    expect(coolFromBody('{"retryDelay":"0.5s"}')).toBe(500);
    expect(coolFromBody('{"retryDelay":"soon"}')).toBeUndefined();
  });
});
