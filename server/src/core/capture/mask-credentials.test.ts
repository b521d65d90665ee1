import { describe, expect, test } from 'vitest';
import { isCredentialHeader, maskedHeaders, maskedTarget } from './mask-credentials.ts';

describe('credentials', () => {
  test.each([
    'Authorization',
    'proxy-authorization',
    'X-Api-Key',
    'api-key',
    'x-goog-api-key',
    'Ocp-Apim-Subscription-Key',
    'Cookie',
    'Set-Cookie',
    'x-amz-security-token',
    'cf-access-client-secret',
    'X-CSRF-Token',
  ])('are what the header %s holds', (name) => {
    expect(isCredentialHeader(name)).toBe(true);
  });

  test.each([
    'idempotency-key',
    'anthropic-ratelimit-tokens-remaining',
    'x-ratelimit-limit-tokens',
    'content-type',
    'sec-websocket-key',
    'x-request-id',
  ])('are not what the header %s holds', (name) => {
    expect(isCredentialHeader(name)).toBe(false);
  });

  test('are replaced in headers, whose order and letter case stay', () => {
    expect(maskedHeaders(['Accept', '*/*', 'Authorization', 'Bearer x', 'accept', 'y'])).toEqual([
      ['Accept', '*/*'],
      ['Authorization', '[redacted]'],
      ['accept', 'y'],
    ]);
  });

  test('are replaced in queries, and nothing else is', () => {
    expect(maskedTarget('/v1/x?alt=sse&key=AIza&monkey=1&access_token=t#f')).toBe(
      '/v1/x?alt=sse&key=[redacted]&monkey=1&access_token=[redacted]#f',
    );
    expect(maskedTarget('/v1/key=1')).toBe('/v1/key=1');
  });
});
