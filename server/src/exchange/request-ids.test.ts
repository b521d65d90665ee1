import { describe, expect, test } from 'vitest';
import { clientRequestId, upstreamRequestId } from './request-ids.ts';

const NO_SECRET = 'sk-another-0123456789';

describe("the provider's id of a request", () => {
  test.each([
    ['OpenAI', ['X-Request-ID', 'req_41'], 'req_41'],
    [
      'Anthropic, behind a proxy with ids of its own',
      ['x-request-id', 'proxy', 'Request-Id', 'req_01'],
      'req_01',
    ],
    ['Amazon', ['x-amzn-RequestId', '0c1f', 'content-type', 'application/json'], '0c1f'],
    ['Azure', ['x-request-id', 'edge', 'apim-request-id', 'real'], 'real'],
    ['nobody', ['cf-ray', '8f', 'x-client-request-id', 'echo'], undefined],
  ])('is read from the headers of %s', (_name, headers, id) => {
    expect(upstreamRequestId(headers, NO_SECRET)).toBe(id);
  });

  test('is cut to 128 characters, and is none with anything but printable ASCII', () => {
    expect(upstreamRequestId(['x-request-id', 'a'.repeat(500)], NO_SECRET)).toBe('a'.repeat(128));
    for (const value of ['', ' ', 'a b', 'a\u0007', 'ä', '请求'])
      expect(upstreamRequestId(['x-request-id', value], NO_SECRET)).toBeUndefined();
  });

  test('is not one that repeats the key; another header stands in', () => {
    const headers = ['request-id', 'for sk-mine-0123456789', 'x-request-id', 'req_2'];
    expect(upstreamRequestId(headers, 'sk-mine-0123456789')).toBe('req_2');
    expect(upstreamRequestId(headers.slice(0, 2), ['sk-mine-0123456789'])).toBeUndefined();
  });
});

describe("the client's own id", () => {
  const from = (headers: Record<string, string>): string | undefined =>
    clientRequestId({ header: (name) => headers[name] });

  test('is its x-request-id, else its x-client-request-id, where it is printable', () => {
    expect(from({ 'x-request-id': 'mine', 'x-client-request-id': 'other' })).toBe('mine');
    expect(from({ 'x-client-request-id': 'other' })).toBe('other');
    expect(from({ 'x-request-id': 'two words', 'x-client-request-id': 'other' })).toBe('other');
    expect(from({})).toBeUndefined();
  });
});
