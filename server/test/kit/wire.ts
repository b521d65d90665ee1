// The four formats as a test speaks them: requests, healthy answers, errors, and a reader that says what a client saw.

import type { DialectId } from '../../src/core/model/dialect-id.ts';

/** A request of a dialect, ready to be sent. */
export interface WireRequest {
  readonly path: string;
  readonly body: string;
}

/** What a client understands of an answer. */
export interface Understood {
  readonly text: string;
  /** The terminal event was seen, or the JSON answer is complete. */
  readonly complete: boolean;
  /** The message of an error in the dialect's own shape. */
  readonly error: string | undefined;
}

interface Wire {
  request(model: string, stream: boolean, text: string): WireRequest;
  /** A complete JSON answer. */
  json(model: string, text: string): string;
  /** A complete stream, event by event; the text is spread over several of them. */
  events(model: string, text: string): string[];
  /** How many of the events come before the first output. */
  readonly prelude: number;
  error(status: number, message: string): string;
  errorEvent(message: string): string;
  understand(body: string, stream: boolean): Understood;
}

type Json = Readonly<Record<string, unknown>>;

const event = (value: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;

/** Three pieces that together are the text. */
function pieces(text: string): string[] {
  const third = Math.ceil(text.length / 3);
  return [text.slice(0, third), text.slice(third, 2 * third), text.slice(2 * third)].filter(
    (piece) => piece !== '',
  );
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** A member at a path of names and numbers. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path)
    found =
      typeof found === 'object' && found !== null
        ? (found as Record<string | number, unknown>)[step]
        : undefined;
  return found;
}

const textAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
};

/** The data of each event; `undefined` for data that is not JSON, which a client would choke on. */
export function dataOf(body: string): (Json | '[DONE]' | undefined)[] {
  return body
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) =>
      block
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n'),
    )
    .filter((data) => data !== '')
    .map((data) => (data === '[DONE]' ? '[DONE]' : parsed(data)));
}

const messageOf = (value: unknown): string | undefined => textAt(value, 'error', 'message') || undefined;

/** Understands a stream by what each event adds, ends or reports. */
function follow(
  body: string,
  read: (json: Json) => { text?: string; ended?: boolean; error?: string | undefined },
): Understood {
  let text = '';
  let complete = false;
  let error: string | undefined;
  for (const data of dataOf(body)) {
    if (data === '[DONE]') {
      complete = true;
      continue;
    }
    if (data === undefined) return { text, complete: false, error: undefined };
    const seen = read(data);
    text += seen.text ?? '';
    complete ||= seen.ended === true;
    error ??= seen.error;
  }
  return { text, complete: complete && error === undefined, error };
}

function whole(body: string, text: (json: Json) => string): Understood {
  const json = parsed(body);
  const error = messageOf(json);
  const said = json === undefined ? '' : text(json);
  return { text: said, complete: error === undefined && said !== '', error };
}

const chatUsage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const openaiError = (status: number, message: string): string =>
  JSON.stringify({
    error: {
      message,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: null,
    },
  });

const chat: Wire = {
  request: (model, stream, text) => ({
    path: '/v1/chat/completions',
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: text }] }),
  }),
  json: (model, text) =>
    JSON.stringify({
      id: `chatcmpl-${text.length}`,
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: chatUsage,
    }),
  events: (model, text) => {
    const chunk = (more: Json): Json => ({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model,
      ...more,
    });
    const delta = (value: Json, finish: string | null = null): string =>
      event(chunk({ choices: [{ index: 0, delta: value, finish_reason: finish }] }));
    return [
      delta({ role: 'assistant', content: '' }),
      ...pieces(text).map((content) => delta({ content })),
      delta({}, 'stop'),
      event(chunk({ choices: [], usage: chatUsage })),
      'data: [DONE]\n\n',
    ];
  },
  prelude: 1,
  error: openaiError,
  errorEvent: (message) => event({ error: { message, type: 'server_error', code: null, param: null } }),
  understand: (body, stream) =>
    stream
      ? follow(body, (json) => ({
          text: textAt(json, 'choices', 0, 'delta', 'content'),
          error: messageOf(json),
        }))
      : whole(body, (json) => textAt(json, 'choices', 0, 'message', 'content')),
};

const responsesUsage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };

const responses: Wire = {
  request: (model, stream, text) => ({
    path: '/v1/responses',
    body: JSON.stringify({ model, stream, input: text }),
  }),
  json: (model, text) =>
    JSON.stringify({
      id: 'resp_0123456789',
      object: 'response',
      created_at: 1,
      status: 'completed',
      model,
      output: [
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
      usage: responsesUsage,
    }),
  events: (model, text) => {
    let number = 0;
    const say = (type: string, more: Json): string =>
      event({ type, sequence_number: number++, ...more }, type);
    const response = { id: 'resp_0123456789', object: 'response', created_at: 1, model, output: [] };
    return [
      say('response.created', { response: { ...response, status: 'in_progress' } }),
      say('response.output_item.added', {
        output_index: 0,
        item: { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] },
      }),
      ...pieces(text).map((delta) =>
        say('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta }),
      ),
      say('response.output_text.done', { item_id: 'msg_1', output_index: 0, content_index: 0, text }),
      say('response.completed', { response: { ...response, status: 'completed', usage: responsesUsage } }),
    ];
  },
  prelude: 2,
  error: openaiError,
  errorEvent: (message) =>
    event({ type: 'error', sequence_number: 9, code: 'server_error', message, param: null }, 'error'),
  understand: (body, stream) =>
    stream
      ? follow(body, (json) => {
          const type = textAt(json, 'type');
          return {
            text: type === 'response.output_text.delta' ? textAt(json, 'delta') : '',
            ended: type === 'response.completed',
            error:
              type === 'error'
                ? textAt(json, 'message') || messageOf(json)
                : type === 'response.failed'
                  ? messageOf(at(json, 'response'))
                  : undefined,
          };
        })
      : whole(body, (json) => textAt(json, 'output', 0, 'content', 0, 'text')),
};

const anthropicUsage = { input_tokens: 11, output_tokens: 7 };
const anthropicKind = (status: number): string => (status >= 500 ? 'api_error' : 'invalid_request_error');

const messages: Wire = {
  request: (model, stream, text) => ({
    path: '/v1/messages',
    body: JSON.stringify({ model, max_tokens: 100, stream, messages: [{ role: 'user', content: text }] }),
  }),
  json: (model, text) =>
    JSON.stringify({
      id: 'msg_0123456789',
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: anthropicUsage,
    }),
  events: (model, text) => {
    const say = (type: string, more: Json): string => event({ type, ...more }, type);
    const message = {
      id: 'msg_0123456789',
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
    };
    return [
      say('message_start', { message: { ...message, usage: { input_tokens: 11, output_tokens: 1 } } }),
      say('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...pieces(text).map((piece) =>
        say('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }),
      ),
      say('content_block_stop', { index: 0 }),
      say('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 7 },
      }),
      say('message_stop', {}),
    ];
  },
  prelude: 2,
  error: (status, message) =>
    JSON.stringify({ type: 'error', error: { type: anthropicKind(status), message } }),
  errorEvent: (message) => event({ type: 'error', error: { type: 'overloaded_error', message } }, 'error'),
  understand: (body, stream) =>
    stream
      ? follow(body, (json) => ({
          text: textAt(json, 'delta', 'text'),
          ended: textAt(json, 'type') === 'message_stop',
          error: messageOf(json),
        }))
      : whole(body, (json) => textAt(json, 'content', 0, 'text')),
};

const geminiUsage = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 };

const gemini: Wire = {
  request: (model, stream, text) => ({
    path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] }),
  }),
  json: (model, text) =>
    JSON.stringify({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: geminiUsage,
      modelVersion: model,
      responseId: 'gem-0123456789',
    }),
  events: (model, text) => {
    const all = pieces(text);
    return all.map((piece, index) =>
      event({
        candidates: [
          {
            content: { role: 'model', parts: [{ text: piece }] },
            ...(index === all.length - 1 ? { finishReason: 'STOP' } : {}),
            index: 0,
          },
        ],
        usageMetadata: geminiUsage,
        modelVersion: model,
        responseId: 'gem-0123456789',
      }).replace(/\n/g, '\r\n'),
    );
  },
  prelude: 0,
  error: (status, message) =>
    JSON.stringify({ error: { code: status, message, status: 'INVALID_ARGUMENT' } }),
  errorEvent: (message) => event({ error: { code: 503, message, status: 'UNAVAILABLE' } }),
  understand: (body, stream) =>
    stream
      ? follow(body, (json) => ({
          text: textAt(json, 'candidates', 0, 'content', 'parts', 0, 'text'),
          ended: textAt(json, 'candidates', 0, 'finishReason') !== '',
          error: messageOf(json),
        }))
      : whole(body, (json) => textAt(json, 'candidates', 0, 'content', 'parts', 0, 'text')),
};

/** All four. */
export const wires: Readonly<Record<DialectId, Wire>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
};
