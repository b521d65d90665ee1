import { describe, expect, it } from 'vitest';
import { headerOf } from '../core/model/header-list.ts';
import { answerHeaders } from './headers.ts';

describe('the headers of an answer', () => {
  it('keep what is meant for the caller as it stood, in order', () => {
    const headers = [
      'X-RateLimit-Limit',
      '5',
      'Content-Type',
      'a/b',
      'openai-organization',
      'o',
      'Retry-After',
      '1',
      'X-RateLimit-Limit',
      '6',
    ];
    expect(answerHeaders(headers, '')).toEqual(headers);
  });

  it.each([
    'Set-Cookie',
    'Access-Control-Allow-Origin',
    'Connection',
    'Transfer-Encoding',
    'Content-Length',
    'Strict-Transport-Security',
    'Server',
    'Location',
    'x-sluice-upstream',
    'X-Accel-Redirect',
    'Trailer',
    'WWW-Authenticate',
    'Link',
  ])('do not include %s', (name) => {
    expect(answerHeaders([name, 'value', 'X-Kept', '1'], '')).toEqual(['X-Kept', '1']);
  });

  it('do not include what the connection nominates', () => {
    expect(
      answerHeaders(['Connection', 'X-One , x-TWO', 'X-One', '1', 'X-Two', '2', 'X-Three', '3'], ''),
    ).toEqual(['X-Three', '3']);
  });

  it('do not include one that repeats the key', () => {
    expect(answerHeaders(['X-Echo', 'Bearer sk-12345678', 'X-Kept', '1'], 'sk-12345678')).toEqual([
      'X-Kept',
      '1',
    ]);
  });
});

describe('headerOf', () => {
  it('finds the first value whatever the case', () => {
    expect(headerOf(['A', '1', 'b-C', '2', 'B-c', '3'], 'b-c')).toBe('2');
    expect(headerOf(['A', '1'], 'b')).toBeUndefined();
  });
});
