// Google's Gemini API, with its own dialect and an OpenAI Chat layer under another path
// (https://ai.google.dev/gemini-api/docs/openai).

import type { Provider } from './provider.ts';

export const gemini: Provider = {
  id: 'gemini',
  name: 'Google Gemini',
  documentation: 'https://ai.google.dev/api',
  bases: {
    gemini: 'https://generativelanguage.googleapis.com',
    'openai-chat': 'https://generativelanguage.googleapis.com/v1beta/openai',
  },
  dialects: ['gemini', 'openai-chat'],
  environment: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  keysPage: 'https://aistudio.google.com/app/apikey',
  baseUrlEnvironment: ['GOOGLE_GEMINI_BASE_URL'],
  owns: [
    'gemini-*',
    'gemma-*',
    'learnlm-*',
    'text-embedding-004',
    'imagen-*',
    'veo-*',
    'aqa',
    'models/*',
    'tunedModels/*',
  ],
};
