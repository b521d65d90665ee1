// Hosts of open models, in the cloud and on the own machine. Their rules come last: what the server cannot do, no model
// behind it can.

import type { TraitsRule } from './rule.ts';

export const hostRules: readonly TraitsRule[] = [
  // The generic provider: nothing of OpenAI's own is expected of it, whatever the model is called.
  {
    providers: ['openai-compatible'],
    models: ['*'],
    traits: { developerRole: false, customTools: false, maxTokensMember: 'max_tokens' },
  },

  // https://docs.ollama.com/api/openai-compatibility
  {
    providers: ['ollama'],
    models: ['*'],
    traits: {
      imageUrls: false,
      reasoningMember: 'reasoning',
      forcedToolChoice: false,
      outputSchema: 'openai',
    },
  },
  { providers: ['ollama'], dialect: 'anthropic-messages', models: ['*'], traits: { outputSchema: 'none' } },

  // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
  {
    providers: ['vllm'],
    dialect: 'openai-chat',
    models: ['*'],
    traits: {
      topK: true,
      logitBias: true,
      logprobs: true,
      manyChoices: true,
      parallelToolControl: true,
      outputSchema: 'openai',
      stopSequences: 64,
      audio: true,
      reasoningMember: 'reasoning_content',
    },
  },

  // https://github.com/ggml-org/llama.cpp/tree/master/tools/server
  {
    providers: ['llamacpp'],
    dialect: 'openai-chat',
    models: ['*'],
    traits: {
      topK: true,
      logitBias: true,
      logprobs: true,
      parallelToolControl: true,
      outputSchema: 'openai',
      stopSequences: 64,
      reasoningMember: 'reasoning_content',
    },
  },

  // Its response_format is "json_schema" or "text": https://lmstudio.ai/docs/developer/openai-compat/structured-output
  {
    providers: ['lmstudio'],
    dialect: 'openai-chat',
    models: ['*'],
    traits: {
      topK: true,
      outputSchema: 'openai',
      jsonOutput: false,
      imageUrls: false,
      stopSequences: 64,
      reasoningMember: 'reasoning_content',
    },
  },

  // https://inference-docs.cerebras.ai/resources/openai
  {
    providers: ['cerebras'],
    models: ['*'],
    traits: {
      maxTokensMember: 'max_completion_tokens',
      penalties: false,
      logprobs: true,
      parallelToolControl: true,
      outputSchema: 'openai',
      images: false,
      reasoningMember: 'reasoning',
    },
  },
  // https://docs.together.ai/reference/chat-completions-1
  {
    providers: ['together'],
    models: ['*'],
    traits: { topK: true, logitBias: true, manyChoices: true, outputSchema: 'openai', stopSequences: 16 },
  },
  // https://docs.fireworks.ai/api-reference/post-chatcompletions
  {
    providers: ['fireworks'],
    models: ['*'],
    traits: {
      topK: true,
      logitBias: true,
      manyChoices: true,
      parallelToolControl: true,
      outputSchema: 'openai',
      reasoningMember: 'reasoning_content',
    },
  },
  // No tools of the caller's: https://docs.perplexity.ai/api-reference/chat-completions-post
  {
    providers: ['perplexity'],
    models: ['*'],
    traits: { seed: false, stopSequences: 0, outputSchema: 'openai', jsonOutput: false },
  },
  // https://docs.cohere.com/docs/compatibility-api
  {
    providers: ['cohere'],
    models: ['*'],
    traits: {
      maxTemperature: 1,
      outputSchema: 'openai',
      stopSequences: 5,
      forcedToolChoice: false,
      streamOptions: false,
      imageUrls: false,
    },
  },
];
