// What a model takes, as data. Encoders and conversions ask this and never the name of a model or a vendor.

import type { DialectId } from './dialect-id.ts';
import type { Effort } from './request.ts';

/** How a target is told to reason. */
export interface ReasoningTraits {
  /**
   * none: cannot, or is not to be told. effort: a word of `efforts`. budget: a number of tokens.
   * adaptive: anthropic's `thinking: {type: "adaptive"}` with an effort. level: gemini 3's thinkingLevel, a word of `efforts`.
   */
  readonly by: 'none' | 'effort' | 'budget' | 'adaptive' | 'level';
  /** The words that it takes, weakest first. */
  readonly efforts: readonly Effort[];
  /** Whether an effort may stand beside `by: "budget"` (anthropic's output_config.effort on models without adaptive thinking). */
  readonly effortBesideBudget: boolean;
  readonly minBudgetTokens: number;
  readonly maxBudgetTokens: number;
  /** Reasoning can be switched off. */
  readonly canBeOff: boolean;
}

/** One model behind one upstream. Every member has a safe value for models that nobody knows (`DEFAULT_TRAITS`). */
export interface ModelTraits {
  readonly dialect: DialectId;
  /** Provider id: whose opaque tokens it can read. */
  readonly vendor: string;
  /** Most output tokens; also the default where the format requires a number. */
  readonly maxOutputTokens: number;
  /** Name of the limit in openai-chat: newer OpenAI models refuse max_tokens, third parties know nothing else. */
  readonly maxTokensMember: 'max_tokens' | 'max_completion_tokens';
  readonly reasoning: ReasoningTraits;
  /** Reasoning of former turns is sent back as text (`reasoning_content`), also without a token of the vendor. */
  readonly replaysReasoningText: boolean;
  /** gemini 3: a call of the current turn without a signature needs the documented sentinel. */
  readonly needsCallSignature: boolean;
  /** Temperature, top_p and top_k may be sent at all. */
  readonly sampling: boolean;
  readonly maxTemperature: number;
  /** top_k may be sent (a member of anthropic-messages and gemini, an extension of some openai-chat servers). */
  readonly topK: boolean;
  /** seed, penalties, logit bias and logprobs may be sent, where the format has them. */
  readonly seed: boolean;
  readonly penalties: boolean;
  readonly logitBias: boolean;
  readonly logprobs: boolean;
  /** Most stop sequences; 0 = none may be sent, the gateway cuts the answer itself. */
  readonly stopSequences: number;
  /** Several answers side by side may be asked for. */
  readonly manyChoices: boolean;
  /** tool_choice may force a call. */
  readonly forcedToolChoice: boolean;
  /** … also while reasoning is on. */
  readonly forcedToolChoiceWhileReasoning: boolean;
  /** tool_choice can name several tools. */
  readonly allowedTools: boolean;
  /** Parallel calls can be switched off. */
  readonly parallelToolControl: boolean;
  readonly customTools: boolean;
  readonly namespaceTools: boolean;
  readonly deferredTools: boolean;
  readonly strictTools: boolean;
  /** Tool names match this pattern; others are renamed, and back. */
  readonly toolName: { readonly maxLength: number; readonly punctuation: string };
  /** Ids of tool calls: any up to 64 of [A-Za-z0-9_-], or exactly nine letters and digits (mistral). */
  readonly toolCallIds: 'any' | 'nine';
  /** Where a hosted tool of this kind can go in the target's own words. */
  readonly hostedTools: readonly (
    | 'web-search'
    | 'web-fetch'
    | 'code-execution'
    | 'mcp'
    | 'file-search'
    | 'computer-use'
  )[];
  /** json-schema: as it is, apart from `$schema`. gemini: the OpenAPI subset. openai-strict and anthropic: see core/conversion/schema. */
  readonly toolSchema: 'json-schema' | 'gemini-json-schema' | 'gemini-openapi';
  readonly outputSchema: 'openai' | 'anthropic' | 'gemini' | 'none';
  /** JSON without a schema can be asked for. */
  readonly jsonOutput: boolean;
  readonly images: boolean;
  /** Images of results: with the result; beside it in the same turn; or in a user turn after all results. */
  readonly imagesInResults: 'native' | 'after';
  readonly imageUrls: boolean;
  readonly documents: boolean;
  readonly documentUrls: boolean;
  readonly audio: boolean;
  readonly video: boolean;
  /** Instructions: anywhere in the conversation; only before everything else; or nowhere (then they go into the first user turn). */
  readonly system: 'anywhere' | 'leading' | 'none';
  /** openai-chat: the role "developer" is known. */
  readonly developerRole: boolean;
  /** The last turn may be the assistant's, to be continued. */
  readonly prefill: boolean;
  /** How prompt-cache marks are written: anthropic's cache_control, OpenAI's prompt_cache_breakpoint, or not at all. */
  readonly cacheMarks: 'cache_control' | 'prompt_cache_breakpoint' | 'none';
  readonly promptCacheKey: boolean;
  readonly serviceTier: boolean;
  readonly metadata: boolean;
  readonly verbosity: boolean;
  /** openai-chat: stream_options.include_usage is understood. */
  readonly streamOptions: boolean;
  /** openai-chat: the vendor's member for reasoning in history and answers. */
  readonly reasoningMember: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'none';
}

/** An operator's or provider's word on some members. */
export type TraitsOverride = Partial<Omit<ModelTraits, 'dialect' | 'vendor' | 'reasoning'>> & {
  readonly reasoning?: Partial<ReasoningTraits>;
};
