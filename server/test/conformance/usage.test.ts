import { describe, expect, it } from 'vitest';
import { readUsage as anthropic } from '../../src/core/dialects/anthropic-messages/usage.ts';
import { readUsage as gemini } from '../../src/core/dialects/gemini/usage.ts';
import { readUsage as chat } from '../../src/core/dialects/openai-chat/usage.ts';
import { readUsage as responses } from '../../src/core/dialects/openai-responses/usage.ts';
import type { Usage } from '../../src/core/model/usage.ts';

/** Only the buckets that are not 0, and the flag where it is set. */
function filled(usage: Usage | undefined): Record<string, number | boolean> | undefined {
  if (usage === undefined) return undefined;
  const buckets = [
    ...Object.entries(usage.input),
    ...Object.entries(usage.output).map(([name, n]) => [`${name}Out`, n] as const),
  ];
  return Object.fromEntries([
    ...buckets.filter(([, n]) => n !== 0),
    ...(usage.clamped ? [['clamped', true] as const] : []),
  ]);
}

type Row = readonly [
  name: string,
  raw: Record<string, unknown>,
  expected: Record<string, number | boolean> | undefined,
];

const CHAT: readonly Row[] = [
  [
    'plain counts',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    { uncached: 10, textOut: 5 },
  ],
  ['no counts at all', { cost: 1 }, undefined],
  ['embeddings', { prompt_tokens: 7, total_tokens: 7 }, { uncached: 7 }],
  ['a total alone', { total_tokens: 7 }, { uncached: 7 }],
  [
    'cached, written and reasoning tokens as parts',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    { uncached: 10, cacheRead: 60, cacheWriteOther: 30, textOut: 10, reasoningOut: 40 },
  ],
  [
    'audio on both sides',
    {
      prompt_tokens: 64,
      completion_tokens: 30,
      total_tokens: 94,
      prompt_tokens_details: { audio_tokens: 44 },
      completion_tokens_details: { audio_tokens: 20 },
    },
    { uncached: 20, audio: 44, textOut: 10, audioOut: 20 },
  ],
  [
    'DeepSeek cache hits',
    { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
    { uncached: 6, cacheRead: 4, textOut: 1 },
  ],
  [
    'Mistral cached tokens',
    { prompt_tokens: 10, completion_tokens: 1, num_cached_tokens: 4 },
    { uncached: 6, cacheRead: 4, textOut: 1 },
  ],
  [
    'Mistral audio seconds',
    { prompt_audio_seconds: 5, prompt_tokens: 7, completion_tokens: 3, total_tokens: 30 },
    { uncached: 7, audio: 20, textOut: 3 },
  ],
  [
    'xAI reasoning outside of completion_tokens',
    {
      prompt_tokens: 291,
      completion_tokens: 26,
      total_tokens: 513,
      completion_tokens_details: { reasoning_tokens: 196 },
    },
    { uncached: 291, textOut: 26, reasoningOut: 196 },
  ],
  [
    'Google thoughts that only the total counts',
    { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
    { uncached: 35, textOut: 12, reasoningOut: 62 },
  ],
  [
    'OpenRouter reasoning above completion_tokens',
    {
      prompt_tokens: 43,
      completion_tokens: 10,
      total_tokens: 53,
      completion_tokens_details: { reasoning_tokens: 11 },
    },
    { uncached: 43, reasoningOut: 10, clamped: true },
  ],
  [
    'Azure cached tokens above prompt_tokens',
    {
      prompt_tokens: 7,
      completion_tokens: 8,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 161 },
    },
    { cacheRead: 7, textOut: 8, clamped: true },
  ],
  [
    'null details',
    { prompt_tokens: 1, completion_tokens: null, prompt_tokens_details: null },
    { uncached: 1 },
  ],
  ['negative numbers', { prompt_tokens: -5, completion_tokens: 3 }, { textOut: 3, clamped: true }],
  ['strings', { prompt_tokens: '5', completion_tokens: 3 }, { textOut: 3, clamped: true }],
  ['numbers beyond reason', { prompt_tokens: 1e308, completion_tokens: Number.NaN }, { clamped: true }],
  ['fractions', { prompt_tokens: 1.9, completion_tokens: 3 }, { uncached: 1, textOut: 3, clamped: true }],
];

const RESPONSES: readonly Row[] = [
  [
    'all parts',
    {
      input_tokens: 100,
      output_tokens: 50,
      total_tokens: 150,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      output_tokens_details: { reasoning_tokens: 40 },
    },
    { uncached: 10, cacheRead: 60, cacheWriteOther: 30, textOut: 10, reasoningOut: 40 },
  ],
  ['no counts at all', {}, undefined],
];

const ANTHROPIC: readonly Row[] = [
  [
    'caches beside input_tokens, by lifetime',
    {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 70,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 40 },
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
    },
    {
      uncached: 10,
      cacheRead: 100,
      cacheWrite5m: 20,
      cacheWrite1h: 40,
      cacheWriteOther: 10,
      textOut: 5,
      reasoningOut: 4,
    },
  ],
  [
    'writes without lifetimes',
    { input_tokens: 4, cache_creation_input_tokens: 1165, output_tokens: 2 },
    { uncached: 4, cacheWriteOther: 1165, textOut: 2 },
  ],
  [
    'lifetimes above their sum',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 8 },
      output_tokens: 1,
    },
    { uncached: 1, cacheWrite5m: 8, textOut: 1, clamped: true },
  ],
  ['no counts at all', { service_tier: 'standard' }, undefined],
];

const GEMINI: readonly Row[] = [
  [
    'thoughts and tool prompts beside the rest',
    {
      promptTokenCount: 249,
      cachedContentTokenCount: 49,
      candidatesTokenCount: 240,
      thoughtsTokenCount: 301,
      toolUsePromptTokenCount: 319,
      totalTokenCount: 1109,
    },
    { uncached: 519, cacheRead: 49, textOut: 240, reasoningOut: 301 },
  ],
  [
    'audio by modality, cached audio counted once',
    {
      promptTokenCount: 100,
      cachedContentTokenCount: 30,
      candidatesTokenCount: 20,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 10 },
        { modality: 'AUDIO', tokenCount: 90 },
        null,
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 30 }],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 20 }],
    },
    { uncached: 10, cacheRead: 30, audio: 60, audioOut: 20 },
  ],
  [
    'an answer without candidates',
    { promptTokenCount: 15, thoughtsTokenCount: 2 },
    { uncached: 15, reasoningOut: 2 },
  ],
  ['no counts at all', { trafficType: 'ON_DEMAND' }, undefined],
];

describe.each([
  ['openai-chat', chat, CHAT],
  ['openai-responses', responses, RESPONSES],
  ['anthropic-messages', anthropic, ANTHROPIC],
  ['gemini', gemini, GEMINI],
] as const)('usage of %s', (_dialect, readUsage, rows) => {
  it.each(rows)('with %s falls into disjoint buckets', (_name, raw, expected) => {
    expect(filled(readUsage(raw))).toEqual(expected);
  });
});
