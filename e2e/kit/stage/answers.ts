// What the providers of the stage say, in each of the four formats: whole answers, and the events of streamed ones.

import type { DialectId } from '../../../server/src/core/model/dialect-id.ts';

/** Tokens as a provider counts them. Input is the whole of it, with what a cache knew or was given. */
export interface Spent {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Text alone. */
  readonly output: number;
  readonly reasoning: number;
}

/** An answer that is to be said. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly spent: Spent;
}

/** The events of a stream: those before the text, one for a piece of text, those after it. */
export interface StreamForm {
  readonly opening: readonly string[];
  piece(text: string): string;
  closing(text: string): readonly string[];
}

/** How a format says it. */
export interface Form {
  whole(answer: Answer, text: string): object;
  stream(answer: Answer): StreamForm;
  error(status: number, message: string): object;
}

const event = (data: object, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

const chatUsage = ({ input, cacheRead, output, reasoning }: Spent): object => ({
  prompt_tokens: input,
  completion_tokens: output + reasoning,
  total_tokens: input + output + reasoning,
  prompt_tokens_details: { cached_tokens: cacheRead },
  completion_tokens_details: { reasoning_tokens: reasoning },
});

const openaiError = (status: number, message: string): object => ({
  error: {
    message,
    type: status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error',
    param: null,
    code: status === 429 ? 'rate_limit_exceeded' : null,
  },
});

const chat: Form = {
  whole: ({ id, model, spent }, text) => ({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: nowSeconds(),
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: chatUsage(spent),
  }),
  stream: ({ id, model, spent }) => {
    const head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: nowSeconds(), model };
    const delta = (value: object, reason: string | null = null): string =>
      event({ ...head, choices: [{ index: 0, delta: value, finish_reason: reason }] });
    return {
      opening: [delta({ role: 'assistant', content: '' })],
      piece: (content) => delta({ content }),
      closing: () => [
        delta({}, 'stop'),
        event({ ...head, choices: [], usage: chatUsage(spent) }),
        'data: [DONE]\n\n',
      ],
    };
  },
  error: openaiError,
};

const responsesUsage = ({ input, cacheRead, output, reasoning }: Spent): object => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cacheRead },
  output_tokens: output + reasoning,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output + reasoning,
});

const message = (id: string, text: string): object => ({
  type: 'message',
  id: `msg_${id}`,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});

const responses: Form = {
  whole: ({ id, model, spent }, text) => ({
    id: `resp_${id}`,
    object: 'response',
    created_at: nowSeconds(),
    status: 'completed',
    model,
    output: [message(id, text)],
    usage: responsesUsage(spent),
  }),
  stream: ({ id, model, spent }) => {
    let number = 0;
    const say = (type: string, more: object): string =>
      event({ type, sequence_number: number++, ...more }, type);
    const response = { id: `resp_${id}`, object: 'response', created_at: nowSeconds(), model };
    const place = { item_id: `msg_${id}`, output_index: 0, content_index: 0 };
    const part = (text: string): object => ({ type: 'output_text', text, annotations: [] });
    const item = { type: 'message', id: `msg_${id}`, role: 'assistant', status: 'in_progress', content: [] };
    return {
      opening: [
        say('response.created', { response: { ...response, status: 'in_progress', output: [] } }),
        say('response.output_item.added', { output_index: 0, item }),
        say('response.content_part.added', { ...place, part: part('') }),
      ],
      piece: (delta) => say('response.output_text.delta', { ...place, delta }),
      closing: (text) => [
        say('response.output_text.done', { ...place, text }),
        say('response.content_part.done', { ...place, part: part(text) }),
        say('response.output_item.done', { output_index: 0, item: message(id, text) }),
        say('response.completed', {
          response: {
            ...response,
            status: 'completed',
            output: [message(id, text)],
            usage: responsesUsage(spent),
          },
        }),
      ],
    };
  },
  error: openaiError,
};

const messagesInput = ({ input, cacheRead, cacheWrite }: Spent): object => ({
  input_tokens: input - cacheRead - cacheWrite,
  cache_read_input_tokens: cacheRead,
  cache_creation_input_tokens: cacheWrite,
  cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
});

const messages: Form = {
  whole: ({ id, model, spent }, text) => ({
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { ...messagesInput(spent), output_tokens: spent.output + spent.reasoning },
  }),
  stream: ({ id, model, spent }) => {
    const say = (type: string, more: object): string => event({ type, ...more }, type);
    const head = { id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [] };
    const open = { stop_reason: null, stop_sequence: null };
    return {
      opening: [
        say('message_start', {
          message: { ...head, ...open, usage: { ...messagesInput(spent), output_tokens: 1 } },
        }),
        say('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ],
      piece: (text) => say('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
      closing: () => [
        say('content_block_stop', { index: 0 }),
        say('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: spent.output + spent.reasoning },
        }),
        say('message_stop', {}),
      ],
    };
  },
  error: (status, text) => ({
    type: 'error',
    error: {
      type: status === 429 ? 'rate_limit_error' : status >= 500 ? 'api_error' : 'invalid_request_error',
      message: text,
    },
  }),
};

const geminiUsage = ({ input, cacheRead, output, reasoning }: Spent): object => ({
  promptTokenCount: input,
  cachedContentTokenCount: cacheRead,
  candidatesTokenCount: output,
  thoughtsTokenCount: reasoning,
  totalTokenCount: input + output + reasoning,
});

const gemini: Form = {
  whole: ({ id, model, spent }, text) => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: geminiUsage(spent),
    modelVersion: model,
    responseId: id,
  }),
  stream: ({ id, model, spent }) => {
    const say = (text: string, more: object = {}): string =>
      event({
        candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }],
        usageMetadata: geminiUsage(spent),
        modelVersion: model,
        responseId: id,
      });
    return { opening: [], piece: (text) => say(text), closing: () => [say('', { finishReason: 'STOP' })] };
  },
  error: (status, text) => ({
    error: { code: status, message: text, status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL' },
  }),
};

/** All four. */
export const FORMS: Readonly<Record<DialectId, Form>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
};
