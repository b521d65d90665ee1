import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/core/dialects/index.ts';
import { DIALECT_IDS, type DialectId, type Use } from '../../src/core/model/dialect-id.ts';
import { recordedAnswers } from './recorded.ts';
import { tokensOf } from './stream-run.ts';

const read = (dialect: DialectId, body: unknown, use: Use = 'generate') =>
  dialects[dialect].readAnswer(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), use);

const ANSWERS: readonly (readonly [DialectId, Use, object])[] = [
  ['openai-chat', 'generate', { id: 'x', model: 'm', choices: [{ message: { content: 'a' } }] }],
  ['openai-chat', 'complete', { id: 'x', model: 'm', choices: [{ text: 'a' }] }],
  ['openai-chat', 'embed', { id: 'x', model: 'm', data: [{ embedding: [0.1] }] }],
  ['openai-chat', 'moderate', { id: 'x', model: 'm', results: [{ flagged: false }] }],
  ['openai-responses', 'generate', { id: 'x', model: 'm', status: 'completed', error: null, output: [] }],
  ['openai-responses', 'generate', { id: 'x', model: 'm', status: 'incomplete', output: [{}] }],
  ['openai-responses', 'generate', { id: 'x', model: 'm', status: 'queued' }],
  [
    'openai-responses',
    'count-tokens',
    { id: 'x', model: 'm', object: 'response.input_tokens', input_tokens: 0 },
  ],
  ['anthropic-messages', 'generate', { id: 'x', model: 'm', type: 'message', content: [] }],
  ['anthropic-messages', 'count-tokens', { id: 'x', model: 'm', input_tokens: 7 }],
  ['gemini', 'generate', { responseId: 'x', modelVersion: 'm', candidates: [{ content: {} }] }],
  ['gemini', 'generate', { responseId: 'x', modelVersion: 'm', promptFeedback: { blockReason: 'SAFETY' } }],
  ['gemini', 'embed', { responseId: 'x', modelVersion: 'm', embedding: { values: [0.1] } }],
  ['gemini', 'embed', { responseId: 'x', modelVersion: 'm', embeddings: [{ values: [0.1] }] }],
  ['gemini', 'count-tokens', { responseId: 'x', modelVersion: 'm', totalTokens: 7 }],
];

describe.each(ANSWERS)('an answer of %s to %s', (dialect, use, answer) => {
  it('is one', () => {
    expect(read(dialect, answer, use)).toEqual({ ok: true, id: 'x', model: 'm', usage: undefined });
  });

  it('is one when it is too long to be parsed', () => {
    const long = { ...answer, padding: 'x'.repeat(300_000) };
    expect(read(dialect, long, use)).toEqual({ ok: true, id: 'x', model: 'm', usage: undefined });
  });

  it('is none when it is cut off', () => {
    const text = JSON.stringify({ ...answer, padding: 'x'.repeat(300_000) });
    for (const body of [JSON.stringify(answer).slice(0, -1), text.slice(0, -1)]) {
      expect(read(dialect, body, use)).toMatchObject({
        ok: false,
        error: { code: 'upstream_answer', status: 502 },
      });
    }
  });
});

describe.each(DIALECT_IDS)('with a success status, %s takes for no answer', (dialect) => {
  it.each<readonly [string, string, string, number?]>([
    ['nothing', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['null', 'null', 'not a JSON object'],
    ['a list', '[1]', 'not a JSON object'],
    ['HTML', '<!doctype html><title>502</title>', 'HTML'],
    ['half an object', '{"id": "x", "choi', 'cut off'],
    ['events', 'data: {"choices": []}\n\n', 'stream of events'],
    ['an object without an answer', '{}', 'without'],
    ['a wrong shape', '{"choices": {}, "output": 1, "content": "x", "candidates": null}', 'without'],
    ['an error', '{"error": {"message": "Overloaded"}}', 'Overloaded'],
    [
      'an error that names its status',
      '{"error": {"message": "Overloaded", "code": 529}}',
      'Overloaded',
      529,
    ],
    ['an error as a string', '{"code": "x", "error": "Overloaded"}', 'Overloaded'],
    [
      'an error beside an answer',
      '{"error": {"message": "Overloaded"}, "choices": [{}], "output": [], "content": [], "candidates": [{}]}',
      'Overloaded',
    ],
    ['an error in a list', '[{"error": {"message": "Overloaded"}}]', 'Overloaded'],
  ])('%s', (_name, body, text, status = 502) => {
    const reading = read(dialect, body);
    expect(reading).toMatchObject({ ok: false, error: { code: 'upstream_answer', status } });
    if (!reading.ok) expect(reading.error.message).toContain(text);
  });
});

describe('an answer that is none of its dialect', () => {
  it.each<readonly [string, DialectId, Use, object]>([
    [
      'a failed response',
      'openai-responses',
      'generate',
      { status: 'failed', error: { message: 'no' }, output: [] },
    ],
    [
      'a response that failed without saying why',
      'openai-responses',
      'generate',
      { status: 'failed', output: [] },
    ],
    ['an empty list of choices', 'openai-chat', 'generate', { choices: [] }],
    [
      'an error inside a choice',
      'openai-chat',
      'generate',
      { choices: [{ finish_reason: 'error', error: { message: 'no' } }] },
    ],
    ['embeddings without data', 'openai-chat', 'embed', { data: [] }],
    ['a count that is a string', 'anthropic-messages', 'count-tokens', { input_tokens: '7' }],
  ])('is %s', (_name, dialect, use, answer) => {
    expect(read(dialect, answer, use).ok).toBe(false);
  });
});

it('a long answer keeps its usage', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const choices = [{ message: { content: 'x'.repeat(300_000) } }];
  const reading = read('openai-chat', { choices, usage });
  expect(reading.ok && tokensOf(reading.usage)).toEqual([10, 5]);
});

const recorded = recordedAnswers().filter(({ kind }) => kind === 'json');
const isModelCall = (url: string): boolean => !/\/models$|cachedContents/.test(url);
const useOf = (url: string): Use =>
  /count_tokens|input_tokens/.test(url) ? 'count-tokens' : /mbed/.test(url) ? 'embed' : 'generate';

describe.skipIf(recorded.length === 0)('recorded answers', () => {
  it.each(recorded.filter(({ status, url }) => status < 400 && isModelCall(url)))(
    '$name is one, and its tokens add up to the total of the provider',
    ({ dialect, body, url }) => {
      const reading = dialects[dialect].readAnswer(body, useOf(url));
      expect(reading.ok).toBe(true);
      const json = JSON.parse(body.toString());
      const total = json.usage?.total_tokens ?? json.usageMetadata?.totalTokenCount;
      if (total === undefined || !reading.ok) return;
      const [input, output] = tokensOf(reading.usage) ?? [0, 0];
      expect(input + output).toBe(total);
    },
  );

  it.each(recorded.filter(({ status }) => status >= 400))('$name has an error body', ({ dialect, body }) => {
    expect(dialects[dialect].isErrorBody(body)).toBe(true);
  });
});
