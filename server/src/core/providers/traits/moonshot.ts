// Moonshot (Kimi): https://platform.kimi.ai/docs/api/chat. Its thinking models want their reasoning back (G71).

import type { TraitsRule } from './rule.ts';

const MOONSHOT = ['moonshot'];

export const moonshotRules: readonly TraitsRule[] = [
  {
    providers: MOONSHOT,
    models: ['*'],
    traits: {
      maxTemperature: 1,
      seed: false,
      forcedToolChoiceWhileReasoning: false,
      replaysReasoningText: true,
      reasoningMember: 'reasoning_content',
      stopSequences: 5,
    },
  },
  // "required" is refused: https://platform.kimi.ai/docs/guide/use-kimi-api-to-complete-tool-calls
  {
    providers: MOONSHOT,
    dialect: 'openai-chat',
    models: ['*'],
    traits: { forcedToolChoice: false, manyChoices: true },
  },
  // They draw tokens as they see fit, and refuse any other wish.
  {
    providers: MOONSHOT,
    models: ['kimi-k2.5*', 'kimi-k2.6*', 'kimi-k3*'],
    traits: { sampling: false, penalties: false },
  },
  {
    models: ['kimi-k2-*', 'moonshot-v1-8k', 'moonshot-v1-32k', 'moonshot-v1-128k'],
    traits: { images: false },
  },
];
