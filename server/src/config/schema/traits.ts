// `upstreams[].traits`: the operator's word on what models take. Every member is optional; what is not said stays as the
// gateway knows it (core/providers/traits).

import { z } from 'zod';
import { EFFORTS } from '../../core/model/request.ts';
import type { TraitsOverride } from '../../core/model/traits.ts';
import { wholeNumber } from './primitives.ts';

const flag = (description: string): z.ZodOptional<z.ZodBoolean> =>
  z.boolean().optional().describe(description);

const tokens = (description: string): z.ZodOptional<z.ZodInt> =>
  wholeNumber(0, 10_000_000).optional().describe(description);

const reasoning = z.strictObject({
  by: z
    .enum(['none', 'effort', 'budget', 'adaptive', 'level'])
    .optional()
    .describe('How reasoning is asked for; none: not at all.'),
  efforts: z
    .array(z.enum(EFFORTS))
    .optional()
    .describe('The efforts or levels that are known, weakest first.'),
  effortBesideBudget: flag('An effort may stand beside a budget.'),
  minBudgetTokens: tokens('Smallest budget.'),
  maxBudgetTokens: tokens('Largest budget.'),
  canBeOff: flag('Reasoning can be switched off.'),
});

/** Schema of the traits of some models. */
export const traitsSchema: z.ZodType<TraitsOverride> = z.strictObject({
  maxOutputTokens: tokens(
    'Most output tokens; sent where the format requires a number and the client gave none.',
  ),
  maxTokensMember: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .optional()
    .describe('Name of the limit in openai-chat.'),
  reasoning: reasoning.optional().describe('How the model is told to reason.'),
  replaysReasoningText: flag('Reasoning of former turns is sent back as text.'),
  reasoningMember: z
    .enum(['reasoning_content', 'reasoning', 'reasoning_details', 'none'])
    .optional()
    .describe('The member for that in openai-chat.'),
  sampling: flag('Takes temperature, top_p and top_k.'),
  maxTemperature: z.number().min(0).max(10).optional().describe('Largest temperature.'),
  topK: flag('Takes top_k.'),
  seed: flag('Takes a seed.'),
  penalties: flag('Takes presence and frequency penalties.'),
  logitBias: flag('Takes a logit bias.'),
  logprobs: flag('Reports log-probabilities.'),
  stopSequences: wholeNumber(0, 1000)
    .optional()
    .describe('Most stop sequences; beyond that the gateway cuts.'),
  manyChoices: flag('Gives several answers side by side (n).'),
  forcedToolChoice: flag('A tool call can be forced.'),
  forcedToolChoiceWhileReasoning: flag('… also while it reasons.'),
  allowedTools: flag('tool_choice can name several tools.'),
  parallelToolControl: flag('Parallel tool calls can be switched off.'),
  customTools: flag('Takes tools with free text as input.'),
  namespaceTools: flag('Takes namespaces of tools.'),
  deferredTools: flag('Takes tools that are loaded when they are searched for.'),
  strictTools: flag('Takes `strict` on tools.'),
  jsonOutput: flag('Can be told to answer in JSON without a schema.'),
  images: flag('Reads images.'),
  imageUrls: flag('Fetches images by URL.'),
  documents: flag('Reads documents.'),
  documentUrls: flag('Fetches documents by URL.'),
  audio: flag('Hears audio.'),
  video: flag('Sees video.'),
  system: z
    .enum(['anywhere', 'leading', 'none'])
    .optional()
    .describe('Where instructions may stand in a conversation.'),
  developerRole: flag('Knows the role "developer".'),
  prefill: flag('Continues an answer that the client began.'),
  promptCacheKey: flag('Takes a prompt_cache_key.'),
  cacheMarks: z
    .enum(['cache_control', 'prompt_cache_breakpoint', 'none'])
    .optional()
    .describe('How marks for the prompt cache are written.'),
  serviceTier: flag('Takes a service tier.'),
  metadata: flag('Takes metadata.'),
  verbosity: flag('Takes a verbosity.'),
  streamOptions: flag('Takes stream_options.'),
}) as z.ZodType<TraitsOverride>;
