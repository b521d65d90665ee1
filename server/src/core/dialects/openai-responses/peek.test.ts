import { describe, expect, test } from 'vitest';
import { peek } from './peek.ts';

describe('peek of openai-responses', () => {
  test('reads model and stream', () => {
    const body = Buffer.from('{"model":"gpt","input":"x","stream":true}');
    expect(peek(body, 'generate')).toEqual({ model: 'gpt', modelSpan: { start: 9, end: 14 }, stream: true });
  });

  test('lets the model be missing only where a stored prompt names it', () => {
    expect(peek(Buffer.from('{"prompt":{"id":"p"},"input":"x"}'), 'generate')).toEqual({
      model: '',
      stream: false,
    });
    for (const text of ['{"input":"x"}', '{"prompt":null}', '{"previous_response_id":"r"}']) {
      expect(peek(Buffer.from(text), 'generate')).toMatchObject({ code: 'invalid_request', param: 'model' });
    }
  });

  test('never streams a count of tokens', () => {
    expect(peek(Buffer.from('{"model":"m","stream":true}'), 'count-tokens')).toMatchObject({ stream: false });
  });

  test('refuses a stream member that is not true or false', () => {
    expect(peek(Buffer.from('{"model":"m","stream":{}}'), 'generate')).toMatchObject({ param: 'stream' });
  });
});
