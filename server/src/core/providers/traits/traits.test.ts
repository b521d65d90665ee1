import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../model/dialect-id.ts';
import { EFFORTS } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { providers } from '../index.ts';
import { bareName } from './bare-name.ts';
import { DEFAULT_TRAITS, TRAITS_RULES, traitsFor } from './index.ts';

const R = 'openai-responses';
const C = 'openai-chat';
const A = 'anthropic-messages';
const G = 'gemini';

type Facts = Partial<Omit<ModelTraits, 'reasoning'>> & {
  readonly reasoning?: Partial<ModelTraits['reasoning']>;
};

const TABLE: readonly (readonly [string, string, DialectId, string, Facts])[] = [
  [
    'G75 OpenAI’s reasoning models take no sampling',
    'openai',
    C,
    'o3',
    { sampling: false, stopSequences: 0, maxTokensMember: 'max_completion_tokens' },
  ],
  [
    'older OpenAI models do',
    'openai',
    C,
    'gpt-4o-mini',
    { sampling: true, reasoning: { by: 'none' }, outputSchema: 'openai', maxOutputTokens: 16_384 },
  ],
  [
    'gpt-5 has no off',
    'openai',
    R,
    'gpt-5-mini',
    { reasoning: { by: 'effort', efforts: ['minimal', 'low', 'medium', 'high'], canBeOff: false } },
  ],
  [
    'G73 gpt-5.1 has no minimal',
    'openai',
    R,
    'gpt-5.1',
    { reasoning: { efforts: ['low', 'medium', 'high'], canBeOff: true } },
  ],
  [
    'G73 gpt-5.6 goes up to max',
    'openai',
    R,
    'gpt-5.6',
    {
      reasoning: { efforts: ['low', 'medium', 'high', 'xhigh', 'max'] },
      cacheMarks: 'prompt_cache_breakpoint',
      namespaceTools: true,
    },
  ],
  [
    'gpt-5-chat does not reason',
    'openai',
    C,
    'gpt-5-chat-latest',
    { sampling: true, reasoning: { by: 'none' } },
  ],
  ['G61 OpenAI knows the developer', 'openai', C, 'gpt-4.1', { developerRole: true, system: 'anywhere' }],
  ['G61 o1-mini knows neither role', 'openai', C, 'o1-mini', { developerRole: false, system: 'none' }],
  ['metadata of chat needs a stored answer', 'openai', C, 'gpt-4.1', { metadata: false }],
  [
    'Azure is OpenAI',
    'azure-openai',
    C,
    'gpt-5',
    { maxTokensMember: 'max_completion_tokens', sampling: false },
  ],
  [
    'G75 Opus 4.7 takes no sampling and no budget',
    'anthropic',
    A,
    'claude-opus-4-7',
    { sampling: false, prefill: false, reasoning: { by: 'adaptive' } },
  ],
  [
    'G73 Opus 4.6 has no xhigh',
    'anthropic',
    A,
    'claude-opus-4-6',
    { sampling: true, reasoning: { by: 'adaptive', efforts: ['low', 'medium', 'high', 'max'] } },
  ],
  [
    'Opus 4.5 takes an effort beside its budget',
    'anthropic',
    A,
    'claude-opus-4-5-20251101',
    { reasoning: { by: 'budget', effortBesideBudget: true } },
  ],
  [
    'Sonnet 4.5 takes a budget and a schema',
    'anthropic',
    A,
    'claude-sonnet-4-5@20250929',
    { outputSchema: 'anthropic', prefill: true, reasoning: { by: 'budget', minBudgetTokens: 1024 } },
  ],
  [
    'Sonnet 4 takes no schema',
    'anthropic',
    A,
    'claude-sonnet-4-20250514',
    { outputSchema: 'none', maxOutputTokens: 64_000 },
  ],
  [
    'Haiku 3 does not reason',
    'anthropic',
    A,
    'claude-3-haiku-20240307',
    { maxOutputTokens: 4096, reasoning: { by: 'none' } },
  ],
  ['G58 Mythos cannot be forced to call', 'anthropic', A, 'claude-mythos-5', { forcedToolChoice: false }],
  [
    'G58 Anthropic does not force calls while reasoning',
    'anthropic',
    A,
    'claude-opus-4-8',
    { forcedToolChoice: true, forcedToolChoiceWhileReasoning: false, system: 'anywhere' },
  ],
  [
    'a new Claude is taken for one of the newest',
    'anthropic',
    A,
    'claude-epos-7',
    { sampling: false, reasoning: { by: 'adaptive' } },
  ],
  [
    'G66 Gemini 3 wants signatures and takes levels',
    'gemini',
    G,
    'gemini-3-flash-preview',
    { needsCallSignature: true, imagesInResults: 'native', reasoning: { by: 'level', canBeOff: false } },
  ],
  [
    'Gemini 3 Pro has two levels',
    'gemini',
    G,
    'gemini-3-pro-preview',
    { reasoning: { efforts: ['low', 'high'] } },
  ],
  [
    'G47 Gemini 2.5 takes images after results',
    'gemini',
    G,
    'gemini-2.5-flash',
    { imagesInResults: 'after', reasoning: { by: 'budget', maxBudgetTokens: 24_576, canBeOff: true } },
  ],
  [
    'Gemini 2.5 Pro always reasons',
    'gemini',
    G,
    'gemini-2.5-pro',
    { reasoning: { minBudgetTokens: 128, maxBudgetTokens: 32_768, canBeOff: false } },
  ],
  ['G40 old Gemini takes OpenAPI', 'gemini', G, 'gemini-1.5-pro', { toolSchema: 'gemini-openapi' }],
  [
    'G57 Mistral’s ids have nine characters',
    'mistral',
    C,
    'mistral-large-latest',
    { toolCallIds: 'nine', streamOptions: false, maxTokensMember: 'max_tokens' },
  ],
  [
    'Mistral reasons high or not at all',
    'mistral',
    C,
    'mistral-small-latest',
    { reasoning: { by: 'effort', efforts: ['high'], canBeOff: true } },
  ],
  [
    'G71 DeepSeek wants its reasoning back',
    'deepseek',
    C,
    'deepseek-v4-pro',
    {
      replaysReasoningText: true,
      reasoningMember: 'reasoning_content',
      outputSchema: 'none',
      jsonOutput: true,
    },
  ],
  [
    'G58 DeepSeek does not force calls while reasoning',
    'deepseek',
    C,
    'deepseek-v4-pro',
    { forcedToolChoiceWhileReasoning: false },
  ],
  [
    'Groq has no logprobs',
    'groq',
    C,
    'llama-3.3-70b-versatile',
    { logprobs: false, logitBias: false, outputSchema: 'none' },
  ],
  [
    'Groq’s gpt-oss reasons',
    'groq',
    C,
    'openai/gpt-oss-120b',
    {
      outputSchema: 'openai',
      developerRole: false,
      reasoning: { by: 'effort', efforts: ['low', 'medium', 'high'] },
    },
  ],
  [
    'OpenRouter has one scale',
    'openrouter',
    C,
    'anthropic/claude-sonnet-4.5',
    {
      reasoning: { by: 'effort', canBeOff: true },
      cacheMarks: 'cache_control',
      maxTokensMember: 'max_tokens',
    },
  ],
  ['G75 also behind OpenRouter', 'openrouter', C, 'anthropic/claude-opus-4.7', { sampling: false }],
  [
    'OpenRouter’s Messages have the maker’s facts',
    'openrouter',
    A,
    'anthropic/claude-opus-4.6',
    { reasoning: { by: 'adaptive', efforts: ['low', 'medium', 'high', 'max'] } },
  ],
  ['LM Studio has no json_object', 'lmstudio', C, 'qwen3', { jsonOutput: false, outputSchema: 'openai' }],
  ['Ollama fetches no images', 'ollama', C, 'llama3.2-vision', { imageUrls: false, images: true }],
  [
    'the generic provider is none of OpenAI, whatever the name',
    'openai-compatible',
    C,
    'gpt-4o',
    { developerRole: false, maxTokensMember: 'max_tokens', allowedTools: false },
  ],
];

