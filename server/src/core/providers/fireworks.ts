// Fireworks AI. Its Messages layer is documented with a bearer token
// (https://docs.fireworks.ai/tools-sdks/anthropic-compatibility).

import type { Provider } from './provider.ts';

export const fireworks: Provider = {
  id: 'fireworks',
  name: 'Fireworks AI',
  documentation: 'https://docs.fireworks.ai/api-reference/introduction',
  bases: {
    'openai-chat': 'https://api.fireworks.ai/inference/v1',
    'anthropic-messages': 'https://api.fireworks.ai/inference',
    'openai-responses': 'https://api.fireworks.ai/inference/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: ['FIREWORKS_API_KEY'],
  owns: ['accounts/*', 'fireworks/*'],
  keyHeader: { 'anthropic-messages': 'authorization' },
};
