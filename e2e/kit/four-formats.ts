// The same question in each of the four formats, asked of a gateway with plain HTTP and read by the vendor's own library:
// for tests that compare what the formats are told.

import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { SDK_READERS, type Understood } from '../judges/sdk-readers.ts';

/** Every format. */
export const FORMATS: readonly DialectId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
];

/** What is asked. */
export interface Question {
  readonly model: string;
  readonly prompt: string;
  readonly streamed: boolean;
  /** A tool without parameters besides `city`. */
  readonly tool?: string;
  readonly reasoning?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As the library understands it; rejects where the library throws. */
  read(): Promise<Understood>;
}

const MOST_TOKENS = 2_000;
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

const BODIES: Readonly<Record<DialectId, (question: Question) => object>> = {
  'openai-chat': ({ model, prompt, streamed, tool, reasoning }) => ({
    model,
    stream: streamed,
    ...(streamed ? { stream_options: { include_usage: true } } : {}),
    max_completion_tokens: MOST_TOKENS,
    messages: [{ role: 'user', content: prompt }],
    ...(tool === undefined ? {} : { tools: [{ type: 'function', function: { name: tool, parameters } }] }),
    ...(reasoning === true ? { reasoning_effort: 'low' } : {}),
  }),
  'openai-responses': ({ model, prompt, streamed, tool, reasoning }) => ({
    model,
    stream: streamed,
    max_output_tokens: MOST_TOKENS,
    input: [{ role: 'user', content: prompt }],
    ...(tool === undefined ? {} : { tools: [{ type: 'function', name: tool, parameters, strict: false }] }),
    ...(reasoning === true ? { reasoning: { effort: 'low', summary: 'auto' } } : {}),
  }),
  'anthropic-messages': ({ model, prompt, streamed, tool, reasoning }) => ({
    model,
    stream: streamed,
    max_tokens: MOST_TOKENS,
    messages: [{ role: 'user', content: prompt }],
    ...(tool === undefined ? {} : { tools: [{ name: tool, input_schema: parameters }] }),
    ...(reasoning === true ? { thinking: { type: 'enabled', budget_tokens: 1_024 } } : {}),
  }),
  gemini: ({ prompt, tool, reasoning }) => ({
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    generationConfig: {
      maxOutputTokens: MOST_TOKENS,
      ...(reasoning === true ? { thinkingConfig: { includeThoughts: true } } : {}),
    },
    ...(tool === undefined
      ? {}
      : { tools: [{ functionDeclarations: [{ name: tool, parametersJsonSchema: parameters }] }] }),
  }),
};

/** A question as a format asks it. */
export function bodyOf(format: DialectId, question: Question): object {
  return BODIES[format](question);
}

/** Where a question is sent. */
export function pathOf(format: DialectId, { model, streamed }: Question): string {
  if (format === 'openai-chat') return '/v1/chat/completions';
  if (format === 'openai-responses') return '/v1/responses';
  if (format === 'anthropic-messages') return '/v1/messages';
  return `/v1beta/models/${model}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

/** Asks, and takes the whole answer. */
export async function askIn(format: DialectId, origin: string, question: Question): Promise<Told> {
  const response = await fetch(`${origin}${pathOf(format, question)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...question.headers },
    body: JSON.stringify(BODIES[format](question)),
  });
  const text = await response.text();
  const reader = SDK_READERS[format];
  return {
    status: response.status,
    headers: response.headers,
    text,
    read: () => (question.streamed ? reader.stream(text) : reader.body(JSON.parse(text) as unknown)),
  };
}
