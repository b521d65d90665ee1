// The generic providers: any server that speaks one of the formats. The operator says where it is, and may leave the
// key out.

import type { Provider } from './provider.ts';

export const openaiCompatible: Provider = {
  id: 'openai-compatible',
  name: 'Any OpenAI-compatible server',
  documentation: 'https://platform.openai.com/docs/api-reference',
  bases: {},
  dialects: ['openai-chat', 'openai-responses'],
  environment: [],
  owns: [],
  keyless: true,
};

export const anthropicCompatible: Provider = {
  id: 'anthropic-compatible',
  name: 'Any Anthropic-compatible server',
  documentation: 'https://platform.claude.com/docs/en/api/messages',
  bases: {},
  dialects: ['anthropic-messages'],
  environment: [],
  owns: [],
  keyless: true,
};

export const geminiCompatible: Provider = {
  id: 'gemini-compatible',
  name: 'Any Gemini-compatible server',
  documentation: 'https://ai.google.dev/api/generate-content',
  bases: {},
  dialects: ['gemini'],
  environment: [],
  owns: [],
  keyless: true,
};
