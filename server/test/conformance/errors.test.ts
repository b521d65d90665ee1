import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ERROR_CODES, type ErrorCode, sluiceError } from '../../src/core/model/error.ts';

const cooling = sluiceError('all_cooling', 'Every key is cooling.', {
  status: 429,
  retryAfterMs: 1500,
  suggestion: 'Wait.',
});
const invalid = sluiceError('invalid_request', 'model must be a string.', { param: 'model' });

describe('an error body', () => {
  it('has four members in both OpenAI formats', () => {
    for (const dialect of ['openai-chat', 'openai-responses'] as const) {
      const { status, body } = dialects[dialect].encodeError(invalid, 'req-1');
      expect(status).toBe(400);
      expect(JSON.parse(body)).toEqual({
        error: {
          message: 'model must be a string.',
          type: 'invalid_request_error',
          param: 'model',
          code: 'invalid_request',
        },
      });
    }
  });

  it('is typed and carries the request id in Messages', () => {
    const { status, body } = dialects['anthropic-messages'].encodeError(cooling, 'req-1');
    expect(status).toBe(429);
    expect(JSON.parse(body)).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Every key is cooling. Wait.' },
      request_id: 'req-1',
    });
  });

  it('is a google.rpc.Status with a retry delay in Gemini', () => {
    const { status, body } = dialects.gemini.encodeError(cooling, 'req-1');
    expect(status).toBe(429);
    expect(JSON.parse(body)).toEqual({
      error: {
        code: 429,
        message: 'Every key is cooling. Wait.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'ALL_COOLING',
            domain: 'sluice',
            metadata: { requestId: 'req-1' },
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
        ],
      },
    });
  });

  it('names a retry delay in Gemini with no more places than a google.protobuf.Duration has', () => {
    const later = sluiceError('budget_exceeded', 'It is spent.', { retryAfterMs: 4_050_252.340_087_891 });
    const { error } = JSON.parse(dialects.gemini.encodeError(later, 'req-1').body);
    expect(error.details[1].retryDelay).toBe('4050.253s');
  });

  it('that the conversation is too long, or the credit used up, is said in the words that agents act upon', () => {
    const long = sluiceError('upstream_error', 'The input token count (9) exceeds the maximum.', {
      status: 400,
      kind: 'context-length',
    });
    const parsed = (dialect: DialectId, error = long) =>
      JSON.parse(dialects[dialect].encodeError(error, 'r').body).error;
    expect(parsed('anthropic-messages').message).toBe(
      'prompt is too long: The input token count (9) exceeds the maximum.',
    );
    expect(parsed('openai-responses').code).toBe('context_length_exceeded');
    const broke = sluiceError('upstream_error', 'No money.', { status: 429, kind: 'quota' });
    expect(parsed('openai-chat', broke).code).toBe('insufficient_quota');
    const busy = sluiceError('upstream_error', 'Slow down.', { status: 429 });
    expect(parsed('openai-chat', busy).code).toBe('rate_limit_exceeded');
  });

  it.each<readonly [number, string, string, string]>([
    [400, 'invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT'],
    [401, 'authentication_error', 'authentication_error', 'UNAUTHENTICATED'],
    [403, 'permission_error', 'permission_error', 'PERMISSION_DENIED'],
    [404, 'invalid_request_error', 'not_found_error', 'NOT_FOUND'],
    [413, 'invalid_request_error', 'request_too_large', 'INVALID_ARGUMENT'],
    [422, 'invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT'],
    [429, 'rate_limit_exceeded', 'rate_limit_error', 'RESOURCE_EXHAUSTED'],
    [500, 'server_error', 'api_error', 'INTERNAL'],
    [502, 'server_error', 'api_error', 'UNAVAILABLE'],
    [503, 'server_error', 'overloaded_error', 'UNAVAILABLE'],
    [504, 'timeout', 'timeout_error', 'DEADLINE_EXCEEDED'],
    [529, 'server_error', 'overloaded_error', 'UNAVAILABLE'],
  ])('of status %d is named as SDKs know it', (status, openai, anthropic, google) => {
    const error = sluiceError('upstream_error', 'x', { status });
    const parsed = (dialect: DialectId) => JSON.parse(dialects[dialect].encodeError(error, 'r').body).error;
    expect(parsed('openai-chat').type).toBe(openai);
    expect(parsed('openai-responses').type).toBe(openai);
    expect(parsed('anthropic-messages').type).toBe(anthropic);
    expect(parsed('gemini').status).toBe(google);
  });

  it('of every code is an error body in the eyes of its own dialect', () => {
    for (const dialect of DIALECT_IDS) {
      for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
        const { status, body } = dialects[dialect].encodeError(sluiceError(code, 'Text.'), 'req-1');
        expect(status).toBe(ERROR_CODES[code].status);
        expect(dialects[dialect].isErrorBody(Buffer.from(body))).toBe(true);
      }
    }
  });
});

