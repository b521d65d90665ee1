// LM Studio's local server (https://lmstudio.ai/docs/developer/anthropic-compat for the Messages dialect).

import type { Provider } from './provider.ts';

export const lmstudio: Provider = {
  id: 'lmstudio',
  name: 'LM Studio',
  documentation: 'https://lmstudio.ai/docs/developer/openai-compat',
  bases: {
    'openai-chat': 'http://127.0.0.1:1234/v1',
    'anthropic-messages': 'http://127.0.0.1:1234',
    'openai-responses': 'http://127.0.0.1:1234/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: [],
  owns: [],
  keyless: true,
  local: { port: 1234 },
};
