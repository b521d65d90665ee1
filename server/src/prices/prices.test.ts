import { describe, expect, test } from 'vitest';
import { pricesFor, upstreamOfProvider } from '../../test/kit/priced-upstream.ts';
import type { ModelPrice, PlacedPrice } from '../config/settings.ts';
import type { Price } from '../core/pricing/price.ts';
import type { PriceData } from './catalogue.ts';

const NOW = Date.UTC(2026, 10, 18, 12);

function idOf(provider: string, model: string): string | undefined {
  const upstream = upstreamOfProvider(provider);
  return pricesFor([upstream]).of(upstream, model, NOW)?.id;
}

function fixed(id: string, input: number): Price {
  return { id, rates: { input, output: input }, tiers: [], serviceTiers: {} };
}

describe('9.7 the row that is meant', () => {
  test.each([
    ['openai', 'gpt-5-2025-08-07', 'openai/gpt-5'],
    ['openai', 'gpt-5-mini-2027-01-01', 'openai/gpt-5-mini'],
    ['openai', 'gpt-4o-2024-05-13', 'openai/gpt-4o-2024-05-13'],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:org::abc', 'openai/ft:gpt-4o-mini'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
    ['anthropic', 'claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4-0'],
    ['gemini', 'models/gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['gemini', 'gemini-2.0-flash-001', 'google/gemini-2.0-flash'],
    ['gemini', 'gemini-2.5-flash-lite-preview-09-2025', 'google/gemini-2.5-flash-lite'],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 'openrouter/anthropic/claude-sonnet-4.5'],
    ['openrouter', 'openai/gpt-5-2025-08-07', 'openrouter/openai/gpt-5'],
    ['groq', 'openai/gpt-oss-120b', 'groq/openai/gpt-oss-120b'],
    ['xai', 'grok-4', 'x-ai/grok-4-0709'],
    ['mistral', 'magistral-medium-2509', 'mistral/magistral-medium'],
    ['moonshot', 'kimi-k2.5', 'moonshotai/kimi-k2.5'],
    ['zai', 'glm-5.3', 'zai/GLM-5.3'],
  ])('%s: %s is %s', (provider, model, row) => {
    expect(idOf(provider, model)).toBe(`catalogue:${row}`);
  });

  test.each([
    ['anthropic', 'claude-opus-4-15'],
    ['anthropic', 'claude-opus-4-6-fast'],
    ['anthropic', 'claude-haiku-6'],
    ['openai', 'gpt-7'],
    ['gemini', 'gemini-1.5-flash-8b'],
    ['openrouter', 'openai/gpt-5:nitro'],
    ['openrouter', 'openrouter/auto'],
    ['nvidia', 'meta/llama-3.3-70b-instruct'],
  ])('9.6 %s: %s belongs to no row, and no relative stands in for it', (provider, model) => {
    expect(idOf(provider, model)).toBeUndefined();
  });

  test('a server of unknown make is known by its address only', () => {
    const at = (url: string) => upstreamOfProvider('openai-compatible', { baseUrls: { 'openai-chat': url } });
    const groq = at('https://api.groq.com/openai/v1');
    const bedrock = at('https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1');
    const unknown = at('http://10.0.0.7:8000/v1');
    const prices = pricesFor([groq, bedrock, unknown]);
    expect(prices.of(groq, 'llama-3.3-70b-versatile', NOW)?.id).toBe(
      'catalogue:groq/llama-3.3-70b-versatile',
    );
    expect(prices.of(bedrock, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', NOW)?.rates.input).toBe(
      3_300_000,
    );
    expect(prices.of(unknown, 'gpt-5', NOW)).toBeUndefined();
  });

  test('deployments at Azure have the price of the model that they are named after, and no other', () => {
    const azure = upstreamOfProvider('azure-openai', {
      baseUrls: { 'openai-chat': 'https://me.openai.azure.com/openai/v1' },
    });
    const prices = pricesFor([azure]);
    expect(prices.of(azure, 'gpt-4o', NOW)?.id).toBe('catalogue:openai/gpt-4o');
    expect(prices.of(azure, 'my-deployment', NOW)).toBeUndefined();
  });
});

describe('prices in time', () => {
  test('a date changes a price, and what was before keeps its own', () => {
    const openai = upstreamOfProvider('openai');
    const prices = pricesFor([openai]);
    expect(prices.of(openai, 'o3', Date.UTC(2025, 5, 9))?.rates.input).toBe(10_000_000);
    expect(prices.of(openai, 'o3', Date.UTC(2025, 5, 10))?.rates.input).toBe(2_000_000);
  });

  test('DeepSeek is dearer at some hours, weekends in Beijing excepted', () => {
    const deepseek = upstreamOfProvider('deepseek');
    const prices = pricesFor([deepseek]);
    const input = (atMs: number) => prices.of(deepseek, 'deepseek-v4-flash', atMs)?.rates.input;
    expect(input(Date.UTC(2026, 10, 18, 2))).toBe(440_000);
    expect(input(Date.UTC(2026, 10, 18, 4))).toBe(220_000);
    expect(input(Date.UTC(2026, 10, 21, 2))).toBe(220_000);
    expect(prices.of(deepseek, 'deepseek-chat', Date.UTC(2026, 10, 18, 0, 29))?.rates.output).toBe(550_000);
    expect(prices.of(deepseek, 'deepseek-chat', Date.UTC(2026, 10, 18, 0, 30))?.rates.output).toBe(1_100_000);
  });
});

describe('9.5 whose word counts', () => {
  const own: ModelPrice = { models: ['gpt-*'], price: fixed('config:upstreams.openai.prices.gpt-*', 1) };
  const placed: PlacedPrice = { place: 'openai', model: 'gpt-5*', price: fixed('file:openai/gpt-5*', 2) };

  test('the upstream, then the configuration and its file, then the catalogue', () => {
    const withOwn = upstreamOfProvider('openai', { prices: [own] });
    const without = upstreamOfProvider('openai');
    const prices = pricesFor([withOwn, without], [placed]);
    expect(prices.of(withOwn, 'gpt-5', NOW)?.id).toBe('config:upstreams.openai.prices.gpt-*');
    expect(prices.of(without, 'gpt-5', NOW)?.id).toBe('file:openai/gpt-5*');
    expect(prices.of(without, 'gpt-4.1', NOW)?.id).toBe('catalogue:openai/gpt-4.1');
  });

  test('an entry may name an upstream instead of a provider, or any', () => {
    const mine = upstreamOfProvider('openai-compatible', {
      id: 'mine',
      baseUrls: { 'openai-chat': 'http://x/v1' },
    });
    const any: PlacedPrice = { place: '*', model: 'llama*', price: fixed('file:*/llama*', 3) };
    const byId: PlacedPrice = { place: 'mine', model: 'meta/*', price: fixed('file:mine/meta/*', 4) };
    const prices = pricesFor([mine], [any, byId]);
    expect(prices.of(mine, 'llama-9', NOW)?.id).toBe('file:*/llama*');
    expect(prices.of(mine, 'meta/x', NOW)?.id).toBe('file:mine/meta/*');
    expect(prices.of(mine, 'qwen', NOW)).toBeUndefined();
  });

  test('a changed configuration is noticed, answers in between are remembered', () => {
    const openai = upstreamOfProvider('openai');
    const first = pricesFor([openai]);
    expect(first.of(openai, 'gpt-5', NOW)).toBe(first.of(openai, 'gpt-5', NOW));
    let models: readonly PlacedPrice[] = [];
    const base = { file: undefined };
    let section = { ...base, models };
    const prices = pricesFor([openai], [], {
      settings: () => ({ upstreams: [openai], prices: section }) as never,
    });
    expect(prices.of(openai, 'gpt-5', NOW)?.id).toBe('catalogue:openai/gpt-5');
    models = [placed];
    section = { ...base, models };
    expect(prices.of(openai, 'gpt-5', NOW)?.id).toBe('file:openai/gpt-5*');
  });
});

describe('what is free of charge', () => {
  test.each(['ollama', 'lmstudio', 'llamacpp', 'vllm'])(
    '%s costs nothing, and the catalogue is not loaded',
    (id) => {
      const local = upstreamOfProvider(id);
      const prices = pricesFor([local], [], {
        load: () => {
          throw new Error('loaded');
        },
      });
      prices.warm();
      expect(prices.of(local, 'gpt-5', NOW)).toMatchObject({
        id: `free:${id}`,
        rates: { input: 0, output: 0 },
      });
    },
  );

  test('models of the cloud of Ollama are not', () => {
    const local = upstreamOfProvider('ollama');
    expect(pricesFor([local]).of(local, 'gpt-oss:120b-cloud', NOW)).toBeUndefined();
  });

  test('moderations at OpenAI and the free variants at OpenRouter are', () => {
    expect(idOf('openai', 'omni-moderation-latest')).toBe('free:openai/moderation');
    expect(idOf('openrouter', 'deepseek/deepseek-r1:free')).toBe('free:openrouter');
  });
});

describe('a price list that is broken', () => {
  const openai = upstreamOfProvider('openai');
  const dataOf = (prices: unknown): PriceData => ({
    findProvider: () =>
      ({ id: 'openai', api_pattern: '', models: [{ id: 'm', match: { equals: 'm' }, prices }] }) as never,
  });

  test.each([
    ['nothing', {}],
    ['null', null],
    ['zeros', { input_mtok: 0, output_mtok: 0 }],
    ['a text', { input_mtok: '1.25', output_mtok: 10 }],
    ['a negative number, as the auto router has', { input_mtok: -1, output_mtok: -1 }],
    ['not a number', { input_mtok: Number.NaN, output_mtok: 1 }],
    ['output only', { output_mtok: 1 }],
    ['tiers that are none', { input_mtok: { base: 1, tiers: 'x' }, output_mtok: 1 }],
    ['a broken cache rate', { input_mtok: 1, output_mtok: 1, cache_read_mtok: null }],
  ])('LiteLLM incident of January 2026: %s is no price, never a cost of 0', (_, prices) => {
    const book = pricesFor([openai], [], { load: () => dataOf(prices) });
    expect(book.of(openai, 'm', NOW)).toBeUndefined();
  });

  test('one that cannot be loaded is told once, and models have no price', () => {
    const told: string[] = [];
    const book = pricesFor([openai], [], {
      load: () => {
        throw new Error('gone');
      },
      onTrouble: (message) => void told.push(message),
    });
    expect(book.of(openai, 'gpt-5', NOW)).toBeUndefined();
    expect(book.of(openai, 'gpt-4', NOW)).toBeUndefined();
    expect(told).toEqual([expect.stringContaining('gone')]);
  });
});

describe('the list', () => {
  test('an exact name is listed wherever it may be asked for, with who says so', () => {
    const openai = upstreamOfProvider('openai');
    const local = upstreamOfProvider('ollama', { models: ['llama*'] });
    const other = upstreamOfProvider('openai-compatible', { baseUrls: { 'openai-chat': 'http://x/v1' } });
    const foreign = upstreamOfProvider('anthropic');
    const list = pricesFor([openai, local, other, foreign]).list(NOW, 'gpt-5');
    expect(list).toEqual([
      {
        upstreamId: 'openai',
        provider: 'openai',
        model: 'gpt-5',
        price: expect.objectContaining({
          id: 'catalogue:openai/gpt-5',
          origin: 'catalogue',
          rates: { input: 1.25, output: 10, cacheRead: 0.125, webSearch: 10 },
          incomplete: false,
        }),
      },
      { upstreamId: 'openai-compatible', provider: 'openai-compatible', model: 'gpt-5', price: undefined },
    ]);
  });

  test('11.8 says where each price comes from', () => {
    const own: ModelPrice = { models: ['mine'], price: fixed('config:upstreams.openai.prices.mine', 1) };
    const openai = upstreamOfProvider('openai', { models: ['mine', 'filed', 'gpt-5'], prices: [own] });
    const local = upstreamOfProvider('ollama', { models: ['llama'] });
    const filed: PlacedPrice = { place: 'openai', model: 'filed', price: fixed('file:openai/filed', 2) };
    const list = pricesFor([openai, local], [filed]).list(NOW);
    const origins = Object.fromEntries(list.map(({ model, price }) => [model, price?.origin]));
    expect(origins).toEqual({ mine: 'config', filed: 'file', 'gpt-5': 'catalogue', llama: 'free' });
  });

  test('without a name it is what the catalogue and the configuration know', () => {
    const openai = upstreamOfProvider('openai', { models: ['gpt-5*', 'mine'] });
    const names = pricesFor([openai])
      .list(NOW)
      .map(({ model }) => model);
    expect(names).toContain('gpt-5-mini');
    expect(names).toContain('mine');
    expect(names).not.toContain('gpt-4o');
  });
});