describe('facts of models', () => {
  test.each(TABLE)('%s', (_what, provider, dialect, model, facts) => {
    const { reasoning, ...members } = facts;
    const traits = traitsFor(provider, dialect, model);
    expect(traits).toMatchObject(members);
    if (reasoning !== undefined) expect(traits.reasoning).toMatchObject(reasoning);
  });
});

describe('unknown models', () => {
  test.each(DIALECT_IDS)('%s: nothing is sent that a server may refuse', (dialect) => {
    const traits = traitsFor('openai-compatible', dialect, 'someone/something-7b');
    expect(traits).toMatchObject({
      vendor: 'openai-compatible',
      dialect,
      customTools: false,
      namespaceTools: false,
      deferredTools: false,
      strictTools: false,
      developerRole: false,
      hostedTools: [],
      system: 'leading',
      toolCallIds: 'any',
      images: true,
      promptCacheKey: false,
    });
    expect(traits.reasoning.by).toBe('none');
  });

  test('a chat server that nobody knows gets max_tokens', () => {
    expect(DEFAULT_TRAITS[C]).toMatchObject({ maxTokensMember: 'max_tokens', allowedTools: false });
  });
});

describe('names', () => {
  test.each([
    ['anthropic/claude-opus-4.7', 'claude-opus-4-7'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929-v1:0'],
    ['models/gemini-3-pro', 'gemini-3-pro'],
    ['GPT-4.1', 'gpt-4.1'],
    ['publishers/google/models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['', ''],
  ])('%s is %s', (model, bare) => {
    expect(bareName(model)).toBe(bare);
  });
});

describe('rules', () => {
  test('name providers that exist, and models in lower case', () => {
    for (const { providers: ids, models } of TRAITS_RULES) {
      for (const id of ids ?? []) expect(providers.has(id), id).toBe(true);
      for (const model of models) expect(model).toBe(model.toLowerCase());
    }
  });

  test('list efforts from the weakest to the strongest', () => {
    for (const { traits } of TRAITS_RULES) {
      const places = (traits.reasoning?.efforts ?? []).map((effort) => EFFORTS.indexOf(effort));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });

  test('whoever is told by words has words', () => {
    for (const [, provider, dialect, model] of TABLE) {
      const { reasoning } = traitsFor(provider, dialect, model);
      if (['effort', 'level', 'adaptive'].includes(reasoning.by))
        expect(reasoning.efforts.length).toBeGreaterThan(0);
    }
  });

  test('leave out stream_options where the provider refuses them', () => {
    for (const provider of providers.values())
      if (provider.acceptsStreamOptions === false)
        expect(traitsFor(provider.id, C, 'some-model').streamOptions, provider.id).toBe(false);
  });

  test('never give openai-responses what it has no place for', () => {
    for (const provider of providers.values())
      expect(traitsFor(provider.id, R, 'gpt-4o')).toMatchObject({
        stopSequences: 0,
        manyChoices: false,
        seed: false,
      });
  });
});

describe('overrides', () => {
  const overrides = [
    { models: ['my-*'], traits: { images: false, reasoning: { by: 'effort', efforts: ['high'] } } },
  ] as const;

  test('the operator has the last word, member by member', () => {
    const traits = traitsFor('openai-compatible', C, 'my-model', overrides);
    expect(traits.images).toBe(false);
    expect(traits.reasoning).toEqual({ ...DEFAULT_TRAITS[C].reasoning, by: 'effort', efforts: ['high'] });
    expect(traitsFor('openai-compatible', C, 'other', overrides).images).toBe(true);
    expect(traitsFor('openai-compatible', C, 'my-model').images).toBe(true);
  });

  test('the same question gives the same object, however many models there are', () => {
    const first = traitsFor('openai', C, 'gpt-4o', overrides);
    expect(traitsFor('openai', C, 'gpt-4o', overrides)).toBe(first);
    for (let i = 0; i < 3000; i++) traitsFor('openai', C, `gpt-x-${i}`);
    expect(traitsFor('openai', C, 'gpt-4o')).toEqual(first);
  });
});
