// Moonshot AI (Kimi), international host; the Chinese platform is https://api.moonshot.cn with keys of its own.

import type { Provider } from './provider.ts';

export const moonshot: Provider = {
  id: 'moonshot',
  name: 'Moonshot AI (Kimi)',
  documentation: 'https://platform.kimi.ai/docs/api/overview',
  bases: {
    'openai-chat': 'https://api.moonshot.ai/v1',
    'anthropic-messages': 'https://api.moonshot.ai/anthropic',
    'openai-responses': 'https://api.moonshot.ai/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: ['MOONSHOT_API_KEY'],
  owns: ['kimi-*', 'moonshot-*'],
  keyHeader: { 'anthropic-messages': 'authorization' },
};
