// vLLM's server. Its --api-key is compared with a bearer token on every path.

import type { Provider } from './provider.ts';

export const vllm: Provider = {
  id: 'vllm',
  name: 'vLLM',
  documentation: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  bases: {
    'openai-chat': 'http://127.0.0.1:8000/v1',
    'anthropic-messages': 'http://127.0.0.1:8000',
    'openai-responses': 'http://127.0.0.1:8000/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: [],
  owns: [],
  keyHeader: { 'anthropic-messages': 'authorization' },
  keyless: true,
  local: { port: 8000 },
};
