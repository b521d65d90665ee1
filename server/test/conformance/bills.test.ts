// Bills of real answers: what each provider's list says, calculated by hand in nanodollars, from the bytes of an answer.
// $1 for a million tokens is 1,000 nanodollars for a token.

import { describe, expect, test } from 'vitest';
import { billOf, usageOfAnswer, usageOfStream } from '../kit/billing.ts';

const chat = (usage: object, more: object = {}): object => ({
  id: 'x',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }],
  usage,
  ...more,
});

const message = (usage: object): object => ({
  id: 'x',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'a' }],
  stop_reason: 'end_turn',
  usage,
});

const content = (usageMetadata: object, more: object = {}): object => ({
  candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] }, finishReason: 'STOP', ...more }],
  usageMetadata,
});

describe('9.4 OpenAI', () => {
  test('gpt-5: $1.25 in, $0.125 cached, $10 out, reasoning included in the output', () => {
    const usage = usageOfAnswer(
      'openai-chat',
      chat({
        prompt_tokens: 2_006,
        completion_tokens: 300,
        total_tokens: 2_306,
        prompt_tokens_details: { cached_tokens: 1_920 },
        completion_tokens_details: { reasoning_tokens: 192 },
      }),
    );
    const bill = billOf('openai', 'gpt-5', usage);
    expect(bill.parts).toMatchObject({
      inputUncached: 86 * 1_250,
      cacheRead: 1_920 * 125,
      outputText: 108 * 10_000,
      outputReasoning: 192 * 10_000,
    });
    expect(bill).toMatchObject({
      state: 'exact',
      totalNanoUsd: 107_500 + 240_000 + 1_080_000 + 1_920_000,
      priceRow: 'catalogue:openai/gpt-5',
    });
  });

  test('gpt-5.6-sol writes to the cache for 1.25 times the input: $4, $5, $0.40, $20', () => {
    const usage = usageOfAnswer(
      'openai-chat',
      chat({
        prompt_tokens: 10_000,
        completion_tokens: 10,
        total_tokens: 10_010,
        prompt_tokens_details: { cached_tokens: 4_000, cache_write_tokens: 5_000 },
      }),
    );
    expect(billOf('openai', 'gpt-5.6-sol', usage).parts).toMatchObject({
      inputUncached: 1_000 * 4_000,
      cacheRead: 4_000 * 400,
      cacheWrite: 5_000 * 5_000,
      outputText: 10 * 20_000,
    });
  });

  test('9.8 the flex tier is half, and a tier of unknown price is an estimate', () => {
    const counts = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
    const of = (service_tier: string) => usageOfAnswer('openai-chat', chat(counts, { service_tier }));
    const list = 1_000 * 1_250 + 100 * 10_000;
    expect(billOf('openai', 'gpt-5', of('default'))).toMatchObject({ state: 'exact', totalNanoUsd: list });
    expect(billOf('openai', 'gpt-5', of('flex'))).toMatchObject({ state: 'exact', totalNanoUsd: list / 2 });
    expect(billOf('openai', 'gpt-5', of('priority')).state).toBe('estimated');
  });

  test('9.8 gpt-5.4 doubles its input from 272,000 tokens on, cached ones included', () => {
    const of = (cached: number) =>
      usageOfAnswer(
        'openai-chat',
        chat({
          prompt_tokens: 1_000 + cached,
          completion_tokens: 10,
          total_tokens: 1_010 + cached,
          prompt_tokens_details: { cached_tokens: cached },
        }),
      );
    expect(billOf('openai', 'gpt-5.4', of(270_999)).totalNanoUsd).toBe(
      1_000 * 2_500 + 270_999 * 250 + 10 * 15_000,
    );
    expect(billOf('openai', 'gpt-5.4', of(271_000)).totalNanoUsd).toBe(
      1_000 * 5_000 + 271_000 * 500 + 10 * 22_500,
    );
  });

  test('searches of Responses are $10 for a thousand; opening a page is free', () => {
    const response = {
      id: 'r',
      object: 'response',
      status: 'completed',
      output: [
        { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'a' } },
        { type: 'web_search_call', status: 'completed', action: { type: 'open_page', url: 'b' } },
        { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'c' } },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
      ],
      usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110 },
    };
    const whole = usageOfAnswer('openai-responses', response);
    const streamed = usageOfStream('openai-responses', [{ type: 'response.completed', response }]);
    expect(streamed).toEqual(whole);
    expect(whole.extras).toEqual({ webSearches: 2 });
    expect(billOf('openai', 'gpt-5', whole)).toMatchObject({
      state: 'exact',
      totalNanoUsd: 100 * 1_250 + 10 * 10_000 + 2 * 10_000_000,
    });
  });

  test('pictures that a tool of Responses made have a price that is not known here: an estimate', () => {
    const usage = usageOfAnswer('openai-responses', {
      id: 'r',
      status: 'completed',
      output: [{ type: 'image_generation_call', result: 'AA==' }],
      usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110 },
      tool_usage: { image_gen: { input_tokens: 20, output_tokens: 272 }, web_search: { num_requests: 0 } },
    });
    expect(usage.extras).toEqual({ outputImageTokens: 272 });
    expect(billOf('openai', 'gpt-5', usage).state).toBe('estimated');
  });

  test('sound costs what the list says, and is an estimate where it does not', () => {
    const usage = usageOfAnswer(
      'openai-chat',
      chat({
        prompt_tokens: 100,
        completion_tokens: 60,
        total_tokens: 160,
        prompt_tokens_details: { audio_tokens: 80 },
        completion_tokens_details: { audio_tokens: 50 },
      }),
    );
    // gpt-audio: $2.50 and $10 for text, $32 and $64 for sound.
    expect(billOf('openai', 'gpt-audio', usage)).toMatchObject({
      state: 'exact',
      totalNanoUsd: 20 * 2_500 + 80 * 32_000 + 10 * 10_000 + 50 * 64_000,
    });
    expect(billOf('openai', 'gpt-4o-audio-preview', usage).state).toBe('estimated');
  });
});

