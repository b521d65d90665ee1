// Azure OpenAI and Microsoft Foundry. Each resource has a host of its own, so baseUrl is required: the host alone, its
// /openai/v1 path, or /openai/deployments/<name>?api-version=… of the dated API. The model name is the deployment's.

import { openai } from './openai.ts';
import type { Provider } from './provider.ts';

export const azureOpenai: Provider = {
  id: 'azure-openai',
  name: 'Azure OpenAI',
  documentation: 'https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle',
  bases: {},
  dialects: ['openai-responses', 'openai-chat'],
  environment: ['AZURE_OPENAI_API_KEY'],
  baseUrlEnvironment: ['AZURE_OPENAI_ENDPOINT'],
  defaultPath: '/openai/v1',
  owns: openai.owns,
  keyHeader: { 'openai-responses': 'api-key', 'openai-chat': 'api-key' },
};
