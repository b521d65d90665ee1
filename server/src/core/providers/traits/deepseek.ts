// DeepSeek: https://api-docs.deepseek.com/guides/thinking_mode. Reasoning of turns with calls must come back, or the
// request fails (G71).

import type { TraitsRule } from './rule.ts';

const DEEPSEEK = ['deepseek'];

export const deepseekRules: readonly TraitsRule[] = [
  { models: ['deepseek-*'], traits: { images: false } },
  {
    providers: DEEPSEEK,
    models: ['*'],
    traits: {
      // Not in its documented parameters.
      seed: false,
      documents: false,
      // G58
      forcedToolChoiceWhileReasoning: false,
      reasoning: { by: 'effort', efforts: ['low', 'high', 'max'], canBeOff: true },
    },
  },
  {
    providers: DEEPSEEK,
    dialect: 'openai-chat',
    models: ['*'],
    traits: {
      replaysReasoningText: true,
      reasoningMember: 'reasoning_content',
      stopSequences: 16,
      logprobs: true,
    },
  },
  { providers: DEEPSEEK, dialect: 'openai-responses', models: ['*'], traits: { outputSchema: 'none' } },
  {
    providers: DEEPSEEK,
    dialect: 'anthropic-messages',
    models: ['*'],
    traits: {
      replaysReasoningText: true,
      reasoning: { by: 'budget', efforts: ['low', 'high', 'max'], effortBesideBudget: true },
    },
  },
  // The old names: one never reasons, the other always does.
  {
    providers: DEEPSEEK,
    models: ['deepseek-chat*', 'deepseek-reasoner*'],
    traits: { reasoning: { by: 'none' } },
  },
];
