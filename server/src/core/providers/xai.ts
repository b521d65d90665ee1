// xAI. Its Messages layer is deprecated by the vendor and left out
// (https://docs.x.ai/developers/rest-api-reference/inference/legacy). A bad key is answered with 400, not 401.

import type { Provider } from './provider.ts';

export const xai: Provider = {
  id: 'xai',
  name: 'xAI',
  documentation: 'https://docs.x.ai/developers/rest-api-reference',
  bases: { 'openai-responses': 'https://api.x.ai/v1', 'openai-chat': 'https://api.x.ai/v1' },
  dialects: ['openai-responses', 'openai-chat'],
  environment: ['XAI_API_KEY'],
  owns: ['grok-*'],
};
