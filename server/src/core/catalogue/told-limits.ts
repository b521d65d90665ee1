// How much a model takes and writes, by what its vendor says of it in a list of models; each has its own words for it.

import { isObject } from '../model/json.ts';

type Told = Readonly<Record<string, unknown>>;

const OUTPUT = ['max_output_tokens', 'max_completion_tokens', 'max_tokens', 'outputTokenLimit'];
/** OpenRouter, Groq, Mistral, vLLM, Anthropic, Google. */
const CONTEXT = [
  'context_length',
  'context_window',
  'max_context_length',
  'max_model_len',
  'max_input_tokens',
  'inputTokenLimit',
];

function numberIn(entry: Told, names: readonly string[]): number {
  for (const name of names) {
    const value = entry[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  }
  return 0;
}

/** The context window that an entry tells, in tokens; 0: it tells none. */
export function toldContext(entry: Told): number {
  return numberIn(entry, CONTEXT);
}

/** The most output tokens that an entry tells; 0: it tells nothing of it. */
export function toldOutput(entry: Told): number {
  const within = entry['top_provider'];
  return numberIn(entry, OUTPUT) || (isObject(within) ? numberIn(within, OUTPUT) : 0);
}
