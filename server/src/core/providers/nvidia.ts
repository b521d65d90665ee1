// NVIDIA's hosted NIM models, named `maker/model`.

import type { Provider } from './provider.ts';

export const nvidia: Provider = {
  id: 'nvidia',
  name: 'NVIDIA NIM',
  documentation: 'https://docs.api.nvidia.com/nim/reference/llm-apis',
  bases: { 'openai-chat': 'https://integrate.api.nvidia.com/v1' },
  dialects: ['openai-chat'],
  environment: ['NVIDIA_API_KEY'],
  owns: ['*/*'],
};
