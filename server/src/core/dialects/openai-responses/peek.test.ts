import { describe, expect, test } from 'vitest';
import { peek } from './peek.ts';

describe('peek of openai-responses', () => {
  test('reads model and stream', () => {
    const body = Buffer.from('{"model":"gpt","input":"x","stream":true}');
    expect(peek(body, 'generate')).toEqual({
      model: 'gpt',
      modelSpan: { start: 9, end: 14 },
      stream: true,
      continuation: { previous: undefined, store: true },
    });
  });

  test('knows that a stored prompt names the model, and nothing else does', () => {
    expect(peek(Buffer.from('{"prompt":{"id":"p"},"input":"x"}'), 'generate')).toMatchObject({
      model: '',
      needsNoModel: true,
      stream: false,
    });
    for (const text of ['{"input":"x"}', '{"prompt":null}', '{"previous_response_id":"r"}']) {
      const result = peek(Buffer.from(text), 'generate');
      expect(result).toMatchObject({ model: '', modelGap: { start: 1, end: 1 } });
      expect(result).not.toHaveProperty('needsNoModel');
    }
  });

  test('says which response is continued, and whether this one may be', () => {
    const body = '{"model":"m","previous_response_id":"resp_\\u0031","store":false}';
    expect(peek(Buffer.from(body), 'generate')).toMatchObject({
      continuation: { previous: 'resp_1', store: false },
    });
    expect(
      peek(Buffer.from('{"model":"m","previous_response_id":null,"store":null}'), 'generate'),
    ).toMatchObject({
      continuation: { previous: undefined, store: true },
    });
  });

  test('lets a count be asked for without a model', () => {
    expect(peek(Buffer.from('{"previous_response_id":"r"}'), 'count-tokens')).toMatchObject({
      model: '',
      needsNoModel: true,
    });
  });

  test('never streams a count of tokens', () => {
    expect(peek(Buffer.from('{"model":"m","stream":true}'), 'count-tokens')).toMatchObject({ stream: false });
  });

  test('refuses a stream member that is not true or false', () => {
    expect(peek(Buffer.from('{"model":"m","stream":{}}'), 'generate')).toMatchObject({ param: 'stream' });
  });
});
