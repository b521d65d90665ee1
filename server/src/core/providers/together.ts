// Together AI: open models, named `maker/model`.

import type { Provider } from './provider.ts';

export const together: Provider = {
  id: 'together',
  name: 'Together AI',
  documentation: 'https://docs.together.ai/docs/openai-api-compatibility',
  bases: { 'openai-chat': 'https://api.together.ai/v1' },
  dialects: ['openai-chat'],
  environment: ['TOGETHER_API_KEY'],
  keysPage: 'https://api.together.xyz/settings/api-keys',
  baseUrlEnvironment: ['TOGETHER_BASE_URL'],
  owns: ['*/*'],
};
