// Kiro accounts: models of Claude behind the protocol of Amazon's coding assistants, which upstream/kiro/ translates from
// and to the Messages format. What the protocol has no place for is left out here, so that it is told.

import type { Provider } from './provider.ts';

export const kiro: Provider = {
  id: 'kiro',
  name: 'Kiro account',
  documentation: 'https://kiro.dev/docs/getting-started/authentication/',
  bases: { 'anthropic-messages': 'https://q.us-east-1.amazonaws.com' },
  dialects: ['anthropic-messages'],
  environment: [],
  owns: [],
  accounts: 'kiro',
  keyHeader: { 'anthropic-messages': 'authorization' },
  streaming: 'always',
  bodyRules: {
    always: true,
    fixed: { stream: true },
    defaults: {},
    refused: [
      { member: 'max_tokens', feature: 'max-output-tokens', severity: 'quality', ofLimit: true },
      { member: 'temperature', feature: 'temperature', severity: 'quality' },
      { member: 'top_p', feature: 'top-p', severity: 'quality' },
      { member: 'top_k', feature: 'top-k', severity: 'quality' },
      { member: 'stop_sequences', feature: 'stop-sequences', severity: 'quality' },
      { member: 'thinking', feature: 'reasoning', severity: 'quality' },
      { member: 'output_config', feature: 'reasoning', severity: 'quality' },
      { member: 'service_tier', feature: 'service-tier', severity: 'hint' },
      { member: 'metadata', feature: 'metadata', severity: 'hint' },
      { member: 'cache_control', feature: 'cache-marks', severity: 'hint' },
      { member: 'container', feature: 'container', severity: 'semantic' },
      { member: 'mcp_servers', feature: 'hosted-tool', severity: 'semantic' },
      { member: 'context_management', feature: 'context-management', severity: 'quality' },
    ],
  },
};
