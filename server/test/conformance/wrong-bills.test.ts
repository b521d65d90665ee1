// Numbers that other gateways got wrong, one test each: what users were shown, and what is right.

import { describe, expect, test } from 'vitest';
import { billOf, usageOfAnswer, usageOfStream } from '../kit/billing.ts';

const delta = { index: 0, delta: { content: 'a' }, finish_reason: null };
const stop = { index: 0, delta: {}, finish_reason: 'stop' };

const begin = (usage: object): object => ({
  type: 'message_start',
  message: { id: 'x', type: 'message', role: 'assistant', model: 'm', content: [], usage },
});
const say = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
  { type: 'content_block_stop', index: 0 },
];
const end = (usage: object): readonly object[] => [
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
  { type: 'message_stop' },
];

describe('cached tokens', () => {
  test('LiteLLM #11789, #11364: reads from the cache of a stream are not billed as input', () => {
    const streamed = usageOfStream('anthropic-messages', [
      begin({ input_tokens: 4, cache_read_input_tokens: 100_000, output_tokens: 1 }),
      ...say,
      ...end({ output_tokens: 10 }),
    ]);
    // claude-haiku-4-5: 4 × $1 + 100,000 × $0.10 + 10 × $5; as input it would be $0.10 instead of $0.01.
    expect(billOf('anthropic', 'claude-haiku-4-5', streamed).totalNanoUsd).toBe(
      4 * 1_000 + 100_000 * 100 + 10 * 5_000,
    );
  });

  test('LiteLLM #11935: reads and writes of the cache are billed besides the input, not instead of it', () => {
    const usage = usageOfAnswer('anthropic-messages', {
      content: [{ type: 'text', text: 'a' }],
      usage: {
        input_tokens: 1_000_000,
        cache_read_input_tokens: 500_000,
        cache_creation_input_tokens: 100_000,
        output_tokens: 50_000,
      },
    });
    expect(billOf('anthropic', 'claude-opus-5-5', usage).totalNanoUsd).toBe(
      1_000_000 * 4_000 + 500_000 * 200 + 100_000 * 5_000 + 50_000 * 20_000,
    );
  });

  test('LiteLLM #33772: cache_write_tokens of OpenAI are not dropped', () => {
    const usage = usageOfStream('openai-chat', [
      { id: 'x', model: 'm', choices: [delta] },
      { id: 'x', model: 'm', choices: [stop] },
      {
        id: 'x',
        model: 'm',
        choices: [],
        usage: {
          prompt_tokens: 3_000,
          completion_tokens: 1,
          total_tokens: 3_001,
          prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 2_048 },
        },
      },
    ]);
    expect(billOf('openai', 'gpt-5.6-sol', usage).parts).toMatchObject({
      inputUncached: 952 * 4_000,
      cacheWrite: 2_048 * 5_000,
    });
  });

  test('LiteLLM #42663: what server tools write to the cache during the answer counts, too', () => {
    const usage = usageOfStream('anthropic-messages', [
      begin({ input_tokens: 100, cache_creation_input_tokens: 1_000, output_tokens: 1 }),
      ...say,
      ...end({
        input_tokens: 150,
        cache_creation_input_tokens: 1_600,
        cache_read_input_tokens: 1_000,
        output_tokens: 10,
        server_tool_use: { web_search_requests: 1 },
      }),
    ]);
    expect(billOf('anthropic', 'claude-haiku-4-5', usage).parts).toMatchObject({
      inputUncached: 150 * 1_000,
      cacheWrite: 1_600 * 1_250,
      cacheRead: 1_000 * 100,
      other: 10_000_000,
    });
  });

  test('new-api #6353, #5756: writes to the cache are billed, at their own price and by their lifetime', () => {
    const usage = usageOfAnswer('anthropic-messages', {
      content: [{ type: 'text', text: 'a' }],
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 1_000,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1_000 },
        output_tokens: 1,
      },
    });
    expect(billOf('anthropic', 'claude-haiku-4-5', usage).parts.cacheWrite).toBe(1_000 * 2_000);
  });

  test('aws guidance #263: a read from the cache is no full input token', () => {
    const usage = usageOfAnswer('openai-chat', {
      choices: [{ message: { content: 'a' } }],
      usage: {
        prompt_tokens: 100_000,
        completion_tokens: 1,
        total_tokens: 100_001,
        prompt_tokens_details: { cached_tokens: 100_000 },
      },
    });
    const { parts } = billOf('openai', 'gpt-5', usage);
    expect(parts).toMatchObject({ inputUncached: 0, cacheRead: 100_000 * 125 });
  });
});

