import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, type ErrorKind, sluiceError } from '../model/error.ts';
import { DEFAULT_HEALTH, type HealthPolicy } from './policy.ts';
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
  more: { status?: number; retryAfterMs?: number; kind?: ErrorKind; connecting?: boolean } = {},
  message: string = code,
): FailedAttempt {
  return { kind: 'failed', error: sluiceError(code, message, more), committed: false, answer: undefined };
}

const verdict = (failure: FailedAttempt, health?: HealthPolicy): Verdict => judge(failure, EPOCH, health);
const says = (message: string, more: object = {}): string => JSON.stringify({ error: { message, ...more } });

describe('a status', () => {
  test.each([
    [401, 'bad-key', 'key', 'key', 10 * MINUTE],
    [402, 'no-credit', 'key', 'key', 10 * MINUTE],
    [403, 'forbidden', 'key', 'model', 10 * MINUTE],
    [404, 'model-missing', 'none', undefined, 0],
    [408, 'server-error', 'upstream', 'model', 15_000],
    [409, 'conflict', 'upstream', undefined, 0],
    [425, 'server-error', 'upstream', 'model', 15_000],
    [429, 'rate-limited', 'key', 'model', 15_000],
    [498, 'overloaded', 'upstream', 'model', 15_000],
    [500, 'server-error', 'upstream', 'model', 15_000],
    [502, 'server-error', 'upstream', 'model', 15_000],
    [503, 'overloaded', 'upstream', 'model', 15_000],
    [524, 'server-error', 'upstream', 'model', 15_000],
    [529, 'overloaded', 'upstream', 'model', 15_000],
    [307, 'redirected', 'upstream', 'model', 0],
  ] as const)('6.3 6.8 %d is %s, and is tried again elsewhere', (status, reason, blame, scope, coolMs) => {
    expect(verdict(answered(status))).toEqual({
      retry: true,
      final: false,
      reason,
      blame,
      scope,
      coolMs,
      told: false,
      quarantine: status === 401 || status === 403,
      status,
      message: `status ${status}`,
    });
  });

  test.each([400, 405, 413, 415, 422, 431])(
    '19.8 %d is the request’s own fault: told to the client, held against nobody',
    (status) => {
      expect(verdict(answered(status))).toMatchObject({
        retry: false,
        final: false,
        reason: 'bad-request',
        blame: 'request',
        scope: undefined,
        coolMs: 0,
        quarantine: false,
      });
    },
  );

  test('5.7 a refused key is quarantined, or cools where the operator wants that', () => {
    expect(verdict(answered(401))).toMatchObject({ scope: 'key', quarantine: true });
    const without = { ...DEFAULT_HEALTH, quarantine: { onAuth: false, retestMs: 9 } };
    expect(verdict(answered(401), without)).toMatchObject({
      scope: 'key',
      quarantine: false,
      coolMs: 15_000,
    });
  });

  test('keeps the provider’s words, whole characters and cut short', () => {
    const error = sluiceError('upstream_error', `${'x'.repeat(199)}😀`, { status: 500 });
    const failure: FailedAttempt = { kind: 'failed', error, committed: false, answer: undefined };
    expect(verdict(failure).message).toBe('x'.repeat(199));
  });
});

