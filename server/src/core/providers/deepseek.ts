// DeepSeek. Chat and Responses share one base; Messages lives under /anthropic and takes x-api-key
// (https://api-docs.deepseek.com/guides/anthropic_api, https://api-docs.deepseek.com/guides/responses_api).

import type { Provider } from './provider.ts';

export const deepseek: Provider = {
  id: 'deepseek',
  name: 'DeepSeek',
  documentation: 'https://api-docs.deepseek.com',
  bases: {
    'openai-chat': 'https://api.deepseek.com/v1',
    'anthropic-messages': 'https://api.deepseek.com/anthropic',
    'openai-responses': 'https://api.deepseek.com/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: ['DEEPSEEK_API_KEY'],
  keysPage: 'https://platform.deepseek.com/api_keys',
  owns: ['deepseek-*'],
};
