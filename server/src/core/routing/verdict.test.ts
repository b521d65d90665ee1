import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, sluiceError } from '../model/error.ts';
import { applyVerdict, isCooling, type Standing } from './standing.ts';
import { type FailedAttempt, judge, type Verdict, worthTelling } from './verdict.ts';

const EPOCH = Date.UTC(2026, 10, 6, 8, 49, 37);
const MINUTE = 60_000;

/** A failure answered by the upstream. */
function answered(
  status: number,
  body = '',
  headers: readonly string[] = [],
  committed = false,
): FailedAttempt {
  const error = sluiceError('upstream_error', `status ${status}`, { status: status >= 400 ? status : 502 });
  return { kind: 'failed', error, committed, answer: { status, headers, body: Buffer.from(body) } };
}

/** A failure without an answer. */
function broken(
  code: ErrorCode,
  more: { status?: number; retryAfterMs?: number } = {},
  committed = false,
): FailedAttempt {
  return { kind: 'failed', error: sluiceError(code, code, more), committed, answer: undefined };
}

const verdict = (failure: FailedAttempt): Verdict => judge(failure, EPOCH);

describe('judge', () => {
  it.each([
    [401, 'bad-key', 'key', 10 * MINUTE],
    [402, 'no-credit', 'key', 10 * MINUTE],
    [403, 'bad-key', 'key', 10 * MINUTE],
    [404, 'model-missing', 'none', 0],
    [408, 'server-error', 'upstream', 15_000],
    [409, 'conflict', 'upstream', 0],
    [425, 'server-error', 'upstream', 15_000],
    [429, 'rate-limited', 'key', 15_000],
    [500, 'server-error', 'upstream', 15_000],
    [502, 'server-error', 'upstream', 15_000],
    [503, 'overloaded', 'upstream', 15_000],
    [504, 'server-error', 'upstream', 15_000],
    [529, 'overloaded', 'upstream', 15_000],
    [307, 'redirected', 'upstream', 0],
  ] as const)('tries another candidate after %d (%s, %s, cool %d ms)', (status, reason, blame, coolMs) => {
    expect(verdict(answered(status))).toEqual({ retry: true, reason, blame, coolMs, status });
  });

  it.each([400, 405, 413, 415, 422, 431])('gives %d to the client at once and blames no key', (status) => {
    expect(verdict(answered(status))).toEqual({
      retry: false,
      reason: 'bad-request',
      blame: 'request',
      coolMs: 0,
      status,
    });
  });

  it.each([
    ['Gemini', '{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}'],
    ['xAI', '{"code":"invalid-argument","error":"Incorrect API key provided."}'],
  ])('knows the 400 that %s answers to a bad key', (_vendor, body) => {
    expect(verdict(answered(400, body))).toMatchObject({
      retry: true,
      reason: 'bad-key',
      blame: 'key',
      coolMs: 10 * MINUTE,
    });
  });

  it.each([
    [429, '{"error":{"code":"insufficient_quota"}}'],
    [400, '{"error":{"message":"Your credit balance is too low to access the API."}}'],
  ])('parks a key without credit (%d)', (status, body) => {
    expect(verdict(answered(status, body))).toMatchObject({
      retry: true,
      reason: 'no-credit',
      blame: 'key',
      coolMs: 10 * MINUTE,
    });
  });

  it('cools for as long as the upstream asks', () => {
    expect(verdict(answered(429, '', ['Retry-After', '7'])).coolMs).toBe(7_000);
    expect(verdict(answered(503, '', ['retry-after', 'Fri, 06 Nov 2026 08:50:07 GMT'])).coolMs).toBe(30_000);
    expect(verdict(answered(429, '{"retryDelay":"48s"}')).coolMs).toBe(48_000);
    expect(verdict(answered(429, '', ['retry-after', 'tomorrow'])).coolMs).toBe(15_000);
    expect(verdict(answered(429, '', ['retry-after', '999999999'])).coolMs).toBe(3_600_000);
    expect(verdict(broken('upstream_stream_error', { status: 429, retryAfterMs: 2_500 })).coolMs).toBe(2_500);
  });

  it.each([
    ['upstream_connect', 'unreachable', 15_000],
    ['upstream_timeout', 'timeout', 15_000],
    ['upstream_closed', 'broken-answer', 0],
    ['upstream_protocol', 'broken-answer', 0],
    ['upstream_answer', 'broken-answer', 0],
    ['upstream_too_large', 'broken-answer', 0],
    ['upstream_stream_error', 'broken-answer', 0],
  ] as const)('tries another candidate after %s (%s, cool %d ms)', (code, reason, coolMs) => {
    expect(verdict(broken(code))).toEqual({
      retry: true,
      reason,
      blame: 'upstream',
      coolMs,
      status: undefined,
    });
  });

  it('judges an error inside a stream by the status that it stands for', () => {
    expect(verdict(broken('upstream_stream_error', { status: 529 }))).toMatchObject({
      reason: 'overloaded',
      coolMs: 15_000,
    });
    expect(verdict(broken('upstream_stream_error', { status: 400 }))).toMatchObject({
      reason: 'bad-request',
      retry: false,
    });
  });

  it('never tries again once output was sent or the client has left', () => {
    for (const status of [401, 404, 429, 500])
      expect(verdict(answered(status, '', [], true)).retry).toBe(false);
    expect(verdict(broken('upstream_closed', {}, true)).retry).toBe(false);
    expect(judge({ kind: 'left' }, EPOCH)).toMatchObject({ retry: false, blame: 'none', coolMs: 0 });
    expect(judge({ kind: 'answered' }, EPOCH)).toMatchObject({ retry: false, reason: 'answered', coolMs: 0 });
  });

  it('does not try again after a failure of the gateway or the client', () => {
    for (const code of ['internal', 'shutting_down', 'invalid_request'] as const) {
      expect(verdict(broken(code))).toMatchObject({ retry: false, blame: 'none', coolMs: 0 });
    }
  });
});

