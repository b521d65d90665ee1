// OpenRouter: models of many vendors, named `vendor/model`. The two headers attribute the traffic to an application
// (https://openrouter.ai/docs/app-attribution); keys go as a bearer token in all dialects.

import type { Provider } from './provider.ts';

export const openrouter: Provider = {
  id: 'openrouter',
  name: 'OpenRouter',
  documentation: 'https://openrouter.ai/docs/api-reference/overview',
  bases: {
    'openai-chat': 'https://openrouter.ai/api/v1',
    'anthropic-messages': 'https://openrouter.ai/api',
    'openai-responses': 'https://openrouter.ai/api/v1',
  },
  dialects: ['openai-chat', 'anthropic-messages', 'openai-responses'],
  environment: ['OPENROUTER_API_KEY'],
  keysPage: 'https://openrouter.ai/settings/keys',
  owns: ['*/*'],
  keyHeader: { 'anthropic-messages': 'authorization' },
  headers: { 'HTTP-Referer': 'http://localhost:9208', 'X-Title': 'Sluice' },
  headerEnvironment: { 'HTTP-Referer': 'HTTP_REFERER', 'X-Title': 'SITE_NAME' },
};
