// Perplexity. Its Agent API speaks the Responses dialect; the Sonar chat endpoint ended in September 2026
// (https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview).

import type { Provider } from './provider.ts';

export const perplexity: Provider = {
  id: 'perplexity',
  name: 'Perplexity',
  documentation: 'https://docs.perplexity.ai/docs/grounded-llm/openai-compatibility',
  bases: { 'openai-responses': 'https://api.perplexity.ai/v1' },
  dialects: ['openai-responses'],
  environment: ['PERPLEXITY_API_KEY'],
  owns: ['perplexity/*', 'sonar*'],
};
