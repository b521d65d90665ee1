// OpenAI, the reference for the Chat Completions and Responses dialects.

import type { Provider } from './provider.ts';

export const openai: Provider = {
  id: 'openai',
  name: 'OpenAI',
  documentation: 'https://platform.openai.com/docs/api-reference',
  bases: { 'openai-responses': 'https://api.openai.com/v1', 'openai-chat': 'https://api.openai.com/v1' },
  dialects: ['openai-responses', 'openai-chat'],
  environment: ['OPENAI_API_KEY'],
  keysPage: 'https://platform.openai.com/api-keys',
  baseUrlEnvironment: ['OPENAI_BASE_URL'],
  owns: [
    'gpt-*',
    'o1*',
    'o3*',
    'o4*',
    'chatgpt-*',
    'codex-*',
    'ft:*',
    'text-embedding-3-*',
    'text-embedding-ada-*',
    'omni-moderation-*',
    'text-moderation-*',
    'tts-*',
    'whisper-1',
    'dall-e-*',
    'sora-*',
    'computer-use-*',
    'davinci-002',
    'babbage-002',
  ],
};
