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

  test('lets the model be missing only where a stored prompt names it', () => {
    expect(peek(Buffer.from('{"prompt":{"id":"p"},"input":"x"}'), 'generate')).toMatchObject({
      model: '',
      stream: false,
    });
    for (const text of ['{"input":"x"}', '{"prompt":null}', '{"previous_response_id":"r"}']) {
      expect(peek(Buffer.from(text), 'generate')).toMatchObject({ code: 'invalid_request', param: 'model' });
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
    expect(peek(Buffer.from('{"previous_response_id":"r"}'), 'count-tokens')).toMatchObject({ model: '' });
  });

  test('never streams a count of tokens', () => {
    expect(peek(Buffer.from('{"model":"m","stream":true}'), 'count-tokens')).toMatchObject({ stream: false });
  });

  test('refuses a stream member that is not true or false', () => {
    expect(peek(Buffer.from('{"model":"m","stream":{}}'), 'generate')).toMatchObject({ param: 'stream' });
  });
});
