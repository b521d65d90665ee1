import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportedLimits } from './rate-limit-headers.ts';

const NOW = Date.UTC(2026, 10, 6, 8, 49, 37);
const flat = (headers: Readonly<Record<string, string>>): string[] => Object.entries(headers).flat();
const read = (headers: Readonly<Record<string, string>>): unknown => reportedLimits(flat(headers), NOW);

describe('reportedLimits', () => {
  test('5.5 reads OpenAI’s durations', () => {
    expect(
      read({
        'X-RateLimit-Limit-Requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
    ).toEqual({
      requests: { limit: 60, remaining: 59, resetMs: 1000 },
      tokens: { limit: 150_000, remaining: 149_984, resetMs: 360_000 },
    });
  });

  test('knows a day’s requests by how slowly they come back', () => {
    expect(
      read({
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-remaining-requests': '9999',
        'x-ratelimit-reset-requests': '8.64s',
      }),
    ).toEqual({ requestsPerDay: { limit: 10_000, remaining: 9999, resetMs: 8640 } });
  });

  test('takes Groq’s requests as those of a day, and its tokens as those of a minute', () => {
    const groq = {
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-reset-requests': '2m59.56s',
      'x-ratelimit-limit-tokens': '18000',
      'x-ratelimit-remaining-tokens': '17997',
      'x-ratelimit-reset-tokens': '7.66s',
    };
    const limits = {
      requestsPerDay: { limit: 14_400, remaining: 14_370, resetMs: 179_560 },
      tokens: { limit: 18_000, remaining: 17_997, resetMs: 7660 },
    };
    expect(read(groq)).toEqual(limits);
    expect(read({ 'x-groq-region': 'us-west-1', 'x-ratelimit-limit-requests': '1000' })).toEqual({
      requestsPerDay: { limit: 1000 },
    });
  });

  test('5.5 reads Anthropic’s RFC 3339 times, and the tighter of input and output', () => {
    expect(
      read({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-11-06T08:49:46Z',
        'anthropic-ratelimit-input-tokens-limit': '30000',
        'anthropic-ratelimit-input-tokens-remaining': '29000',
        'anthropic-ratelimit-output-tokens-limit': '8000',
        'anthropic-ratelimit-output-tokens-remaining': '100',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-06T08:50:37Z',
        'anthropic-ratelimit-unified-status': 'allowed',
      }),
    ).toEqual({
      requests: { limit: 50, remaining: 0, resetMs: 9000 },
      tokens: { limit: 8000, remaining: 100, resetMs: 60_000 },
    });
  });

  test('reads Mistral’s names, old and new', () => {
    expect(
      read({
        'x-ratelimit-limit-req-minute': '720',
        'x-ratelimit-remaining-req-minute': '717',
        'x-ratelimit-limit-tokens-minute': '5000000',
        'x-ratelimit-remaining-tokens-minute': '4999911',
        'x-ratelimit-tokens-query-cost': '52',
        'x-ratelimit-limit-tokens-month': '1000000000',
      }),
    ).toEqual({
      requests: { limit: 720, remaining: 717 },
      tokens: { limit: 5_000_000, remaining: 4_999_911 },
    });
    expect(
      read({
        'ratelimitbysize-limit': '500000',
        'ratelimitbysize-remaining': '0',
        'ratelimitbysize-reset': '43',
      }),
    ).toEqual({ tokens: { limit: 500_000, remaining: 0, resetMs: 43_000 } });
    expect(read({ 'x-ratelimitbysize-remaining-minute': '7' })).toEqual({ tokens: { remaining: 7 } });
  });

  test('reads Cerebras’s days and minutes', () => {
    expect(
      read({
        'x-ratelimit-limit-requests-day': '14400',
        'x-ratelimit-remaining-requests-day': '14399',
        'x-ratelimit-reset-requests-day': '33011.382867097855',
        'x-ratelimit-remaining-tokens-minute': '0',
        'x-ratelimit-reset-tokens-minute': '11.5',
      }),
    ).toEqual({
      requestsPerDay: { limit: 14_400, remaining: 14_399, resetMs: 33_011_382.867_097_855 },
      tokens: { remaining: 0, resetMs: 11_500 },
    });
  });

  test('18.21 reads OpenRouter’s reset in milliseconds of the epoch, and others’ in seconds', () => {
    const reset = (text: string): unknown =>
      read({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': text });
    expect(reset(String(NOW + 42_000))).toEqual({ requests: { remaining: 0, resetMs: 42_000 } });
    expect(reset(String(NOW / 1000 + 42))).toEqual({ requests: { remaining: 0, resetMs: 42_000 } });
    expect(reset('42')).toEqual({ requests: { remaining: 0, resetMs: 42_000 } });
    expect(reset(String(NOW + 9 * 3_600_000))).toEqual({
      requestsPerDay: { remaining: 0, resetMs: 9 * 3_600_000 },
    });
    expect(reset(String(NOW - 5000))).toEqual({ requests: { remaining: 0, resetMs: 0 } });
  });

  test('reads the fields of the IETF, in every draft', () => {
    expect(
      read({ 'RateLimit-Limit': '100, 100;w=60', 'RateLimit-Remaining': '50', 'RateLimit-Reset': '30' }),
    ).toEqual({
      requests: { limit: 100, remaining: 50, resetMs: 30_000 },
    });
    expect(read({ ratelimit: 'limit=100, remaining=50, reset=30' })).toEqual({
      requests: { limit: 100, remaining: 50, resetMs: 30_000 },
    });
    expect(
      read({
        'ratelimit-policy': '"burst";q=100;w=60, "bytes";q=9;qu="content-bytes"',
        ratelimit: '"burst";r=50;t=30, "bytes";r=1;t=9',
      }),
    ).toEqual({ requests: { limit: 100, remaining: 50, resetMs: 30_000 } });
    expect(read({ 'ratelimit-policy': '"d";q=1000;w=86400', ratelimit: '"d";r=999;t=80000' })).toEqual({
      requestsPerDay: { limit: 1000, remaining: 999, resetMs: 80_000_000 },
    });
  });

  test('29 reads moments by the answer’s own clock where ours is off', () => {
    const headers = {
      date: new Date(NOW).toUTCString(),
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(NOW + 9000).toISOString(),
    };
    expect(reportedLimits(flat(headers), NOW + 7_200_000)?.requests?.resetMs).toBe(9000);
  });

  test('says nothing where nothing is said, or nothing that can be read', () => {
    expect(read({})).toBeUndefined();
    expect(read({ 'content-type': 'application/json', 'retry-after': '7' })).toBeUndefined();
    expect(
      read({ 'x-ratelimit-limit-images': '5', 'x-ratelimit-__proto__': '1', 'x-ratelimit': '' }),
    ).toBeUndefined();
    expect(
      read({ 'x-ratelimit-limit-requests': 'many', 'x-ratelimit-remaining-tokens': '-1' }),
    ).toBeUndefined();
  });

  test('never throws and never answers anything but numbers from 0, whatever is sent', () => {
    const word = fc.constantFrom(
      'limit',
      'remaining',
      'reset',
      'requests',
      'tokens',
      'day',
      'input',
      'policy',
      'x',
      '',
    );
    const name = fc
      .tuple(fc.constantFrom('x-', '', 'anthropic-', 'X-'), fc.array(word, { maxLength: 4 }))
      .map(([prefix, words]) => [`${prefix}ratelimit`, ...words].join('-'));
    const value = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9]{0,20}(\.[0-9]{0,20})?(s|ms|h)?$/),
      fc.stringMatching(/^"[a-z]";r=[0-9]{1,20};t=[0-9]{1,20}$/),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (pairs) => {
        const limits = reportedLimits(pairs.flat(), NOW);
        for (const limit of Object.values(limits ?? {}))
          for (const number of Object.values(limit as Record<string, number>))
            expect(Number.isFinite(number) && number >= 0).toBe(true);
      }),
    );
  });
});