describe('the words of a refusal', () => {
  test.each([
    ['Gemini', '{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}'],
    ['Gemini’s sentence', says('API key not valid. Please pass a valid API key.')],
    ['xAI', '{"code":"invalid-argument","error":"Incorrect API key provided."}'],
    ['Anthropic', says('This organization has been disabled.')],
  ])('19.8 the 400 by which %s means the key', (_vendor, body) => {
    expect(verdict(answered(400, body))).toMatchObject({
      retry: true,
      reason: 'bad-key',
      scope: 'key',
      quarantine: true,
    });
  });

  test.each([
    says('Invalid tool name "API_KEY_INVALID"'),
    says('messages.0.content: Your credit balance is too low'),
    '{"detail":[{"msg":"too long","input":"API_KEY_INVALID"}]}',
    says('line one\nAPI_KEY_INVALID\ninsufficient_quota'),
  ])('18.16 a client cannot have a key put aside by words of its own: %s', (body) => {
    expect(verdict(answered(400, body))).toMatchObject({
      reason: 'bad-request',
      scope: undefined,
      coolMs: 0,
    });
  });

  test.each([
    [429, says('You exceeded your current quota', { code: 'insufficient_quota' })],
    [429, says('Your team has either used all available credits or reached its monthly spending limit.')],
    [400, says('Your credit balance is too low to access the API.')],
    [402, says('Insufficient Balance')],
    [403, says('Key limit exceeded (total limit).')],
  ])('6 an empty account (%d %s) rests its key', (status, body) => {
    expect(verdict(answered(status, body))).toMatchObject({
      retry: true,
      reason: 'no-credit',
      scope: 'key',
      coolMs: 10 * MINUTE,
      told: false,
    });
  });

  test('Gemini’s word for any limit is no empty account', () => {
    const message = 'You exceeded your current quota. See https://ai.google.dev/gemini-api/docs/rate-limits.';
    const body = says(message, { status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '37s' }] });
    const limited = { reason: 'rate-limited', scope: 'model', coolMs: 37_000, told: true };
    expect(verdict(answered(429, body))).toMatchObject(limited);
    const event = broken(
      'upstream_stream_error',
      { status: 429, kind: 'quota', retryAfterMs: 37_000 },
      message,
    );
    expect(verdict(event)).toMatchObject(limited);
  });

  test.each([
    [says('Rate limit reached for gpt-5 in organization org-1 on tokens per min (TPM): Limit 9.'), 'model'],
    [says('This request would exceed your organization’s rate limit of 9 input tokens per minute'), 'model'],
    [says("This request would exceed your account's rate limit. Please try again later."), 'key'],
    [says('The usage limit has been reached', { type: 'usage_limit_reached' }), 'key'],
    [says('Too many concurrent requests for your account'), 'key'],
  ])('a 429 of %s counts against the %s', (body, scope) => {
    expect(verdict(answered(429, body))).toMatchObject({ reason: 'rate-limited', scope });
  });

  test('19.8 a single request larger than the whole limit rests nothing', () => {
    const body = says('Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000.');
    expect(verdict(answered(429, body))).toMatchObject({ retry: true, scope: undefined, coolMs: 0 });
  });

  test('a 403 is about the key, the input, a firewall, or what the key may do', () => {
    const of = (body: string): Verdict => verdict(answered(403, body));
    expect(of(says('Your API key was reported as leaked.'))).toMatchObject({
      scope: 'key',
      quarantine: true,
    });
    expect(of(says('anthropic requires moderation: your input was flagged'))).toMatchObject({
      reason: 'bad-request',
      scope: undefined,
    });
    expect(of('<!DOCTYPE html><title>Just a moment...</title>')).toMatchObject({
      reason: 'forbidden',
      scope: 'model',
      quarantine: false,
      coolMs: 15_000,
    });
    expect(of(says('forbidden'))).toMatchObject({ reason: 'forbidden', scope: 'model', quarantine: true });
  });

  test('names what is missing here, and refused tokens', () => {
    expect(verdict(answered(400, says('User location is not supported for the API use.')))).toMatchObject({
      reason: 'forbidden',
      retry: true,
      scope: 'model',
    });
    expect(verdict(answered(400, says('x', { code: 'model_not_found' })))).toMatchObject({
      reason: 'model-missing',
      scope: undefined,
    });
    const signature = says('messages.1.content.0: Invalid `signature` in `thinking` block');
    expect(verdict(answered(400, signature))).toMatchObject({ reason: 'bad-token', retry: false });
  });
});

