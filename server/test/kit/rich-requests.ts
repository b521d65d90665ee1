// A request of each format in which nearly everything occurs, and the means to change any place in it.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { at } from './wire.ts';

type Json = Readonly<Record<string, unknown>>;

const schema = { type: 'object', properties: { q: { type: 'string', enum: ['a', 'b'] } }, required: ['q'] };
const image = 'iVBORw0KGgo=';

/** A request of each format in which nearly everything occurs. */
export const RICH: Readonly<Record<DialectId, Json>> = {
  'openai-chat': {
    model: 'm',
    stream: false,
    messages: [
      { role: 'system', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${image}`, detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"q":"a"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'found' },
    ],
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: schema } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    max_completion_tokens: 100,
    temperature: 0.5,
    stop: ['END'],
    reasoning_effort: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
  },
  'openai-responses': {
    model: 'm',
    stream: false,
    instructions: 'Be short.',
    input: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look.' },
          { type: 'input_image', image_url: `data:image/png;base64,${image}`, detail: 'low' },
        ],
      },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: 'x',
      },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"q":"a"}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'found' },
    ],
    tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: schema, strict: false }],
    tool_choice: { type: 'function', name: 'look' },
    max_output_tokens: 100,
    temperature: 0.5,
    reasoning: { effort: 'low', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'n', schema } },
    store: false,
    include: ['reasoning.encrypted_content'],
  },
  'anthropic-messages': {
    model: 'm',
    stream: false,
    max_tokens: 3000,
    system: [{ type: 'text', text: 'Be short.', cache_control: { type: 'ephemeral' } }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { q: 'a' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'found' }] },
    ],
    tools: [{ name: 'look', description: 'Looks.', input_schema: schema }],
    tool_choice: { type: 'auto' },
    temperature: 1,
    stop_sequences: ['END'],
    thinking: { type: 'enabled', budget_tokens: 2000 },
    metadata: { user_id: 'u' },
  },
  gemini: {
    systemInstruction: { parts: [{ text: 'Be short.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Look.' }, { inlineData: { mimeType: 'image/png', data: image } }] },
      {
        role: 'model',
        parts: [{ functionCall: { id: 'c1', name: 'look', args: { q: 'a' } }, thoughtSignature: 'c2ln' }],
      },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'c1', name: 'look', response: { result: 'found' } } }],
      },
    ],
    tools: [{ functionDeclarations: [{ name: 'look', description: 'Looks.', parameters: schema }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: {
      maxOutputTokens: 100,
      temperature: 0.5,
      stopSequences: ['END'],
      thinkingConfig: { thinkingBudget: 512, includeThoughts: true },
      responseMimeType: 'application/json',
      responseSchema: schema,
    },
  },
};

/** The value with one place changed. */
export function changed(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return to;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? changed(item, rest, to) : item));
  return { ...(value as Json), [step]: changed(at(value, step), rest, to) };
}

/** Every place in a value. */
export function places(
  value: unknown,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : Object.entries(value).flatMap(([name, item]) => places(item, [...path, name]));
  return path.length === 0 ? inside : [path, ...inside];
}
