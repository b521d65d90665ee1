// llama.cpp's llama-server (Messages: https://huggingface.co/blog/ggml-org/anthropic-messages-api-in-llamacpp,
// Responses: https://github.com/ggml-org/llama.cpp/pull/18486).

import type { Provider } from './provider.ts';

export const llamacpp: Provider = {
  id: 'llamacpp',
  name: 'llama.cpp',
  documentation: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
  bases: {
    'openai-chat': 'http://127.0.0.1:8080/v1',
    'anthropic-messages': 'http://127.0.0.1:8080',
    'openai-responses': 'http://127.0.0.1:8080/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: [],
  owns: [],
  keyHeader: { 'anthropic-messages': 'authorization' },
  keyless: true,
  local: { port: 8080 },
};
