// Groq serves open models under their makers' names, hence the long list of what is its own.

import type { Provider } from './provider.ts';

export const groq: Provider = {
  id: 'groq',
  name: 'Groq',
  documentation: 'https://console.groq.com/docs/openai',
  bases: {
    'openai-chat': 'https://api.groq.com/openai/v1',
    'openai-responses': 'https://api.groq.com/openai/v1',
  },
  dialects: ['openai-chat', 'openai-responses'],
  environment: ['GROQ_API_KEY'],
  keysPage: 'https://console.groq.com/keys',
  baseUrlEnvironment: ['GROQ_BASE_URL'],
  owns: [
    'groq/*',
    'llama-*',
    'llama3-*',
    'meta-llama/*',
    'openai/gpt-oss-*',
    'moonshotai/*',
    'qwen/*',
    'qwen-*',
    'gemma2-*',
    'mixtral-*',
    'allam-*',
    'compound-*',
    'whisper-large-v3*',
    'playai-*',
  ],
};
