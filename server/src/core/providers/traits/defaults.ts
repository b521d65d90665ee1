// What is assumed of a model that nobody knows, by format: whatever a server may refuse is not sent, unless leaving it
// out would change the answer more often than sending it fails. Operators override it per model.

import type { DialectId } from '../../model/dialect-id.ts';
import type { ModelTraits, ReasoningTraits } from '../../model/traits.ts';

/** No limit that is known: a limit of the client's goes through. */
const UNLIMITED = 1_000_000;

/** Servers either ignore a wish to reason or answer 400: it is told only to models whose family is known. */
const NO_REASONING: ReasoningTraits = {
  by: 'none',
  efforts: [],
  effortBesideBudget: false,
  minBudgetTokens: 1024,
  maxBudgetTokens: 32_000,
  canBeOff: true,
};

const OPENAI_CHAT: Omit<ModelTraits, 'vendor'> = {
  dialect: 'openai-chat',
  maxOutputTokens: UNLIMITED,
  // Third parties know nothing else.
  maxTokensMember: 'max_tokens',
  reasoning: NO_REASONING,
  replaysReasoningText: false,
  needsCallSignature: false,
  sampling: true,
  maxTemperature: 2,
  topK: false,
  // As old as the format; every server that is known accepts them.
  seed: true,
  penalties: true,
  // Refused by several (Groq, Cerebras).
  logitBias: false,
  logprobs: false,
  stopSequences: 4,
  // Many answer with one choice whatever was asked.
  manyChoices: false,
  forcedToolChoice: true,
  forcedToolChoiceWhileReasoning: true,
  allowedTools: false,
  // Not understood by many: parallel calls are then the model's choice.
  parallelToolControl: false,
  customTools: false,
  namespaceTools: false,
  deferredTools: false,
  strictTools: false,
  toolName: { maxLength: 64, punctuation: '_-' },
  toolCallIds: 'any',
  hostedTools: [],
  toolSchema: 'json-schema',
  // json_object is widely known; json_schema is refused or ignored by many.
  outputSchema: 'none',
  jsonOutput: true,
  images: true,
  imagesInResults: 'after',
  imageUrls: true,
  documents: false,
  documentUrls: false,
  audio: false,
  video: false,
  // G61: "System message must be at the beginning."
  system: 'leading',
  developerRole: false,
  prefill: false,
  cacheMarks: 'none',
  promptCacheKey: false,
  serviceTier: false,
  metadata: false,
  verbosity: false,
  streamOptions: true,
  reasoningMember: 'none',
};

const OPENAI_RESPONSES: Omit<ModelTraits, 'vendor'> = {
  ...OPENAI_CHAT,
  dialect: 'openai-responses',
  maxTokensMember: 'max_completion_tokens',
  // The format has no place for these.
  seed: false,
  penalties: false,
  stopSequences: 0,
  // Part of the format from its first day, and shown in every echo.
  parallelToolControl: true,
  outputSchema: 'openai',
};

const ANTHROPIC_MESSAGES: Omit<ModelTraits, 'vendor'> = {
  ...OPENAI_CHAT,
  dialect: 'anthropic-messages',
  // The format requires a number. Servers that imitate it serve models that write at least this much.
  maxOutputTokens: 32_000,
  maxTemperature: 1,
  topK: true,
  seed: false,
  penalties: false,
  stopSequences: 1000,
  forcedToolChoiceWhileReasoning: false,
  parallelToolControl: true,
  jsonOutput: false,
  imagesInResults: 'native',
  // What Claude Code sends with every request.
  cacheMarks: 'cache_control',
  metadata: true,
};

const GEMINI: Omit<ModelTraits, 'vendor'> = {
  ...OPENAI_CHAT,
  dialect: 'gemini',
  maxOutputTokens: 65_536,
  topK: true,
  stopSequences: 5,
  manyChoices: true,
  allowedTools: true,
  toolSchema: 'gemini-json-schema',
  outputSchema: 'gemini',
  // The API takes URLs of its own files and of YouTube only.
  imageUrls: false,
  documents: true,
  audio: true,
  video: true,
};

/** Per format, for any vendor. */
export const DEFAULT_TRAITS: Readonly<Record<DialectId, Omit<ModelTraits, 'vendor'>>> = {
  'openai-chat': OPENAI_CHAT,
  'openai-responses': OPENAI_RESPONSES,
  'anthropic-messages': ANTHROPIC_MESSAGES,
  gemini: GEMINI,
};