describe.each(DIALECT_IDS)('an error in a stream of %s', (dialect) => {
  it('is understood by the watcher of the same dialect, before and after output', () => {
    const text = dialects[dialect].encodeStreamError(
      sluiceError('upstream_closed', 'Gone.\nReally.'),
      'req-1',
      'sse',
    );
    const watch = dialects[dialect].watch('sse');
    watch.read(Buffer.from(text));
    expect(watch.phase).toBe('failed');
    expect(watch.error?.message).toContain('Gone.');
    expect(text.endsWith(dialect === 'gemini' ? '\r\n\r\n' : '\n\n')).toBe(true);
    expect(text).not.toContain('[DONE]');
  });

  it('may be preceded by a heartbeat, which means nothing', () => {
    const watch = dialects[dialect].watch('sse');
    watch.read(Buffer.from(dialects[dialect].heartbeat.repeat(2)));
    expect(watch.phase).toBe('prelude');
    expect(watch.error).toBeUndefined();
  });
});

it('an error in a response stream comes flat and nested, and as response.failed', () => {
  const text = dialects['openai-responses'].encodeStreamError(cooling, 'req-1', 'sse');
  const [error, failed] = text
    .trim()
    .split('\n\n')
    .map((event) => JSON.parse(event.split('\ndata: ')[1] ?? ''));
  expect(text).toMatch(/^event: error\ndata: .*\n\nevent: response\.failed\ndata: .*\n\n$/);
  expect(error).toMatchObject({ type: 'error', code: 'all_cooling', error: { code: 'all_cooling' } });
  expect(error.message).toBe(error.error.message);
  expect(failed).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'all_cooling' } },
  });
});

it('an error in an array stream closes the array, whether or not an element came before', () => {
  const { gemini } = dialects;
  const after = `[{"candidates":[]}${gemini.encodeStreamError(cooling, 'req-1', 'json-array')}`;
  const alone = gemini.encodeStreamError(cooling, 'req-1', 'json-array', false);
  expect(JSON.parse(after)).toHaveLength(2);
  expect(JSON.parse(after)[1].error.code).toBe(429);
  expect(JSON.parse(alone)[0].error.code).toBe(429);
});

describe('an error body of an upstream', () => {
  it.each([
    '{"error":{"message":"x","type":"y","param":null,"code":null}}',
    '{"type":"error","error":{"type":"x","message":"y"}}',
    '{"detail":"Invalid API Key"}',
    '{"detail":[{"loc":["body"],"msg":"field required"}]}',
    '{"code":"invalid-argument","error":"Incorrect API key"}',
    '{"error":{"code":429,"message":"x","metadata":{}}}',
    '{"error":{"code":"RateLimitReached","message":"x"}}',
    '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}',
    '{"object":"error","message":"x","type":"BadRequestError","code":400}',
    '{"statusCode":401,"message":"Access denied"}',
    '{"message":"Forbidden"}',
    '[{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}}]',
  ])('may have the shape %s', (body) => {
    for (const dialect of DIALECT_IDS) expect(dialects[dialect].isErrorBody(Buffer.from(body))).toBe(true);
  });

  it.each([
    '',
    '{}',
    '[]',
    'null',
    '"error"',
    '<html></html>',
    '{"error":null}',
    '{"error":{}}',
    '{"choices":[]}',
    '{"error":{"message":"x"}',
  ])('may not be %j', (body) => {
    for (const dialect of DIALECT_IDS) expect(dialects[dialect].isErrorBody(Buffer.from(body))).toBe(false);
  });
});
