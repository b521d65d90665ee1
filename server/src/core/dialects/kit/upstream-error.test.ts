import { describe, expect, it } from 'vitest';
import { reportedError } from './upstream-error.ts';

describe('the kind of a reported error', () => {
  it.each([
    [{ error: { code: 'context_length_exceeded', message: 'Too long.' } }, 'context-length'],
    [{ error: { message: "This model's maximum context length is 8192 tokens." } }, 'context-length'],
    [
      { type: 'error', error: { type: 'x', message: 'prompt is too long: 9 tokens > 8 maximum' } },
      'context-length',
    ],
    [
      { error: { message: 'The input token count (9) exceeds the maximum number of tokens' } },
      'context-length',
    ],
    [{ error: { code: 'insufficient_quota', message: 'You exceeded your current quota.' } }, 'quota'],
    [{ error: { message: 'Your credit balance is too low to access the API.' } }, 'quota'],
    [{ error: { message: 'max_tokens is too large.' } }, undefined],
    [{ error: { type: 'rate_limit_error', message: 'Too many requests.' } }, undefined],
  ])('of %j is %s', (body, kind) => {
    expect(reportedError(body)?.kind).toBe(kind);
  });
});
