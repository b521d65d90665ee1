// Claude, at Anthropic and wherever it is served: https://platform.claude.com/docs/en/about-claude/models/overview. A
// Claude that is not known is taken for a new one: newer models refuse what older ones ignore.

import type { Effort } from '../../model/request.ts';
import type { TraitsOverride } from '../../model/traits.ts';
import type { TraitsRule } from './rule.ts';

const TO_HIGH: readonly Effort[] = ['low', 'medium', 'high'];
const ALL: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

function budget(maxOutputTokens: number): TraitsOverride {
  return {
    maxOutputTokens,
    sampling: true,
    prefill: true,
    reasoning: { by: 'budget', efforts: [], maxBudgetTokens: maxOutputTokens - 1 },
  };
}

/** Models from before thinking. */
function plain(maxOutputTokens: number): TraitsOverride {
  return {
    maxOutputTokens,
    sampling: true,
    prefill: true,
    reasoning: { by: 'none', efforts: [] },
    outputSchema: 'none',
    strictTools: false,
  };
}

const OLD = [
  'claude-instant*',
  'claude-2*',
  'claude-3-opus*',
  'claude-3-sonnet*',
  'claude-3-haiku*',
  'claude-3-5-*',
];

export const anthropicRules: readonly TraitsRule[] = [
  {
    providers: ['anthropic'],
    dialect: 'anthropic-messages',
    models: ['*'],
    traits: {
      documents: true,
      documentUrls: true,
      serviceTier: true,
      strictTools: true,
      outputSchema: 'anthropic',
      toolName: { maxLength: 128, punctuation: '_-' },
      hostedTools: ['web-search', 'web-fetch', 'code-execution'],
    },
  },
  {
    dialect: 'anthropic-messages',
    models: ['claude-*'],
    traits: {
      maxOutputTokens: 128_000,
      // G75: refused by their mere presence.
      sampling: false,
      documents: true,
      reasoning: { by: 'adaptive', efforts: ALL, maxBudgetTokens: 127_999 },
    },
  },
  // G75 also where another format leads to them.
  {
    models: [
      'claude-opus-4-7*',
      'claude-opus-4-8*',
      'claude-opus-5*',
      'claude-sonnet-5*',
      'claude-fable-*',
      'claude-mythos-*',
    ],
    traits: { sampling: false },
  },
  { dialect: 'anthropic-messages', models: ['claude-opus-4-8*'], traits: { system: 'anywhere' } },
  {
    dialect: 'anthropic-messages',
    models: ['claude-opus-4-6*', 'claude-sonnet-4-6*'],
    traits: {
      sampling: true,
      // G73: no xhigh.
      reasoning: { by: 'adaptive', efforts: ['low', 'medium', 'high', 'max'] },
    },
  },
  { dialect: 'anthropic-messages', models: ['claude-sonnet-4-6*'], traits: { maxOutputTokens: 64_000 } },
  {
    dialect: 'anthropic-messages',
    models: ['claude-opus-4-5*'],
    traits: {
      ...budget(64_000),
      reasoning: { by: 'budget', efforts: TO_HIGH, effortBesideBudget: true, maxBudgetTokens: 63_999 },
    },
  },
  {
    dialect: 'anthropic-messages',
    models: ['claude-sonnet-4-5*', 'claude-haiku-4-5*'],
    traits: budget(64_000),
  },
  {
    dialect: 'anthropic-messages',
    models: [
      'claude-opus-4-1*',
      'claude-opus-4-0*',
      'claude-opus-4-2025*',
      'claude-opus-4',
      'claude-opus-4@*',
    ],
    traits: budget(32_000),
  },
  {
    dialect: 'anthropic-messages',
    models: [
      'claude-sonnet-4-0*',
      'claude-sonnet-4-2025*',
      'claude-sonnet-4',
      'claude-sonnet-4@*',
      'claude-3-7-*',
    ],
    traits: { ...budget(64_000), outputSchema: 'none', strictTools: false },
  },
  {
    dialect: 'anthropic-messages',
    models: ['claude-opus-4-0*', 'claude-opus-4-2025*', 'claude-opus-4', 'claude-opus-4@*'],
    traits: { outputSchema: 'none', strictTools: false },
  },
  { dialect: 'anthropic-messages', models: OLD, traits: plain(4096) },
  { dialect: 'anthropic-messages', models: ['claude-3-5-*'], traits: plain(8192) },
  {
    dialect: 'anthropic-messages',
    models: ['claude-instant*', 'claude-2*'],
    traits: { images: false, documents: false },
  },
  {
    models: ['claude-fable-5*', 'claude-mythos-5*', 'claude-mythos-preview*'],
    traits: { forcedToolChoice: false },
  },
];
