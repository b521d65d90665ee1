// Anthropic, the reference for the Messages dialect. Its OpenAI compatibility layer is left out on purpose: the vendor
// calls it a testing aid, and prompt caching and thinking do not survive it.

import type { Provider } from './provider.ts';

export const anthropic: Provider = {
  id: 'anthropic',
  name: 'Anthropic',
  documentation: 'https://platform.claude.com/docs/en/api/overview',
  bases: { 'anthropic-messages': 'https://api.anthropic.com' },
  dialects: ['anthropic-messages'],
  environment: ['ANTHROPIC_API_KEY'],
  // https://platform.claude.com/docs/en/get-api-key
  keysPage: 'https://platform.claude.com/settings/keys',
  keyHint: 'sk-ant-',
  baseUrlEnvironment: ['ANTHROPIC_BASE_URL'],
  owns: ['claude-*'],
};
