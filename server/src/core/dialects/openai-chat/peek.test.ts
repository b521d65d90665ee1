import { describe, expect, test } from 'vitest';
import type { Peeked } from '../dialect.ts';
import { peek } from './peek.ts';

function edited(text: string): string {
  const body = Buffer.from(text);
  const result = peek(body, 'generate') as Peeked;
  const edit = result.usageEdit;
  if (edit === undefined) return 'no edit';
  return body.toString('utf8', 0, edit.start) + edit.text + body.toString('utf8', edit.end);
}

describe('peek of openai-chat', () => {
  test('reads model and stream and leaves a request that does not stream alone', () => {
    const result = peek(Buffer.from('{"model":"gpt","messages":[],"stream":null}'), 'generate');
    expect(result).toEqual({ model: 'gpt', modelSpan: { start: 9, end: 14 }, stream: false });
  });

  test.each([
    [
      'inserts absent options first',
      '{"model":"m","stream":true}',
      '{"stream_options":{"include_usage":true},"model":"m","stream":true}',
    ],
    [
      'replaces null options',
      '{"stream":true,"stream_options":null,"model":"m"}',
      '{"stream":true,"stream_options":{"include_usage":true},"model":"m"}',
    ],
    [
      'fills empty options',
      '{"stream":true,"stream_options":{ },"model":"m"}',
      '{"stream":true,"stream_options":{"include_usage":true },"model":"m"}',
    ],
    [
      'adds to other options',
      '{"stream":true,"stream_options":{"x":1},"model":"m"}',
      '{"stream":true,"stream_options":{"include_usage":true,"x":1},"model":"m"}',
    ],
    [
      'turns false to true',
      '{"stream":true,"stream_options":{"include_usage":false},"model":"m"}',
      '{"stream":true,"stream_options":{"include_usage":true},"model":"m"}',
    ],
    [
      'turns null to true',
      '{"stream":true,"stream_options":{"include_usage": null },"model":"m"}',
      '{"stream":true,"stream_options":{"include_usage": true },"model":"m"}',
    ],
    ['leaves true alone', '{"stream":true,"stream_options":{"include_usage":true},"model":"m"}', 'no edit'],
    [
      'leaves a request without stream alone',
      '{"stream":false,"stream_options":{"include_usage":false},"model":"m"}',
      'no edit',
    ],
  ])('for usage in the stream, %s', (_, before, after) => {
    expect(edited(before)).toBe(after);
  });

  test.each([
    ['{"model":"m","messages":{}}', 'messages'],
    ['{"model":"m","stream":"true"}', 'stream'],
    ['{"model":"m","stream":1}', 'stream'],
    ['{"model":"m","stream":true,"stream_options":[]}', 'stream_options'],
    ['{"model":"m","stream":true,"stream_options":{"include_usage":"yes"}}', 'stream_options.include_usage'],
    ['{"messages":[],"model":7}', 'model'],
  ])('refuses %s, naming %s', (text, param) => {
    expect(peek(Buffer.from(text), 'generate')).toMatchObject({ code: 'invalid_request', param });
  });

  test('lets a completion stream, but never embeddings and moderations', () => {
    const body = Buffer.from('{"model":"m","stream":true}');
    expect(peek(body, 'complete')).toMatchObject({ stream: true, usageEdit: { start: 1, end: 1 } });
    for (const use of ['embed', 'moderate', 'count-tokens'] as const) {
      expect(peek(body, use)).toEqual({ model: 'm', modelSpan: { start: 9, end: 12 }, stream: false });
    }
  });

  test('lets a model be missing, which only a moderation can do without', () => {
    const body = Buffer.from('{"input":"x"}');
    const modelGap = { start: 1, end: 1, before: '"model":', after: ',' };
    expect(peek(body, 'embed')).toEqual({ model: '', modelGap, stream: false });
    expect(peek(body, 'moderate')).toEqual({ model: '', modelGap, needsNoModel: true, stream: false });
  });
});
