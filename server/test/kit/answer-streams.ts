// Answers of the four formats that consist of text, of a tool call or of reasoning and text, event by event, and the place
// in the middle of that content where a provider may break off.

import type { DialectId } from '../../src/core/model/dialect-id.ts';

/** What the first part of an answer consists of. */
export type Content = 'text' | 'tool' | 'reasoning';

/** An answer as a provider gives it. */
export interface MadeAnswer {
  /** The events of its stream. */
  readonly events: readonly string[];
  /** So many of them hold a part of the content, and nothing that ends it. */
  readonly cut: number;
  /** The same answer as one document. */
  readonly json: string;
}

type Json = Readonly<Record<string, unknown>>;
type Maker = (model: string, text: string) => MadeAnswer;

const plain = (value: Json): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (type: string, members: Json): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
const halves = (text: string): [string, string] => [
  text.slice(0, text.length / 2),
  text.slice(text.length / 2),
];

const THOUGHT = 'First I think about it for a while.';
const ARGUMENTS = '{"city":"Bonn"}';

// ------------------------------------------------------------------------------------------ Chat Completions

function chatAnswer(model: string, deltas: readonly Json[], finish: string, message: Json): MadeAnswer {
  const head = { id: 'chatcmpl-0123456789', created: 1, model };
  const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
  const chunk = (delta: Json, finish_reason: string | null): string =>
    plain({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  return {
    events: [
      chunk({ role: 'assistant', content: '' }, null),
      ...deltas.map((delta) => chunk(delta, null)),
      chunk({}, finish),
      plain({ ...head, object: 'chat.completion.chunk', choices: [], usage }),
      'data: [DONE]\n\n',
    ],
    cut: 1 + Math.min(2, deltas.length - 1),
    json: JSON.stringify({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
      usage,
    }),
  };
}

const chat: Readonly<Record<Content, Maker>> = {
  text: (model, text) => {
    const deltas = halves(text).map((content) => ({ content }));
    return chatAnswer(model, deltas, 'stop', { content: text });
  },
  tool: (model) => {
    const call = { id: 'call_0123456789', type: 'function' };
    const begun = { index: 0, ...call, function: { name: 'weather', arguments: '' } };
    const more = halves(ARGUMENTS).map((part) => ({ index: 0, function: { arguments: part } }));
    const deltas = [begun, ...more].map((one) => ({ tool_calls: [one] }));
    const whole = { ...call, function: { name: 'weather', arguments: ARGUMENTS } };
    return chatAnswer(model, deltas, 'tool_calls', { content: null, tool_calls: [whole] });
  },
  reasoning: (model, text) => {
    const thoughts = halves(THOUGHT).map((reasoning_content) => ({ reasoning_content }));
    const message = { reasoning_content: THOUGHT, content: text };
    return chatAnswer(model, [...thoughts, { content: text }], 'stop', message);
  },
};

// ------------------------------------------------------------------------------------------ Responses

/** An output item, with the events between its beginning and its end. */
interface Item {
  readonly whole: Json;
  readonly begun: Json;
  readonly between: readonly (readonly [type: string, members: Json])[];
}

function responsesAnswer(model: string, items: readonly Item[]): MadeAnswer {
  let number = 0;
  const say = (type: string, members: Json): string => named(type, { sequence_number: number++, ...members });
  const base = { id: 'resp_0123456789', object: 'response', created_at: 1, model, error: null };
  const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
  const whole = { ...base, status: 'completed', output: items.map((item) => item.whole), usage };
  const events = [say('response.created', { response: { ...base, status: 'in_progress', output: [] } })];
  items.forEach((item, output_index) => {
    events.push(say('response.output_item.added', { output_index, item: item.begun }));
    for (const [type, members] of item.between) events.push(say(type, { output_index, ...members }));
    events.push(say('response.output_item.done', { output_index, item: item.whole }));
  });
  events.push(say('response.completed', { response: whole }));
  return { events, cut: 4, json: JSON.stringify(whole) };
}

function responsesMessage(text: string): Item {
  const at = { item_id: 'msg_1', content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  const item = { type: 'message', id: 'msg_1', role: 'assistant' };
  return {
    begun: { ...item, status: 'in_progress', content: [] },
    between: [
      ['response.content_part.added', { ...at, part: { ...part, text: '' } }],
      ...halves(text).map((delta) => ['response.output_text.delta', { ...at, delta }] as const),
      ['response.output_text.done', { ...at, text }],
      ['response.content_part.done', { ...at, part }],
    ],
    whole: { ...item, status: 'completed', content: [part] },
  };
}

const responses: Readonly<Record<Content, Maker>> = {
  text: (model, text) => responsesAnswer(model, [responsesMessage(text)]),
  tool: (model) => {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_0123456789', name: 'weather' };
    const at = { item_id: 'fc_1' };
    const call: Item = {
      begun: { ...item, status: 'in_progress', arguments: '' },
      between: [
        ...[ARGUMENTS.slice(0, 3), ARGUMENTS.slice(3, 6), ARGUMENTS.slice(6)].map(
          (delta) => ['response.function_call_arguments.delta', { ...at, delta }] as const,
        ),
        ['response.function_call_arguments.done', { ...at, arguments: ARGUMENTS }],
      ],
      whole: { ...item, status: 'completed', arguments: ARGUMENTS },
    };
    return responsesAnswer(model, [call]);
  },
  reasoning: (model, text) => {
    const at = { item_id: 'rs_1', summary_index: 0 };
    const part = { type: 'summary_text', text: THOUGHT };
    const thinking: Item = {
      begun: { type: 'reasoning', id: 'rs_1', summary: [] },
      between: [
        ['response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } }],
        ...halves(THOUGHT).map(
          (delta) => ['response.reasoning_summary_text.delta', { ...at, delta }] as const,
        ),
        ['response.reasoning_summary_text.done', { ...at, text: THOUGHT }],
        ['response.reasoning_summary_part.done', { ...at, part }],
      ],
      whole: { type: 'reasoning', id: 'rs_1', summary: [part] },
    };
    return responsesAnswer(model, [thinking, responsesMessage(text)]);
  },
};

// ------------------------------------------------------------------------------------------ Messages

function messagesAnswer(
  model: string,
  blocks: readonly { readonly begun: Json; readonly deltas: readonly Json[]; readonly whole: Json }[],
  stop: string,
): MadeAnswer {
  const base = { id: 'msg_0123456789', type: 'message', role: 'assistant', model };
  const usage = { input_tokens: 11, output_tokens: 7 };
  const message = { ...base, content: [], stop_reason: null, stop_sequence: null, usage };
  const events = [named('message_start', { message })];
  blocks.forEach(({ begun, deltas }, index) => {
    events.push(named('content_block_start', { index, content_block: begun }));
    for (const delta of deltas) events.push(named('content_block_delta', { index, delta }));
    events.push(named('content_block_stop', { index }));
  });
  const ended = { stop_reason: stop, stop_sequence: null };
  events.push(named('message_delta', { delta: ended, usage: { output_tokens: 7 } }));
  events.push(named('message_stop', {}));
  const content = blocks.map(({ whole }) => whole);
  return { events, cut: 3, json: JSON.stringify({ ...base, content, ...ended, usage }) };
}

const textBlock = (text: string): Parameters<typeof messagesAnswer>[1][number] => ({
  begun: { type: 'text', text: '' },
  deltas: halves(text).map((half) => ({ type: 'text_delta', text: half })),
  whole: { type: 'text', text },
});

const messages: Readonly<Record<Content, Maker>> = {
  text: (model, text) => messagesAnswer(model, [textBlock(text)], 'end_turn'),
  tool: (model) => {
    const call = { type: 'tool_use', id: 'toolu_0123456789', name: 'weather' };
    const deltas = halves(ARGUMENTS).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    const block = { begun: { ...call, input: {} }, deltas, whole: { ...call, input: { city: 'Bonn' } } };
    return messagesAnswer(model, [block], 'tool_use');
  },
  reasoning: (model, text) => {
    const thinking = {
      begun: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...halves(THOUGHT).map((half) => ({ type: 'thinking_delta', thinking: half })),
        { type: 'signature_delta', signature: 'c2lnbmF0dXJl' },
      ],
      whole: { type: 'thinking', thinking: THOUGHT, signature: 'c2lnbmF0dXJl' },
    };
    return messagesAnswer(model, [thinking, textBlock(text)], 'end_turn');
  },
};

// ------------------------------------------------------------------------------------------ Gemini

function geminiAnswer(model: string, parts: readonly Json[], whole: readonly Json[] = parts): MadeAnswer {
  const facts = {
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
    modelVersion: model,
    responseId: 'gem-0123456789',
  };
  const chunk = (all: readonly Json[], more: Json): Json => ({
    candidates: [{ content: { role: 'model', parts: all }, index: 0, ...more }],
    ...facts,
  });
  return {
    events: parts.map((part, at) => {
      const more = at === parts.length - 1 ? { finishReason: 'STOP' } : {};
      return `data: ${JSON.stringify(chunk([part], more))}\r\n\r\n`;
    }),
    cut: parts.length - 1,
    json: JSON.stringify(chunk(whole, { finishReason: 'STOP' })),
  };
}

const gemini: Readonly<Record<Content, Maker>> = {
  text: (model, text) =>
    geminiAnswer(
      model,
      halves(text).map((half) => ({ text: half })),
      [{ text }],
    ),
  // A call is never cut in two here: the answer breaks off between two of them.
  tool: (model) =>
    geminiAnswer(
      model,
      ['Bonn', 'Kiel'].map((city) => ({ functionCall: { name: 'weather', args: { city } } })),
    ),
  reasoning: (model, text) => {
    const thoughts = halves(THOUGHT).map((half) => ({ text: half, thought: true }));
    return geminiAnswer(model, [...thoughts, { text }]);
  },
};

const makers: Readonly<Record<DialectId, Readonly<Record<Content, Maker>>>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
};

/** An answer of a format that consists of this; `text` is what it says in the end, where it says something. */
export function madeAnswer(dialect: DialectId, content: Content, model: string, text: string): MadeAnswer {
  return makers[dialect][content](model, text);
}
