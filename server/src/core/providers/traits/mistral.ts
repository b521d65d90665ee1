// Mistral: https://docs.mistral.ai/api. What deviates in the words of a body is in ../body-patches.ts: `random_seed`, and
// the mark of a prefill.

import type { TraitsRule } from './rule.ts';

const MISTRAL = ['mistral'];

export const mistralRules: readonly TraitsRule[] = [
  {
    providers: MISTRAL,
    models: ['*'],
    traits: {
      // G57: exactly nine letters and digits.
      toolCallIds: 'nine',
      maxTemperature: 1.5,
      manyChoices: true,
      parallelToolControl: true,
      outputSchema: 'openai',
      prefill: true,
      // 422 "extra_forbidden".
      streamOptions: false,
      metadata: false,
      stopSequences: 16,
    },
  },
  { providers: MISTRAL, models: ['codestral-*', 'devstral-*', 'open-mi*'], traits: { images: false } },
  {
    providers: MISTRAL,
    models: ['mistral-small-2603*', 'mistral-small-latest', 'mistral-medium-3-5*', 'mistral-medium-3.5*'],
    traits: { reasoning: { by: 'effort', efforts: ['high'], canBeOff: true } },
  },
];
