// OpenAI and Azure OpenAI: https://developers.openai.com/api/docs/guides/reasoning and the model pages. Open-weight
// gpt-oss models are served by many.

import type { Effort } from '../../model/request.ts';
import type { TraitsOverride } from '../../model/traits.ts';
import type { TraitsRule } from './rule.ts';

const OPENAI = ['openai', 'azure-openai', 'codex'];

const FROM_LOW: readonly Effort[] = ['low', 'medium', 'high'];
const TO_XHIGH: readonly Effort[] = ['low', 'medium', 'high', 'xhigh'];

/** Models that always reason, or may: they refuse whatever steers the drawing of tokens (G75). */
const REASONS: TraitsOverride = { sampling: false, penalties: false, logitBias: false, logprobs: false };

function effort(efforts: readonly Effort[], canBeOff: boolean): TraitsOverride {
  return { reasoning: { by: 'effort', efforts, canBeOff } };
}

/** What the two APIs take, for every model of the house. */
const API: TraitsOverride = {
  system: 'anywhere',
  developerRole: true,
  parallelToolControl: true,
  allowedTools: true,
  strictTools: true,
  outputSchema: 'openai',
  documents: true,
  promptCacheKey: true,
  serviceTier: true,
  logprobs: true,
};

export const openaiRules: readonly TraitsRule[] = [
  {
    providers: OPENAI,
    dialect: 'openai-chat',
    models: ['*'],
    // `metadata` is refused unless the answer is stored.
    traits: { ...API, maxTokensMember: 'max_completion_tokens', logitBias: true, manyChoices: true },
  },
  {
    providers: OPENAI,
    dialect: 'openai-responses',
    models: ['*'],
    traits: {
      ...API,
      metadata: true,
      imagesInResults: 'native',
      documentUrls: true,
      hostedTools: ['web-search', 'code-execution', 'mcp', 'file-search', 'computer-use'],
    },
  },
  {
    models: ['gpt-3.5*', 'gpt-4', 'gpt-4-*'],
    traits: { maxOutputTokens: 4096, images: false, outputSchema: 'none' },
  },
  { models: ['gpt-4-turbo*', 'gpt-4o*', 'chatgpt-4o*', 'gpt-4.1*'], traits: { images: true } },
  { models: ['gpt-4o*', 'chatgpt-4o*'], traits: { maxOutputTokens: 16_384 } },
  { models: ['gpt-4.1*'], traits: { maxOutputTokens: 32_768 } },
  { providers: OPENAI, models: ['gpt-4o*', 'gpt-4.1*'], traits: { outputSchema: 'openai' } },
  {
    providers: OPENAI,
    dialect: 'openai-chat',
    models: ['gpt-4o-audio*', 'gpt-4o-mini-audio*', 'gpt-audio*'],
    traits: { audio: true },
  },
  {
    providers: OPENAI,
    dialect: 'openai-chat',
    models: ['*-search-preview*'],
    traits: { hostedTools: ['web-search'] },
  },

  // ---- models that reason
  {
    models: ['o1*', 'o3*', 'o4*'],
    traits: { ...REASONS, maxOutputTokens: 100_000, ...effort(FROM_LOW, false) },
  },
  { models: ['o1-mini*', 'o1-preview*', 'o3-mini*'], traits: { images: false } },
  // It refuses both roles (G61).
  {
    models: ['o1-mini*', 'o1-preview*'],
    traits: { system: 'none', developerRole: false, reasoning: { by: 'none' } },
  },
  { dialect: 'openai-chat', models: ['o3*', 'o4*', 'gpt-5*'], traits: { stopSequences: 0 } },
  {
    models: ['gpt-5*', 'codex-*'],
    traits: { ...REASONS, maxOutputTokens: 128_000, ...effort(['minimal', 'low', 'medium', 'high'], false) },
  },
  { providers: OPENAI, models: ['gpt-5*', 'codex-*'], traits: { customTools: true, verbosity: true } },
  { models: ['codex-*', 'gpt-5-codex*'], traits: effort(FROM_LOW, false) },
  { models: ['gpt-5-pro*'], traits: effort(['high'], false) },
  { models: ['gpt-5.1*'], traits: effort(FROM_LOW, true) },
  { models: ['gpt-5.1-codex*'], traits: effort(FROM_LOW, false) },
  { models: ['gpt-5.1-codex-max*'], traits: effort(TO_XHIGH, true) },
  { models: ['gpt-5.2*', 'gpt-5.3*', 'gpt-5.4*', 'gpt-5.5*'], traits: effort(TO_XHIGH, true) },
  { models: ['gpt-5.2-codex*', 'gpt-5.3-codex*'], traits: effort(TO_XHIGH, false) },
  { models: ['gpt-5.?-pro*'], traits: effort(['medium', 'high', 'xhigh'], false) },
  {
    models: ['gpt-5.6*', 'gpt-5.7*', 'gpt-5.8*', 'gpt-5.9*', 'gpt-6*'],
    traits: effort([...TO_XHIGH, 'max'], true),
  },
  { models: ['gpt-6*'], traits: { ...REASONS, maxOutputTokens: 128_000 } },
  {
    providers: OPENAI,
    dialect: 'openai-responses',
    models: ['gpt-5.4*', 'gpt-5.5*', 'gpt-5.6*', 'gpt-5.7*', 'gpt-5.8*', 'gpt-5.9*', 'gpt-6*'],
    traits: { namespaceTools: true, deferredTools: true, customTools: true, verbosity: true },
  },
  {
    providers: OPENAI,
    models: ['gpt-5.6*', 'gpt-5.7*', 'gpt-5.8*', 'gpt-5.9*', 'gpt-6*'],
    traits: { cacheMarks: 'prompt_cache_breakpoint' },
  },
  // Without reasoning, whatever their names begin with.
  {
    models: ['gpt-5-chat*', 'gpt-5.?-chat*'],
    traits: {
      sampling: true,
      reasoning: { by: 'none', efforts: [], canBeOff: true },
      customTools: false,
      verbosity: false,
    },
  },
  { models: ['gpt-oss*'], traits: { images: false, ...effort(FROM_LOW, false) } },
];
