// Tokens on their way from one format's arithmetic to another's: nothing is counted twice and nothing gets lost.

import { describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { answerOf, bodyFor, candidate, chunk, message } from './gotchas-run.ts';
import type { AnswerCase } from './matrix-cases.ts';

const usageFor = (client: DialectId, answer: AnswerCase): unknown => {
  const body = bodyFor(client, answer) as Record<string, unknown>;
  return body['usage'] ?? body['usageMetadata'];
};

const chat = (usage: object): AnswerCase =>
  answerOf(
    'openai-chat',
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({}, 'stop'),
    chunk(undefined, null, { usage }),
    '[DONE]',
  );

const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'up', output: [] };
const responses = (usage: object): AnswerCase =>
  answerOf(
    'openai-responses',
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.completed', response: { ...response, status: 'completed', usage } },
  );

const gemini = (usageMetadata: object): AnswerCase =>
  answerOf('gemini', candidate([{ text: 'Hi' }], 'STOP', { usageMetadata }));

const text = [
  { type: 'text', text: '' },
  { type: 'text_delta', text: 'Hi' },
] as const;
const messages = (usage: object, first: object): AnswerCase =>
  answerOf('anthropic-messages', ...message([text], 'end_turn', usage, first));

describe('G76 input of Messages is without what was read from a cache or written to one', () => {
  test.each([
    [
      'chat',
      chat({
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      }),
    ],
    [
      'Responses',
      responses({
        input_tokens: 100,
        output_tokens: 20,
        total_tokens: 120,
        input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      }),
    ],
  ])('from %s', (_, answer) => {
    expect(usageFor('anthropic-messages', answer)).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
      output_tokens: 20,
    });
  });

  test('from Gemini', () => {
    const usage = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 20,
      totalTokenCount: 120,
    };
    expect(usageFor('anthropic-messages', gemini(usage))).toMatchObject({
      input_tokens: 40,
      cache_read_input_tokens: 60,
      output_tokens: 20,
    });
  });

  test('and is added up again for the others', () => {
    const first = {
      input_tokens: 10,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
      output_tokens: 1,
    };
    const answer = messages({ output_tokens: 20 }, first);
    expect(usageFor('openai-chat', answer)).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 60 },
    });
    expect(usageFor('openai-responses', answer)).toMatchObject({
      input_tokens: 100,
      output_tokens: 20,
      total_tokens: 120,
      input_tokens_details: { cached_tokens: 60 },
    });
    expect(usageFor('gemini', answer)).toMatchObject({
      promptTokenCount: 100,
      candidatesTokenCount: 20,
      totalTokenCount: 120,
      cachedContentTokenCount: 60,
    });
  });
});

describe('G77 thoughts of Gemini are beside its candidates', () => {
  test.each([
    [
      'openai-chat',
      { completion_tokens: 50, completion_tokens_details: { reasoning_tokens: 30 }, total_tokens: 60 },
    ],
    [
      'openai-responses',
      { output_tokens: 50, output_tokens_details: { reasoning_tokens: 30 }, total_tokens: 60 },
    ],
    ['anthropic-messages', { output_tokens: 50 }],
  ] as const)('and within the output of %s', (client, expected) => {
    const usage = {
      promptTokenCount: 10,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 60,
    };
    expect(usageFor(client, gemini(usage))).toMatchObject(expected);
  });

  test('and are taken out of the output of others', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 50,
      total_tokens: 60,
      completion_tokens_details: { reasoning_tokens: 30 },
    };
    expect(usageFor('gemini', chat(usage))).toMatchObject({
      promptTokenCount: 10,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 60,
    });
  });

  test('tokens of tool prompts are part of the input', () => {
    const usage = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 2,
      totalTokenCount: 17,
    };
    expect(usageFor('openai-chat', gemini(usage))).toMatchObject({ prompt_tokens: 15, total_tokens: 17 });
  });
});

describe('G78 counts that contradict each other', () => {
  test.each([
    [
      'more cached than all',
      { prompt_tokens: 7, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 160 } },
    ],
    [
      'more cached and written than all',
      {
        prompt_tokens: 7,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 9 },
      },
    ],
    [
      'more reasoning than output',
      { prompt_tokens: 7, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 40 } },
    ],
  ])('%s never become negative', (_, usage) => {
    for (const client of ['openai-responses', 'anthropic-messages', 'gemini'] as const)
      expect(JSON.stringify(usageFor(client, chat(usage)))).not.toMatch(/:-\d/);
    expect(usageFor('anthropic-messages', chat(usage))).toMatchObject({ input_tokens: expect.any(Number) });
  });
});

describe('Messages', () => {
  test('G9 the last number of each kind counts, the first where no other came', () => {
    const raised = messages({ output_tokens: 20, input_tokens: 400 }, { input_tokens: 10, output_tokens: 1 });
    expect(usageFor('openai-chat', raised)).toMatchObject({ prompt_tokens: 400, completion_tokens: 20 });
    const silent = messages({ output_tokens: 20 }, { input_tokens: 10, output_tokens: 1 });
    expect(usageFor('openai-chat', silent)).toMatchObject({ prompt_tokens: 10, completion_tokens: 20 });
  });

  test('G7 usage of every chunk is not added up', () => {
    const count = (candidatesTokenCount: number) => ({
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount,
        totalTokenCount: 10 + candidatesTokenCount,
      },
    });
    const stream = [
      candidate([{ text: 'A' }], undefined, count(1)),
      candidate([{ text: 'B' }], undefined, { usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 } }),
      candidate([{ text: 'C' }], 'STOP', count(3)),
    ];
    expect(usageFor('openai-chat', answerOf('gemini', ...stream))).toMatchObject({
      prompt_tokens: 10,
      completion_tokens: 3,
    });
  });
});