describe('9.4 Anthropic', () => {
  test('claude-haiku-4-5: $1, cached $0.10, written $1.25 and $2, out $5, searches $10 for a thousand', () => {
    const usage = usageOfAnswer(
      'anthropic-messages',
      message({
        input_tokens: 50,
        cache_read_input_tokens: 10_000,
        cache_creation_input_tokens: 3_000,
        cache_creation: { ephemeral_5m_input_tokens: 2_000, ephemeral_1h_input_tokens: 1_000 },
        output_tokens: 200,
        server_tool_use: { web_search_requests: 3 },
        service_tier: 'standard',
      }),
    );
    const bill = billOf('anthropic', 'claude-haiku-4-5-20251001', usage);
    expect(bill.parts).toMatchObject({
      inputUncached: 50 * 1_000,
      cacheRead: 10_000 * 100,
      cacheWrite: 2_000 * 1_250 + 1_000 * 2_000,
      outputText: 200 * 5_000,
      other: 3 * 10_000_000,
    });
    expect(bill.state).toBe('exact');
  });

  test('9.8 batches are half, inference in the US is 1.1 times, and priority and fast mode are estimates', () => {
    const of = (more: object) =>
      usageOfAnswer('anthropic-messages', message({ input_tokens: 1_000, output_tokens: 100, ...more }));
    const bill = (more: object) => billOf('anthropic', 'claude-opus-4-8', of(more));
    const list = bill({}).totalNanoUsd;
    expect(bill({ service_tier: 'batch' })).toMatchObject({ state: 'exact', totalNanoUsd: list / 2 });
    expect(bill({ inference_geo: 'us' })).toMatchObject({ state: 'exact', totalNanoUsd: (list * 11) / 10 });
    expect(bill({ inference_geo: 'not_available' })).toMatchObject({ state: 'exact', totalNanoUsd: list });
    expect(bill({ service_tier: 'priority' }).state).toBe('estimated');
    expect(bill({ speed: 'fast' }).state).toBe('estimated');
  });
});

