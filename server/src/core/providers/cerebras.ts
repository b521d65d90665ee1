// Cerebras Inference: a few open models at high speed.

import type { Provider } from './provider.ts';

export const cerebras: Provider = {
  id: 'cerebras',
  name: 'Cerebras',
  documentation: 'https://inference-docs.cerebras.ai/resources/openai',
  bases: { 'openai-chat': 'https://api.cerebras.ai/v1' },
  dialects: ['openai-chat'],
  environment: ['CEREBRAS_API_KEY'],
  baseUrlEnvironment: ['CEREBRAS_BASE_URL'],
  owns: ['llama3.1-*', 'llama-3.3-*', 'llama-4-*', 'gpt-oss-*', 'qwen-3-*', 'zai-glm-*'],
};
