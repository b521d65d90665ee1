import { describe, expect, test } from 'vitest';
import { peek } from './peek.ts';

describe('peek of anthropic-messages', () => {
  test('reads model and stream', () => {
    const body = Buffer.from('{"model":"claude","max_tokens":1,"messages":[],"stream":true}');
    expect(peek(body, 'generate')).toEqual({
      model: 'claude',
      modelSpan: { start: 9, end: 17 },
      stream: true,
    });
  });

  test('never streams a count of tokens, whatever stream says', () => {
    for (const stream of ['true', '"x"']) {
      const body = Buffer.from(`{"model":"claude","stream":${stream}}`);
      expect(peek(body, 'count-tokens')).toMatchObject({ model: 'claude', stream: false });
    }
  });

  test('says where a model can be put in', () => {
    const result = peek(Buffer.from('{"messages":[],"model":null}'), 'generate');
    expect(result).toEqual({
      model: '',
      modelGap: { start: 23, end: 27, before: '', after: '' },
      stream: false,
    });
  });

  test.each([
    ['{"messages":[],"model":{}}', 'model'],
    ['{"model":"m","messages":"hi"}', 'messages'],
    ['{"model":"m","stream":"yes"}', 'stream'],
  ])('refuses %s, naming %s', (text, param) => {
    expect(peek(Buffer.from(text), 'generate')).toMatchObject({ code: 'invalid_request', param });
  });
});
