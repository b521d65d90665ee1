import { describe, expect, test } from 'vitest';
import { DEFAULT_RETRY } from './policy.ts';
import type { Reason } from './reason.ts';
import { isSameAgain, mayRetry } from './retry.ts';
import type { Verdict } from './verdict.ts';

function verdict(reason: Reason, status?: number, more: Partial<Verdict> = {}): Verdict {
  return {
    reason,
    status,
    retry: reason !== 'bad-request',
    final: false,
    blame: 'upstream',
    scope: 'model',
    coolMs: 0,
    told: false,
    quarantine: false,
    message: undefined,
    ...more,
  };
}

describe('mayRetry', () => {
  test.each([
    ['server-error', 408],
    ['conflict', 409],
    ['server-error', 425],
    ['rate-limited', 429],
    ['server-error', 500],
    ['server-error', 524],
    ['overloaded', 529],
    ['unreachable', undefined],
    ['timeout', undefined],
    ['broken-answer', undefined],
    ['redirected', 307],
    ['empty-answer', undefined],
    ['bad-key', 401],
    ['bad-key', 400],
    ['forbidden', 403],
    ['no-credit', 402],
    ['no-credit', 429],
    ['model-missing', 404],
    ['not-carried', undefined],
  ] as const)('19.6 %s (%s) is tried again where nothing is configured', (reason, status) => {
    expect(mayRetry(verdict(reason, status), DEFAULT_RETRY.on)).toBe(true);
  });

  test.each([400, 413, 422])(
    '6.3 19.8 the request’s own fault (%d) only where the list names it',
    (status) => {
      const own = verdict('bad-request', status, { blame: 'request' });
      expect(mayRetry(own, DEFAULT_RETRY.on)).toBe(false);
      expect(mayRetry(own, ['4xx'])).toBe(false);
      expect(mayRetry(own, [String(status)])).toBe(true);
      expect(mayRetry({ ...own, final: true }, [String(status)])).toBe(false);
    },
  );

  test('19.6 nothing but what the list names', () => {
    expect(mayRetry(verdict('server-error', 500), ['429', 'network'])).toBe(false);
    expect(mayRetry(verdict('server-error', 500), ['5xx'])).toBe(true);
    expect(mayRetry(verdict('server-error', 500), ['500'])).toBe(true);
    expect(mayRetry(verdict('timeout'), ['5xx', 'empty'])).toBe(false);
    expect(mayRetry(verdict('bad-key', 401), ['model'])).toBe(false);
    expect(mayRetry(verdict('bad-key', 401), ['401'])).toBe(true);
    expect(mayRetry(verdict('rate-limited', 429), [])).toBe(false);
    expect(mayRetry(verdict('rate-limited', 429), ['', 'xx', 'undefined', '42'])).toBe(false);
  });

  test('6 nothing at all once output was sent or the client has left', () => {
    for (const reason of ['server-error', 'not-carried', 'client-left'] as const)
      expect(mayRetry(verdict(reason, 500, { retry: false, final: true }), ['5xx', '500'])).toBe(false);
    expect(mayRetry(verdict('bad-token', 400, { retry: false }), ['400'])).toBe(false);
  });
});

describe('isSameAgain', () => {
  test.each([
    'server-error',
    'overloaded',
    'unreachable',
    'timeout',
    'broken-answer',
    'empty-answer',
  ] as const)('19.6 %s may be gone in a moment', (reason) => {
    expect(isSameAgain(verdict(reason, 503))).toBe(true);
    expect(isSameAgain(verdict(reason, 503, { told: true, coolMs: 7000 }))).toBe(false);
    expect(isSameAgain(verdict(reason, 503, { final: true }))).toBe(false);
  });

  test.each(['bad-key', 'forbidden', 'no-credit', 'model-missing', 'bad-request', 'not-carried'] as const)(
    '19.6 %s stays',
    (reason) => {
      expect(isSameAgain(verdict(reason, 401))).toBe(false);
    },
  );

  test('a request that is larger than the whole limit is not asked again', () => {
    expect(isSameAgain(verdict('rate-limited', 429))).toBe(true);
    expect(isSameAgain(verdict('rate-limited', 429, { blame: 'request' }))).toBe(false);
  });
});