describe('worthTelling', () => {
  it("prefers an upstream's answer, then one that is not about the gateway's key, then the last", () => {
    const connect = broken('upstream_connect');
    const closed = broken('upstream_closed');
    const refused = answered(401);
    const busy = answered(429);
    const down = answered(500);
    expect(worthTelling([])).toBeUndefined();
    expect(worthTelling([connect, closed])).toBe(closed);
    expect(worthTelling([refused, connect])).toBe(refused);
    expect(worthTelling([busy, refused])).toBe(busy);
    expect(worthTelling([busy, down, connect])).toBe(down);
  });
});

describe('applyVerdict', () => {
  const cooling = (coolMs: number): Verdict => ({
    retry: true,
    blame: 'key',
    coolMs,
    reason: 'rate-limited',
    status: 429,
  });

  it('notes how long and why a key cools, and since when', () => {
    const first = applyVerdict(undefined, cooling(1_000), 50);
    expect(first).toEqual({ coolUntilMs: 1_050, reason: 'rate-limited', sinceMs: 50, status: 429 });
    expect(applyVerdict(first, cooling(1_000), 2_000)).toMatchObject({ coolUntilMs: 3_000, sinceMs: 50 });
  });

  it('never cuts a longer rest short, and clears everything after a good answer', () => {
    const long: Standing = { coolUntilMs: 90_000, reason: 'bad-key', sinceMs: 0, status: 401 };
    expect(applyVerdict(long, cooling(1_000), 0)).toBe(long);
    expect(applyVerdict(long, judge({ kind: 'left' }, EPOCH), 0)).toBe(long);
    expect(applyVerdict(long, judge({ kind: 'answered' }, EPOCH), 0)).toBeUndefined();
    expect(applyVerdict(long, undefined, 0)).toBeUndefined();
  });

  it('lets a key go the moment its time is over', () => {
    const standing = applyVerdict(undefined, cooling(1_000), 0);
    expect([isCooling(standing, 999), isCooling(standing, 1_000), isCooling(undefined, 0)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