describe('usage that is told strangely', () => {
  test('LiteLLM #37923: a `cost` of 0 that the upstream tells is not what the request cost', () => {
    const usage = usageOfStream('openai-chat', [
      { id: 'x', model: 'm', choices: [delta] },
      { id: 'x', model: 'm', choices: [stop] },
      {
        id: 'x',
        model: 'm',
        choices: [],
        usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100, cost: 0 },
      },
    ]);
    expect(billOf('openrouter', 'openai/gpt-5', usage).totalNanoUsd).toBe(1_000 * 1_250 + 100 * 10_000);
  });

  test('LiteLLM #36168: usage counts also in a last chunk that has choices', () => {
    const usage = usageOfStream('openai-chat', [
      { id: 'x', model: 'm', choices: [delta] },
      {
        id: 'x',
        model: 'm',
        choices: [stop],
        usage: {
          prompt_tokens: 10_000,
          completion_tokens: 10,
          total_tokens: 10_010,
          prompt_tokens_details: { cached_tokens: 9_000 },
        },
      },
    ]);
    expect(billOf('openai', 'gpt-5', usage).totalNanoUsd).toBe(1_000 * 1_250 + 9_000 * 125 + 10 * 10_000);
  });

  test('new-api #5003: impossible counts never make a negative bill, and never an exact one', () => {
    const usage = usageOfAnswer('openai-chat', {
      choices: [{ message: { content: 'a' } }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 10,
        total_tokens: 110,
        prompt_tokens_details: { cached_tokens: 5_000 },
      },
    });
    const bill = billOf('openai', 'gpt-5', usage);
    expect(bill.state).toBe('estimated');
    expect(bill.parts.inputUncached).toBe(0);
    expect(bill.totalNanoUsd).toBe(100 * 125 + 10 * 10_000);
  });

  test('9.3 a stream costs what the same answer costs in one piece', () => {
    const counts = { input_tokens: 100, cache_read_input_tokens: 50, output_tokens: 20 };
    const whole = usageOfAnswer('anthropic-messages', {
      content: [{ type: 'text', text: 'a' }],
      usage: counts,
    });
    const streamed = usageOfStream('anthropic-messages', [
      begin({ ...counts, output_tokens: 1 }),
      ...say,
      ...end({ output_tokens: 20 }),
    ]);
    expect(billOf('anthropic', 'claude-haiku-4-5', streamed)).toEqual(
      billOf('anthropic', 'claude-haiku-4-5', whole),
    );
  });
});

describe('prices', () => {
  test('new-api #1953: above 200,000 tokens the whole request has other rates', () => {
    const usage = usageOfAnswer('gemini', {
      candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 300_000, candidatesTokenCount: 100, totalTokenCount: 300_100 },
    });
    expect(billOf('gemini', 'gemini-2.5-pro', usage).totalNanoUsd).toBe(300_000 * 2_500 + 100 * 15_000);
  });

  test('a model without a price is unpriced and does not pass for free', () => {
    const usage = usageOfAnswer('openai-chat', {
      choices: [{ message: { content: 'a' } }],
      usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    });
    expect(billOf('openai', 'gpt-99', usage)).toMatchObject({ state: 'unpriced', priceRow: '' });
  });
});
