// Mistral. It rejects `stream_options` with 422 "extra_forbidden", and reports usage in every stream unasked
// (https://github.com/openai/openai-agents-python/issues/442).

import type { Provider } from './provider.ts';

export const mistral: Provider = {
  id: 'mistral',
  name: 'Mistral',
  documentation: 'https://docs.mistral.ai/api',
  bases: { 'openai-chat': 'https://api.mistral.ai/v1' },
  dialects: ['openai-chat'],
  environment: ['MISTRAL_API_KEY'],
  // https://docs.mistral.ai/getting-started/quickstarts/studio/activate-and-generate-api-key
  keysPage: 'https://console.mistral.ai',
  owns: [
    'mistral-*',
    'ministral-*',
    'codestral-*',
    'devstral-*',
    'labs-devstral-*',
    'magistral-*',
    'pixtral-*',
    'voxtral-*',
    'open-mi*',
    'open-codestral-*',
  ],
  acceptsStreamOptions: false,
};
