// OpenRouter: one API before many vendors. It leaves out what the chosen model does not take, so that much may be sent:
// https://openrouter.ai/docs/api-reference/parameters, https://openrouter.ai/docs/guides/best-practices/reasoning-tokens

import type { TraitsRule } from './rule.ts';

const OPENROUTER = ['openrouter'];

export const openrouterRules: readonly TraitsRule[] = [
  {
    providers: OPENROUTER,
    dialect: 'openai-chat',
    models: ['*'],
    traits: {
      maxTokensMember: 'max_tokens',
      topK: true,
      logitBias: true,
      logprobs: true,
      parallelToolControl: true,
      outputSchema: 'openai',
      system: 'anywhere',
      // Files of any model are read by a plug-in where the model cannot.
      documents: true,
      documentUrls: true,
      verbosity: true,
      customTools: false,
      reasoningMember: 'reasoning_details',
      // One scale for all models.
      reasoning: { by: 'effort', efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'], canBeOff: true },
    },
  },
  {
    providers: OPENROUTER,
    dialect: 'openai-responses',
    models: ['*'],
    traits: {
      reasoning: { by: 'effort', efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'], canBeOff: true },
    },
  },
  {
    providers: OPENROUTER,
    dialect: 'openai-chat',
    models: ['anthropic/*', 'google/*', 'qwen/*'],
    traits: { cacheMarks: 'cache_control' },
  },
  {
    providers: OPENROUTER,
    dialect: 'openai-chat',
    models: ['google/gemini-*'],
    traits: { audio: true, video: true },
  },
  {
    providers: OPENROUTER,
    dialect: 'openai-chat',
    models: ['openai/gpt-*', 'openai/o*'],
    traits: { developerRole: true },
  },
];
