// Logins in the place of keys: ChatGPT's accounts (https://github.com/openai/codex) and Kiro's, whose protocol has no
// place for most of what the Messages format can say. They come last: no model behind them can more than they carry.

import type { TraitsRule } from './rule.ts';

export const accountRules: readonly TraitsRule[] = [
  {
    providers: ['codex'],
    models: ['*'],
    traits: {
      sampling: false,
      logprobs: false,
      metadata: false,
      hostedTools: ['web-search'],
      cacheMarks: 'none',
    },
  },
  {
    providers: ['kiro'],
    models: ['*'],
    traits: {
      maxOutputTokens: 64_000,
      sampling: false,
      topK: false,
      stopSequences: 0,
      reasoning: { by: 'none', efforts: [], canBeOff: true },
      forcedToolChoice: false,
      allowedTools: false,
      parallelToolControl: false,
      strictTools: false,
      hostedTools: [],
      outputSchema: 'none',
      jsonOutput: false,
      imagesInResults: 'after',
      imageUrls: false,
      documents: false,
      documentUrls: false,
      system: 'leading',
      prefill: false,
      cacheMarks: 'none',
      serviceTier: false,
      metadata: false,
    },
  },
];
