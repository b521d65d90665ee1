import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedRest, namedRest } from './cooldown.ts';
import { DEFAULT_HEALTH } from './policy.ts';

const NOW = Date.UTC(2026, 10, 6, 8, 49, 37);
const HOUR = 3_600_000;

/** The rest, between its bounds. */
function cool(headers: Readonly<Record<string, string>>, text = ''): number | undefined {
  const named = namedRest(Object.entries(headers).flat(), text, NOW);
  return named === undefined ? undefined : boundedRest(named, DEFAULT_HEALTH.cooldown);
}

describe('the headers of a refusal', () => {
  test.each([
    ['7', 7000],
    ['1.5', 1500],
    [' 2 ', 2000],
    ['0', 250],
    ['0.01', 250],
    ['999999999', HOUR],
    ['30s', 30_000],
    ['Fri, 06 Nov 2026 08:50:07 GMT', 30_000],
    ['Fri, 06 Nov 2026 08:00:00 GMT', 250],
    ['Mon, 06 Nov 2056 08:00:00 GMT', HOUR],
    ['2026-11-06T08:50:07Z', 30_000],
  ])('5.5 retry-after: %s is %d ms', (value, ms) => {
    expect(cool({ 'Retry-After': value })).toBe(ms);
  });

  test.each(['', '-5', '-5 soon', 'soon', '1e9', 'NaN', 'Infinity', '0x10', 'Fri, 99 Nov 2026 08:50:07 GMT'])(
    '5.5 retry-after: %s says nothing',
    (value) => {
      expect(cool({ 'retry-after': value })).toBeUndefined();
    },
  );

  test('5.5 milliseconds are preferred, and seconds where they are garbage', () => {
    expect(cool({ 'retry-after-ms': '800', 'retry-after': '7' })).toBe(800);
    expect(cool({ 'retry-after-ms': 'x', 'retry-after': '7' })).toBe(7000);
  });

  test('5.5 of several limits, the one that is used up tells', () => {
    const openai = { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0s' };
    const left = (requests: string, tokens: string): number | undefined =>
      cool({
        ...openai,
        'x-ratelimit-remaining-requests': requests,
        'x-ratelimit-remaining-tokens': tokens,
      });
    expect([left('0', '9'), left('9', '0'), left('0', '0'), left('9', '9')]).toEqual([
      1000,
      360_000,
      360_000,
      undefined,
    ]);
    expect(cool({ ...openai, 'x-ratelimit-remaining-requests': '0', 'retry-after-ms': '1500' })).toBe(1500);
    expect(
      cool({
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-11-06T08:49:46Z',
      }),
    ).toBe(9000);
  });

  test('18.21 a reset in milliseconds of the epoch is no rest of millennia', () => {
    expect(cool({ 'x-ratelimit-reset': String(NOW + 42_000) })).toBe(42_000);
  });

  test('a daily reset may be further away than the cap', () => {
    expect(cool({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 9 * HOUR) })).toBe(
      9 * HOUR,
    );
    expect(cool({ 'retry-after': '32400' })).toBe(HOUR);
    expect(cool({ 'retry-after': '32400' }, 'Limit of 500 requests per day (RPD) reached.')).toBe(9 * HOUR);
    expect(cool({ 'retry-after': '999999999' }, 'daily limit')).toBe(25 * HOUR);
  });
});

describe('the body of a refusal', () => {
  const gemini = (quotaId: string, delay?: string): string =>
    JSON.stringify({
      error: {
        details: [{ violations: [{ quotaId }] }, ...(delay === undefined ? [] : [{ retryDelay: delay }])],
      },
    });

  test('5.5 Gemini’s RetryInfo', () => {
    expect(cool({}, gemini('GenerateRequestsPerMinutePerProject', '37s'))).toBe(37_000);
    expect(cool({}, '{"retryDelay": "0.5s"}')).toBe(500);
    expect(cool({}, '{"retryDelay":"soon"}')).toBeUndefined();
    expect(cool({}, '{"message":"\\"retryDelay\\":\\"48s\\""}')).toBeUndefined();
  });

  test('5.5 Gemini’s quota of a day lasts until midnight in California, whatever seconds come with it', () => {
    const untilMidnight = Date.parse('2026-11-07T08:00:00Z') - NOW;
    expect(cool({}, gemini('GenerateRequestsPerDayPerProjectPerModel-FreeTier'))).toBe(untilMidnight);
    expect(cool({}, gemini('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '47s'))).toBe(untilMidnight);
    expect(cool({}, gemini('GenerateRequestsPerDayPerProject', '7200s'))).toBe(2 * HOUR);
  });

  test('5.5 OpenRouter’s headers inside of the body, and its day of free models', () => {
    const body = (resetMs: number): string =>
      JSON.stringify({
        error: {
          message: 'Rate limit exceeded: free-models-per-day. Add 10 credits',
          code: 429,
          metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(resetMs) } },
        },
      });
    expect(cool({}, body(NOW + 12 * HOUR))).toBe(12 * HOUR);
    expect(cool({}, '{"error":{"message":"Rate limit exceeded: free-models-per-day"}}')).toBe(
      Date.parse('2026-11-07T00:00:00Z') - NOW,
    );
  });

  test.each([
    ['Please try again in 6m0s. Visit …', 360_000],
    ['Please try again in 4.889s.', 4889],
    ['Please retry in 45.578569677s.', 45_578.569677],
    ['Please retry after 6 seconds.', 6000],
    ['Please wait for 5 minutes.', 300_000],
    ['Please try again in 20ms', 250],
  ])('the sentence "%s"', (text, ms) => {
    expect(cool({}, text)).toBeCloseTo(ms, 3);
  });

  test('ChatGPT’s usage limits', () => {
    expect(cool({}, '{"error":{"type":"usage_limit_reached","resets_in_seconds":90}}')).toBe(90_000);
    expect(cool({}, `{"resets_at":${NOW / 1000 + 90}}`)).toBe(90_000);
  });
});

test('18.21 a rest never leaves its bounds and nothing throws, whatever is sent', () => {
  const name = fc.constantFrom('retry-after', 'retry-after-ms', 'x-ratelimit-reset', 'date', 'ratelimit');
  const value = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,18}(\.[0-9]{0,9})?(ms|s|h|d)?$/));
  const text = fc.oneof(
    fc.string(),
    value.map((delay) => `{"retryDelay":"${delay}"} try again in ${delay}`),
    value.map((delay) => `"X-RateLimit-Reset":"${delay}" daily`),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), text, (pairs, body) => {
      const named = namedRest(pairs.flat(), body, NOW);
      if (named === undefined) return;
      const ms = boundedRest(named, DEFAULT_HEALTH.cooldown);
      expect(ms >= 250 && ms <= (named.daily ? 25 * HOUR : HOUR)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
