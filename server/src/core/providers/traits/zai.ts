// Z.ai (GLM): https://docs.z.ai/api-reference/llm/chat-completion. Thinking is switched by a member of its own.

import type { TraitsRule } from './rule.ts';

const ZAI = ['zai'];

export const zaiRules: readonly TraitsRule[] = [
  {
    providers: ZAI,
    models: ['*'],
    traits: {
      maxTemperature: 1,
      seed: false,
      penalties: false,
      // One, by its reference.
      stopSequences: 1,
      // "auto" is all it takes.
      forcedToolChoice: false,
      replaysReasoningText: true,
      reasoningMember: 'reasoning_content',
    },
  },
  { models: ['glm-4.5', 'glm-4.5-*', 'glm-4.6', 'glm-4.7*', 'glm-5*'], traits: { images: false } },
  { models: ['glm-4.5v*', 'glm-4.6v*', 'glm-5v*'], traits: { images: true } },
  // On or off; one word of effort stands for on, and ../body-patches.ts writes it in its words.
  {
    providers: ZAI,
    dialect: 'openai-chat',
    models: ['glm-4.5*', 'glm-4.6*', 'glm-4.7*', 'glm-5*'],
    traits: { reasoning: { by: 'effort', efforts: ['high'], canBeOff: true } },
  },
  {
    providers: ZAI,
    dialect: 'anthropic-messages',
    models: ['glm-*'],
    traits: { reasoning: { by: 'budget', maxBudgetTokens: 65_535 } },
  },
];
