// Groq: https://console.groq.com/docs/openai#currently-unsupported-openai-features

import type { TraitsRule } from './rule.ts';

const GROQ = ['groq'];

export const groqRules: readonly TraitsRule[] = [
  {
    providers: GROQ,
    models: ['*'],
    traits: {
      maxTokensMember: 'max_completion_tokens',
      logprobs: false,
      logitBias: false,
      manyChoices: false,
      parallelToolControl: true,
      serviceTier: true,
      images: false,
      reasoningMember: 'reasoning',
    },
  },
  { providers: GROQ, models: ['meta-llama/llama-4-*'], traits: { images: true, outputSchema: 'openai' } },
  {
    providers: GROQ,
    models: ['openai/gpt-oss*', 'gpt-oss*', 'moonshotai/*'],
    traits: { outputSchema: 'openai' },
  },
  // It knows two words: https://console.groq.com/docs/reasoning
  { providers: GROQ, models: ['qwen/qwen3*'], traits: { reasoning: { by: 'none' } } },
];
