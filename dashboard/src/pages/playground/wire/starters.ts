// What stands in the editor of each format at first: a small request that every model answers.

import type { Dialect } from './formats.ts';

const SYSTEM = 'You answer in one or two short sentences.';
const QUESTION = 'What does a sluice gate do?';
const MOST_TOKENS = 1_024;

const bodies: Readonly<Record<Dialect, (model: string) => object>> = {
  'openai-chat': (model) => ({
    model,
    messages: [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: QUESTION },
    ],
    max_completion_tokens: MOST_TOKENS,
    stream: true,
    stream_options: { include_usage: true },
  }),
  'openai-responses': (model) => ({
    model,
    instructions: SYSTEM,
    input: QUESTION,
    max_output_tokens: MOST_TOKENS,
    stream: true,
    store: false,
  }),
  'anthropic-messages': (model) => ({
    model,
    max_tokens: MOST_TOKENS,
    system: SYSTEM,
    messages: [{ role: 'user', content: QUESTION }],
    stream: true,
  }),
  gemini: () => ({
    systemInstruction: { parts: [{ text: SYSTEM }] },
    contents: [{ role: 'user', parts: [{ text: QUESTION }] }],
    generationConfig: { maxOutputTokens: MOST_TOKENS },
  }),
};

/** The first body of a format, as it is written. */
export function starterBody(dialect: Dialect, model: string): string {
  return JSON.stringify(bodies[dialect](model), undefined, 2);
}
