// Cohere, through its OpenAI compatibility layer, which rejects `stream_options`
// (https://strandsagents.com/docs/user-guide/concepts/model-providers/cohere/).

import type { Provider } from './provider.ts';

export const cohere: Provider = {
  id: 'cohere',
  name: 'Cohere',
  documentation: 'https://docs.cohere.com/docs/compatibility-api',
  bases: { 'openai-chat': 'https://api.cohere.ai/compatibility/v1' },
  dialects: ['openai-chat'],
  environment: ['COHERE_API_KEY', 'CO_API_KEY'],
  owns: ['command-*', 'c4ai-*', 'embed-v*', 'embed-english-*', 'embed-multilingual-*'],
  acceptsStreamOptions: false,
};