describe('9.4 Gemini', () => {
  test('gemini-2.5-pro: thoughts are output, and more than 200,000 tokens change every rate', () => {
    const of = (prompt: number) =>
      usageOfAnswer(
        'gemini',
        content({
          promptTokenCount: prompt,
          cachedContentTokenCount: 100_000,
          candidatesTokenCount: 10,
          thoughtsTokenCount: 90,
          totalTokenCount: prompt + 100,
        }),
      );
    expect(billOf('gemini', 'gemini-2.5-pro', of(200_000)).totalNanoUsd).toBe(
      100_000 * 1_250 + 100_000 * 125 + 100 * 10_000,
    );
    expect(billOf('gemini', 'gemini-2.5-pro', of(200_001)).totalNanoUsd).toBe(
      100_001 * 2_500 + 100_000 * 250 + 100 * 15_000,
    );
  });

  test('gemini-2.5-flash-image: pictures $30, text $2.50', () => {
    const usage = usageOfAnswer(
      'gemini',
      content({
        promptTokenCount: 100,
        candidatesTokenCount: 1_300,
        totalTokenCount: 1_400,
        candidatesTokensDetails: [
          { modality: 'IMAGE', tokenCount: 1_290 },
          { modality: 'TEXT', tokenCount: 10 },
        ],
      }),
    );
    expect(usage.output.text).toBe(10);
    expect(billOf('gemini', 'gemini-2.5-flash-image', usage)).toMatchObject({
      state: 'exact',
      totalNanoUsd: 100 * 300 + 10 * 2_500 + 1_290 * 30_000,
    });
  });

  test('gemini-2.5-flash: sound in $1', () => {
    const usage = usageOfAnswer(
      'gemini',
      content({
        promptTokenCount: 100,
        candidatesTokenCount: 10,
        totalTokenCount: 110,
        promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 90 }],
      }),
    );
    expect(billOf('gemini', 'gemini-2.5-flash', usage).totalNanoUsd).toBe(10 * 300 + 90 * 1_000 + 10 * 2_500);
  });

  test('9.8 searches, reserved and discounted traffic are told, and estimates', () => {
    const counts = { promptTokenCount: 10, candidatesTokenCount: 1, totalTokenCount: 11 };
    const searched = content(counts, { groundingMetadata: { webSearchQueries: ['a', 'b'] } });
    expect(usageOfStream('gemini', [searched])).toEqual(usageOfAnswer('gemini', searched));
    expect(usageOfAnswer('gemini', searched).extras).toEqual({ webSearches: 2 });
    expect(billOf('gemini', 'gemini-2.5-flash', usageOfAnswer('gemini', searched)).state).toBe('estimated');
    const traffic = (trafficType: string) => usageOfAnswer('gemini', content({ ...counts, trafficType }));
    expect(traffic('ON_DEMAND').extras).toBeUndefined();
    expect(traffic('ON_DEMAND_FLEX').extras).toEqual({ serviceTier: 'flex' });
    expect(traffic('PROVISIONED_THROUGHPUT').extras).toEqual({ serviceTier: 'provisioned_throughput' });
  });
});

describe('9.4 others that speak Chat', () => {
  const plain = chat({ prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 });

  test.each([
    // USD for a million tokens in and out, written out.
    ['mistral', 'mistral-large-2512', 1_000 * 500 + 100 * 1_500],
    ['groq', 'llama-3.3-70b-versatile', 1_000 * 590 + 100 * 790],
    ['xai', 'grok-4', 1_000 * 3_000 + 100 * 15_000],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 1_000 * 3_000 + 100 * 15_000],
    ['moonshot', 'kimi-k3', 1_000 * 3_000 + 100 * 15_000],
    ['zai', 'glm-5.3', 1_000 * 1_400 + 100 * 4_400],
    ['cohere', 'command-a-03-2025', 1_000 * 2_500 + 100 * 10_000],
    ['cerebras', 'gpt-oss-120b', 1_000 * 350 + 100 * 750],
    ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 1_000 * 880 + 100 * 880],
  ])('%s: %s', (provider, model, nanoUsd) => {
    expect(billOf(provider, model, usageOfAnswer('openai-chat', plain))).toMatchObject({
      state: 'exact',
      totalNanoUsd: nanoUsd,
    });
  });

  test('DeepSeek tells hits of its cache in members of its own', () => {
    const usage = usageOfAnswer(
      'openai-chat',
      chat({
        prompt_tokens: 1_000,
        completion_tokens: 100,
        total_tokens: 1_100,
        prompt_cache_hit_tokens: 900,
        prompt_cache_miss_tokens: 100,
      }),
    );
    // deepseek-v4-flash outside of its dear hours: $0.22, $0.007, $0.66.
    expect(billOf('deepseek', 'deepseek-v4-flash', usage).totalNanoUsd).toBe(100 * 220 + 900 * 7 + 100 * 660);
  });

  test('Perplexity bills each request besides, by its size: an estimate that counts the highest', () => {
    const bill = billOf('perplexity', 'sonar-pro', usageOfAnswer('openai-chat', plain));
    expect(bill).toMatchObject({
      state: 'estimated',
      totalNanoUsd: 1_000 * 3_000 + 100 * 15_000 + 14_000_000,
    });
  });

  test('OpenRouter tells the searches of its plugin', () => {
    const usage = usageOfAnswer(
      'openai-chat',
      chat({
        prompt_tokens: 10,
        completion_tokens: 1,
        total_tokens: 11,
        server_tool_use: { web_search_requests: 1 },
      }),
    );
    expect(usage.extras).toEqual({ webSearches: 1 });
    expect(billOf('openrouter', 'openai/gpt-5', usage).state).toBe('estimated');
  });
});
