// Gemini: https://ai.google.dev/gemini-api/docs/thinking. Also behind Google's OpenAI layer, where an effort is understood.

import type { Effort } from '../../model/request.ts';
import type { TraitsRule } from './rule.ts';

const LEVELS: readonly Effort[] = ['minimal', 'low', 'medium', 'high'];

export const geminiRules: readonly TraitsRule[] = [
  { dialect: 'gemini', models: ['gemini-1.*', 'gemini-2.0*'], traits: { maxOutputTokens: 8192 } },
  {
    dialect: 'gemini',
    models: ['gemini-1.*', 'learnlm-*'],
    traits: { toolSchema: 'gemini-openapi' },
  },
  {
    providers: ['gemini'],
    dialect: 'gemini',
    models: ['gemini-2*', 'gemini-3*', 'gemini-flash-*', 'gemini-pro-*'],
    traits: { hostedTools: ['web-search', 'web-fetch', 'code-execution'], logprobs: true },
  },
  {
    providers: ['gemini'],
    dialect: 'gemini',
    models: ['gemini-2.5*', 'gemini-3*'],
    traits: { serviceTier: true },
  },
  {
    dialect: 'gemini',
    models: ['gemini-2.5*', 'gemini-flash-latest', 'gemini-flash-lite-latest'],
    traits: { reasoning: { by: 'budget', minBudgetTokens: 1, maxBudgetTokens: 24_576 } },
  },
  {
    dialect: 'gemini',
    models: ['gemini-2.5-pro*', 'gemini-pro-latest'],
    traits: { reasoning: { by: 'budget', minBudgetTokens: 128, maxBudgetTokens: 32_768, canBeOff: false } },
  },
  {
    dialect: 'gemini',
    models: ['gemini-2.5-flash-lite*', 'gemini-flash-lite-latest'],
    traits: { reasoning: { minBudgetTokens: 512 } },
  },
  {
    dialect: 'gemini',
    models: ['gemini-3*'],
    traits: {
      // G66, G47
      needsCallSignature: true,
      imagesInResults: 'native',
      reasoning: { by: 'level', efforts: LEVELS, canBeOff: false },
    },
  },
  { dialect: 'gemini', models: ['gemini-3-pro*'], traits: { reasoning: { efforts: ['low', 'high'] } } },
  {
    dialect: 'gemini',
    models: ['gemini-3.1-pro*', 'gemini-3.7-flash*'],
    traits: { reasoning: { efforts: ['low', 'medium', 'high'] } },
  },
  // Made for pictures and speech: no thinking, and one kind of output more.
  {
    dialect: 'gemini',
    models: ['gemini-2.5-flash-image*', 'gemini-*-tts*'],
    traits: { reasoning: { by: 'none' } },
  },
  {
    dialect: 'gemini',
    models: ['gemma-3*'],
    traits: {
      system: 'none',
      outputSchema: 'none',
      jsonOutput: false,
      audio: false,
      video: false,
      documents: false,
    },
  },
  {
    providers: ['gemini'],
    dialect: 'openai-chat',
    models: ['gemini-2.5*', 'gemini-3*'],
    traits: { outputSchema: 'openai', reasoning: { by: 'effort', efforts: LEVELS, canBeOff: false } },
  },
  {
    providers: ['gemini'],
    dialect: 'openai-chat',
    models: ['gemini-2.5-flash*'],
    traits: { reasoning: { canBeOff: true } },
  },
  // It fetches nothing.
  { providers: ['gemini'], dialect: 'openai-chat', models: ['*'], traits: { imageUrls: false, audio: true } },
];
