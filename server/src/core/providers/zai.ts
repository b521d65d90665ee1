// Z.ai (GLM), pay-as-you-go host. Coding Plan keys need baseUrl https://api.z.ai/api/coding/paas/v4; only that plan
// documents the Responses dialect, so it is not listed here.

import type { Provider } from './provider.ts';

export const zai: Provider = {
  id: 'zai',
  name: 'Z.ai (GLM)',
  documentation: 'https://docs.z.ai/api-reference/introduction',
  bases: {
    'openai-chat': 'https://api.z.ai/api/paas/v4',
    'anthropic-messages': 'https://api.z.ai/api/anthropic',
  },
  dialects: ['openai-chat', 'anthropic-messages'],
  environment: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
  keysPage: 'https://z.ai/manage-apikey/apikey-list',
  owns: ['glm-*'],
  keyHeader: { 'anthropic-messages': 'authorization' },
};
