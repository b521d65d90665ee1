import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../model/dialect-id.ts';
import { dialects } from '../index.ts';

/** A limit, in the words that each format has for it inside of a success. */
const LIMITED = {
  'openai-chat': { error: { code: 429, message: 'Too fast.' } },
  'openai-responses': {
    error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Too fast.' },
  },
  'anthropic-messages': { type: 'error', error: { type: 'rate_limit_error', message: 'Too fast.' } },
  gemini: {
    error: {
      code: 429,
      message: 'Too fast.',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' }],
    },
  },
} as const;

const read = (id: (typeof DIALECT_IDS)[number], body: unknown): unknown =>
  dialects[id].readAnswer(Buffer.from(JSON.stringify(body)), 'generate');

describe('an error inside of a success', () => {
  test.each(DIALECT_IDS)('6.6 is told with the status that it stands for (%s)', (id) => {
    expect(read(id, LIMITED[id])).toMatchObject({
      ok: false,
      error: { code: 'upstream_answer', status: 429, message: expect.stringContaining('Too fast.') },
    });
  });

  test('5.5 is told with the wait that it names, and with its kind', () => {
    expect(read('gemini', LIMITED.gemini)).toMatchObject({ error: { retryAfterMs: 3_000 } });
    const quota = { error: { type: 'insufficient_quota', message: 'You exceeded your current quota.' } };
    expect(read('openai-chat', quota)).toMatchObject({ error: { kind: 'quota' } });
  });

  test('6.6 has status 502 where it says nothing of one', () => {
    expect(read('openai-chat', { error: { message: 'No idea.' } })).toMatchObject({ error: { status: 502 } });
    expect(read('openai-chat', { id: 'x' })).toMatchObject({ error: { status: 502 } });
  });
});
