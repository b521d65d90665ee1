// Ollama on this machine. It speaks Messages and (statelessly) Responses besides Chat
// (https://docs.ollama.com/api/anthropic-compatibility, https://docs.ollama.com/api/openai-compatibility).

import type { Provider } from './provider.ts';

export const ollama: Provider = {
  id: 'ollama',
  name: 'Ollama',
  documentation: 'https://docs.ollama.com/api/openai-compatibility',
  bases: {
    'openai-chat': 'http://127.0.0.1:11434/v1',
    'anthropic-messages': 'http://127.0.0.1:11434',
    'openai-responses': 'http://127.0.0.1:11434/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: [],
  owns: [],
  // Its hosted twin, https://ollama.com, takes no other header.
  keyHeader: { 'anthropic-messages': 'authorization' },
  keyless: true,
  local: { port: 11434 },
};
