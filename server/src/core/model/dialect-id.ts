// The four wire formats, and the ways in which a caller can use one.

/** A wire format. "Dialect" is the word used everywhere: code, configuration, metrics, dashboard. */
export type DialectId = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** All dialects, in the order in which documentation and tests list them. */
export const DIALECT_IDS: readonly DialectId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
];

/** The vendor family a dialect belongs to; native resources (files, batches, …) are addressed by family. */
export type Family = 'openai' | 'anthropic' | 'gemini';

/** The family of a dialect. */
export function familyOf(dialect: DialectId): Family {
  if (dialect === 'anthropic-messages') return 'anthropic';
  return dialect === 'gemini' ? 'gemini' : 'openai';
}

/**
 * How a request uses its dialect. Only `generate` makes a model write; a `count-tokens` request must never become one.
 * `embed`, `complete` (legacy text completion) and `moderate` are single JSON exchanges (`complete` may stream).
 */
export type Use = 'generate' | 'count-tokens' | 'embed' | 'complete' | 'moderate';