describe('the rest', () => {
  const body429 = says('Rate limit reached', { type: 'rate_limit_exceeded' });
  const soon = new Date(EPOCH + 7000).toUTCString();

  test.each([
    ['429', [], 15_000, false],
    ['429-retry-after', ['retry-after', '7'], 7000, true],
    ['429-retry-date', ['retry-after', soon], 7000, true],
    ['429-retry-zero', ['retry-after', '0'], 250, true],
    ['429-retry-huge', ['retry-after', '999999999'], 3_600_000, true],
    ['429-retry-garbage', ['retry-after', '-5 soon'], 15_000, false],
    [
      '429-openai',
      ['x-ratelimit-remaining-requests', '0', 'x-ratelimit-reset-requests', '1s', 'retry-after-ms', '1500'],
      1500,
      true,
    ],
    [
      '429-anthropic',
      [
        'anthropic-ratelimit-requests-remaining',
        '0',
        'anthropic-ratelimit-requests-reset',
        new Date(EPOCH + 9000).toISOString(),
      ],
      9000,
      true,
    ],
  ])('5.5 19.7 after the fault %s', (_fault, headers, coolMs, told) => {
    expect(verdict(answered(429, body429, headers))).toMatchObject({
      reason: 'rate-limited',
      scope: 'model',
      coolMs,
      told,
    });
  });

  test('5.5 19.7 after the faults 429-gemini, 429-quota and 429-empty', () => {
    const gemini = says('quota', { status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '37s' }] });
    expect(verdict(answered(429, gemini))).toMatchObject({ coolMs: 37_000, told: true, scope: 'model' });
    const quota = says('You exceeded your current quota', { type: 'insufficient_quota' });
    expect(verdict(answered(429, quota))).toMatchObject({ reason: 'no-credit', coolMs: 10 * MINUTE });
    expect(verdict(answered(429, ''))).toMatchObject({ coolMs: 15_000, told: false });
  });

  test('19.7 bounds are the operator’s, and so is whether the provider is believed', () => {
    const cooldown = { honorHeaders: true, defaultMs: 1000, maxMs: 5000 };
    const after = (headers: readonly string[], more: object = {}): unknown => {
      const { coolMs, told } = verdict(answered(503, '', headers), {
        ...DEFAULT_HEALTH,
        cooldown: { ...cooldown, ...more },
      });
      return [coolMs, told];
    };
    expect(after([])).toEqual([1000, false]);
    expect(after(['retry-after', '60'])).toEqual([5000, true]);
    expect(after(['retry-after', '60'], { honorHeaders: false })).toEqual([1000, false]);
    expect(after(['retry-after', '60'], { maxMs: 0 })).toEqual([0, true]);
  });

  test('a retry-after beside a success is no cooldown', () => {
    const empty = broken('upstream_answer', {}, 'The upstream answered with an empty body.');
    const failure = {
      ...empty,
      answer: { status: 200, headers: ['retry-after', '60'], body: Buffer.from('') },
    };
    expect(verdict(failure)).toMatchObject({ coolMs: 0, told: false });
    expect(judge({ kind: 'answered' }, EPOCH)).toMatchObject({ reason: 'answered', coolMs: 0 });
  });
});

describe('a failure without an answer', () => {
  test.each([
    ['upstream_connect', {}, 'unreachable', 'upstream', 15_000],
    ['upstream_timeout', { connecting: true }, 'unreachable', 'upstream', 15_000],
    ['upstream_timeout', {}, 'timeout', 'model', 0],
    ['upstream_closed', {}, 'broken-answer', 'model', 0],
    ['upstream_protocol', {}, 'broken-answer', 'model', 0],
    ['upstream_answer', {}, 'broken-answer', 'model', 0],
    ['upstream_too_large', {}, 'broken-answer', 'model', 0],
    ['upstream_stream_error', {}, 'broken-answer', 'model', 0],
  ] as const)('%s %o is %s and counts against the %s', (code, more, reason, scope, coolMs) => {
    expect(verdict(broken(code, more))).toEqual({
      retry: true,
      final: false,
      reason,
      blame: 'upstream',
      scope,
      coolMs,
      told: false,
      quarantine: false,
      status: undefined,
      message: code,
    });
  });

  test.each([
    'The upstream ended its stream without any output.',
    'The upstream answered with an empty body.',
  ])('"%s" is an empty answer', (message) => {
    expect(verdict(broken('upstream_answer', {}, message)).reason).toBe('empty-answer');
  });

  test('an error inside a stream is judged by the status that it stands for', () => {
    const event = (more: object, message?: string): Verdict =>
      verdict(broken('upstream_stream_error', more, message));
    expect(event({ status: 529 })).toMatchObject({ reason: 'overloaded', status: 529, coolMs: 15_000 });
    expect(event({ status: 400 })).toMatchObject({ reason: 'bad-request', retry: false, scope: undefined });
    expect(event({ status: 429, retryAfterMs: 2500 })).toMatchObject({ coolMs: 2500, told: true });
    expect(event({ status: 429, kind: 'quota' })).toMatchObject({ reason: 'no-credit', scope: 'key' });
    expect(event({ status: 401 })).toMatchObject({ reason: 'bad-key', quarantine: true });
  });

  test('nothing is tried again once output was sent, the client has left, or the gateway failed', () => {
    const over = { retry: false, final: true };
    for (const status of [401, 404, 429, 500])
      expect(verdict(answered(status, '', [], true))).toMatchObject(over);
    expect(verdict({ ...broken('upstream_closed'), committed: true })).toMatchObject(over);
    expect(judge({ kind: 'left' }, EPOCH)).toMatchObject({ ...over, scope: undefined, coolMs: 0 });
    for (const code of ['internal', 'shutting_down', 'invalid_request'] as const)
      expect(verdict(broken(code))).toMatchObject({ ...over, scope: undefined, coolMs: 0 });
    expect(verdict(broken('unsupported_feature'))).toMatchObject({ retry: true, scope: undefined });
  });
});

describe('worthTelling', () => {
  test("prefers an upstream's answer, then one that is not about the gateway's key, then the last", () => {
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
