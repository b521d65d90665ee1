// xAI: https://docs.x.ai/docs/guides/reasoning. Models that reason refuse penalties and stop sequences.

import type { TraitsRule } from './rule.ts';

const XAI = ['xai'];

export const xaiRules: readonly TraitsRule[] = [
  {
    providers: XAI,
    models: ['*'],
    traits: {
      outputSchema: 'openai',
      parallelToolControl: true,
      system: 'anywhere',
      reasoningMember: 'reasoning_content',
      documents: false,
    },
  },
  {
    providers: XAI,
    dialect: 'openai-chat',
    models: ['*'],
    traits: { maxTokensMember: 'max_completion_tokens', logprobs: true },
  },
  {
    providers: XAI,
    dialect: 'openai-responses',
    models: ['*'],
    traits: { hostedTools: ['web-search', 'code-execution', 'mcp'] },
  },
  {
    models: ['grok-3-mini*', 'grok-4*', 'grok-5*', 'grok-code*'],
    traits: { penalties: false, logprobs: false, stopSequences: 0 },
  },
  {
    models: ['grok-3-mini*'],
    traits: { reasoning: { by: 'effort', efforts: ['low', 'high'], canBeOff: false } },
  },
  { models: ['grok-code*', 'grok-3*'], traits: { images: false } },
];
