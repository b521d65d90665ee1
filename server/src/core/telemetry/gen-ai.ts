// What the OpenTelemetry conventions for generative AI call providers and operations, and how they count tokens.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/

import type { DialectId, Use } from '../model/dialect-id.ts';
import { inputTokens, outputTokens, type Usage, writtenTokens } from '../model/usage.ts';

/** Providers that have a name in the conventions; the others go by their own id. */
const PROVIDERS: Readonly<Record<string, string>> = {
  gemini: 'gcp.gemini',
  'gemini-compatible': 'gcp.gemini',
  'azure-openai': 'azure.ai.openai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

/** `gen_ai.provider.name` of one of our providers. */
export function genAiProvider(providerId: string): string {
  return Object.hasOwn(PROVIDERS, providerId) ? (PROVIDERS[providerId] ?? providerId) : providerId;
}

/** `gen_ai.operation.name`; undefined for what is no operation of a model. */
export function genAiOperation(use: Use | 'resource', dialect: DialectId | undefined): string | undefined {
  switch (use) {
    case 'generate':
      return dialect === 'gemini' ? 'generate_content' : 'chat';
    case 'complete':
      return 'text_completion';
    case 'embed':
      return 'embeddings';
    default:
      return undefined;
  }
}

/** Tokens as the conventions count them: cached ones are part of the input, reasoning is part of the output. */
export interface GenAiTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheCreation: number;
}

/** Sums of a usage. */
export function genAiTokens(usage: Usage): GenAiTokens {
  return {
    input: inputTokens(usage),
    output: outputTokens(usage),
    cacheRead: usage.input.cacheRead,
    cacheCreation: writtenTokens(usage),
  };
}
