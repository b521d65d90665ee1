// ChatGPT accounts as Codex uses them: the Responses API behind a login instead of a key. The address and what it takes
// are those of the open source of Codex (https://github.com/openai/codex); there is no documentation of it as an API.

import type { Provider } from './provider.ts';

export const codex: Provider = {
  id: 'codex',
  name: 'ChatGPT account (Codex)',
  documentation: 'https://developers.openai.com/codex/auth',
  bases: { 'openai-responses': 'https://chatgpt.com/backend-api/codex' },
  dialects: ['openai-responses'],
  environment: [],
  owns: [],
  accounts: 'codex',
  streaming: 'always',
  headers: { 'OpenAI-Beta': 'responses=experimental', originator: 'sluice' },
  bodyRules: {
    fixed: { store: false, stream: true },
    defaults: { instructions: '' },
    refused: [
      { member: 'max_output_tokens', feature: 'max-output-tokens', severity: 'quality' },
      { member: 'max_tool_calls', feature: 'max-tool-calls', severity: 'quality' },
      { member: 'temperature', feature: 'temperature', severity: 'quality' },
      { member: 'top_p', feature: 'top-p', severity: 'quality' },
      { member: 'truncation', feature: 'truncation', severity: 'quality' },
      { member: 'background', feature: 'background', severity: 'quality' },
      { member: 'previous_response_id', feature: 'previous-response-id', severity: 'semantic' },
      { member: 'conversation', feature: 'conversation', severity: 'semantic' },
      { member: 'user', feature: 'end-user', severity: 'hint' },
      { member: 'safety_identifier', feature: 'end-user', severity: 'hint' },
      { member: 'metadata', feature: 'metadata', severity: 'hint' },
      { member: 'prompt_cache_retention', feature: 'cache-marks', severity: 'hint' },
      { member: 'prompt_cache_options', feature: 'cache-marks', severity: 'hint' },
      { member: 'stream_options', feature: 'stream-options', severity: 'hint' },
    ],
  },
};
