// Streams made up by hand, one per rule of a dialect's stream grammar, with what a watcher must make of them.

import type { Framing, Phase } from '../../src/core/dialects/dialect.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { ErrorCode } from '../../src/core/model/error.ts';

/** A stream and its meaning. */
export interface MadeStream {
  /** What the stream shows, as the end of a sentence. */
  readonly name: string;
  readonly dialect: DialectId;
  readonly framing: Framing;
  /** Complete events or elements, one per entry. */
  readonly pieces: readonly string[];
  /** Phase after each piece has been read. */
  readonly phases: readonly Phase[];
  /** Phase after a clean end. */
  readonly end: Phase;
  readonly error?: { readonly code: ErrorCode; readonly status: number; readonly text: string };
  /** Input and output tokens in all; null where the stream tells none. */
  readonly tokens: readonly [input: number, output: number] | null;
}

type Row = readonly [piece: string, phase: Phase];
type Rest = Partial<Pick<MadeStream, 'error' | 'tokens' | 'framing'>> & { readonly end?: Phase };

function made(dialect: DialectId, name: string, rows: readonly Row[], rest: Rest = {}): MadeStream {
  return {
    name,
    dialect,
    framing: rest.framing ?? 'sse',
    pieces: rows.map(([piece]) => piece),
    phases: rows.map(([, phase]) => phase),
    end: rest.end ?? rows.at(-1)?.[1] ?? 'prelude',
    tokens: rest.tokens ?? null,
    ...(rest.error === undefined ? {} : { error: rest.error }),
  };
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (value: { readonly type: string }): string => `event: ${value.type}\n${data(value)}`;
const DONE = 'data: [DONE]\n\n';

// ------------------------------------------------------------------------------------------ openai-chat

const chunk = (choice: unknown, more: object = {}): string =>
  data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'm-1', choices: [choice], ...more });
const delta = (members: unknown, more: object = {}): string => chunk({ index: 0, delta: members }, more);
const stop = (more: object = {}): string => chunk({ index: 0, delta: {}, finish_reason: 'stop' }, more);
const chatUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const CHAT: readonly MadeStream[] = [
  made(
    'openai-chat',
    'a role alone is no output, and usage comes in a chunk without choices',
    [
      [delta({ role: 'assistant', content: '' }, { usage: null }), 'prelude'],
      [delta({ content: 'Say "usage": {"prompt_tokens": 99} and [DONE]\n' }, { usage: null }), 'output'],
      [stop({ usage: null }), 'output'],
      [data({ id: 'chatcmpl-1', choices: [], usage: chatUsage }), 'output'],
      [DONE, 'ended'],
      [delta({ content: 'late' }), 'ended'],
    ],
    { tokens: [10, 5] },
  ),
  made('openai-chat', 'comments, keep-alive chunks and prompt filter results come before output', [
    [': OPENROUTER PROCESSING\n\n', 'prelude'],
    [data({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }), 'prelude'],
    [data({ choices: null }), 'prelude'],
    [delta({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '' } }] }), 'output'],
    [chunk({ index: 0, delta: {}, finish_reason: 'tool_calls' }), 'output'],
    [DONE, 'ended'],
  ]),
  made(
    'openai-chat',
    'cumulative usage in every chunk counts once, at its last value',
    [
      [
        delta(
          { reasoning_content: 'hm' },
          { usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 } },
        ),
        'output',
      ],
      [
        delta({ content: 'a' }, { usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } }),
        'output',
      ],
      [stop({ usage: chatUsage }), 'output'],
      [': keep-alive\n\n', 'output'],
      [DONE, 'ended'],
    ],
    { tokens: [10, 5] },
  ),
  made(
    'openai-chat',
    'a clean end after a finish reason is an end without [DONE]',
    [
      [delta({ content: 'a' }), 'output'],
      [stop(), 'output'],
    ],
    {
      end: 'ended',
    },
  ),
  made(
    'openai-chat',
    'a clean end without finish reason and [DONE] is no end',
    [[delta({ content: 'a' }), 'output']],
    {
      end: 'output',
    },
  ),
  made('openai-chat', 'legacy text completions are watched alike', [
    [chunk({ index: 0, text: '', finish_reason: null }), 'prelude'],
    [chunk({ index: 0, text: 'Hello', finish_reason: null }), 'output'],
    [chunk({ index: 0, text: '', finish_reason: 'length' }), 'output'],
    [DONE, 'ended'],
  ]),
  made(
    'openai-chat',
    'an error object instead of a chunk fails before output',
    [[data({ error: { message: 'Slow down.', type: 'rate_limit_error' } }), 'failed']],
    { error: { code: 'upstream_stream_error', status: 429, text: 'Slow down.' } },
  ),
  made(
    'openai-chat',
    'an event named error fails after output',
    [
      [delta({ content: 'a' }), 'output'],
      [
        `event: error\n${data({ error: { message: 'No such tool.', code: 'tool_use_failed', status_code: 400 } })}`,
        'failed',
      ],
      [DONE, 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 400, text: 'No such tool.' } },
  ),
  made(
    'openai-chat',
    'an error beside choices fails, even after a finish reason',
    [
      [delta({ content: 'a' }), 'output'],
      [stop(), 'output'],
      [
        delta({ content: '' }, { error: { code: 502, message: 'Provider gone' }, usage: chatUsage }),
        'failed',
      ],
      [DONE, 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 502, text: 'Provider gone' }, tokens: [10, 5] },
  ),
  made(
    'openai-chat',
    'an error without a message member is found when the stream ends',
    [
      [delta({ content: 'a' }), 'output'],
      [data({ code: 'invalid-argument', error: 'Bad key.' }), 'output'],
    ],
    { end: 'failed', error: { code: 'upstream_stream_error', status: 400, text: 'Bad key.' } },
  ),
  made(
    'openai-chat',
    '[DONE] without any output is an empty answer',
    [
      [delta({ role: 'assistant' }), 'prelude'],
      [DONE, 'failed'],
    ],
    {
      error: { code: 'upstream_answer', status: 502, text: 'without any output' },
    },
  ),
  made('openai-chat', 'events that are not JSON are no stream', [['data: <html>\n\n', 'failed']], {
    error: { code: 'upstream_answer', status: 502, text: 'not JSON' },
  }),
  made('openai-chat', 'a broken event after output is passed over', [
    [delta({ content: 'a' }), 'output'],
    ['data: {"error": {"message": \n\n', 'output'],
    [DONE, 'ended'],
  ]),
  made('openai-chat', 'deltas of a wrong shape are no output', [
    [
      data({
        choices: [null, 7, 'x', { delta: null }, { delta: [] }, { delta: { content: null, tool_calls: {} } }],
      }),
      'prelude',
    ],
    [data(null), 'prelude'],
    [data([1]), 'prelude'],
    [data({ choices: [{ delta: { content: [{ type: 'thinking' }] } }] }), 'output'],
  ]),
];

// ------------------------------------------------------------------------------------- openai-responses

const response = (status: string, more: object = {}): object => ({
  id: 'resp_1',
  object: 'response',
  model: 'm-1',
  status,
  ...more,
});
const lifecycle = (status: string, more: object = {}): string =>
  named({ type: `response.${status}`, ...{ response: response(status, more) } });
const responsesUsage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };

const RESPONSES: readonly MadeStream[] = [
  made(
    'openai-responses',
    'lifecycle and empty items are no output',
    [
      [lifecycle('created', { error: null, usage: null }), 'prelude'],
      [lifecycle('queued'), 'prelude'],
      [lifecycle('in_progress'), 'prelude'],
      ['event: keepalive\ndata: {"type":"keepalive"}\n\n', 'prelude'],
      [
        named({ type: 'response.output_item.added', ...{ item: { type: 'message', content: [] } } }),
        'prelude',
      ],
      [
        named({ type: 'response.content_part.added', ...{ part: { type: 'output_text', text: '' } } }),
        'prelude',
      ],
      [named({ type: 'response.output_text.delta', ...{ delta: '' } }), 'prelude'],
      [
        named({ type: 'response.output_text.delta', ...{ delta: 'It is response.completed, message' } }),
        'output',
      ],
      [lifecycle('completed', { usage: responsesUsage, output: [] }), 'ended'],
    ],
    { tokens: [10, 5] },
  ),
  made('openai-responses', 'a tool call is output as soon as it is opened', [
    [lifecycle('created'), 'prelude'],
    [
      named({ type: 'response.output_item.added', ...{ item: { type: 'reasoning', summary: [] } } }),
      'prelude',
    ],
    [
      named({ type: 'response.output_item.added', ...{ item: { type: 'function_call', name: 'f' } } }),
      'output',
    ],
  ]),
  made(
    'openai-responses',
    'an incomplete response is an end',
    [
      [named({ type: 'response.output_text.delta', ...{ delta: 'a' } }), 'output'],
      [
        lifecycle('incomplete', {
          usage: responsesUsage,
          incomplete_details: { reason: 'max_output_tokens' },
        }),
        'ended',
      ],
    ],
    { tokens: [10, 5] },
  ),
  made('openai-responses', 'a clean end without a last event is no end', [
    [named({ type: 'response.output_text.delta', ...{ delta: 'a' } }), 'output'],
  ]),
  made(
    'openai-responses',
    'a nested error event fails',
    [
      [lifecycle('created'), 'prelude'],
      [
        named({ type: 'error', ...{ error: { code: 'insufficient_quota', message: 'No credit.' } } }),
        'failed',
      ],
    ],
    { error: { code: 'upstream_stream_error', status: 429, text: 'No credit.' } },
  ),
  made(
    'openai-responses',
    'a flat error event fails',
    [
      [named({ type: 'response.output_text.delta', ...{ delta: 'a' } }), 'output'],
      [named({ type: 'error', ...{ code: 'server_error', message: 'Broken.', param: null } }), 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 500, text: 'Broken.' } },
  ),
  made(
    'openai-responses',
    'a failed response fails and still tells its usage',
    [
      [named({ type: 'response.output_text.delta', ...{ delta: 'a' } }), 'output'],
      [
        lifecycle('failed', {
          error: { code: 'rate_limit_exceeded', message: 'Too fast.' },
          usage: responsesUsage,
        }),
        'failed',
      ],
    ],
    { error: { code: 'upstream_stream_error', status: 429, text: 'Too fast.' }, tokens: [10, 5] },
  ),
  made(
    'openai-responses',
    'a failed response needs no error to fail',
    [
      [named({ type: 'response.output_text.delta', ...{ delta: 'a' } }), 'output'],
      [lifecycle('failed', { error: null }), 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 502, text: 'no message' } },
  ),
  made('openai-responses', 'a response that is complete at once is an end', [
    [lifecycle('completed', { output: [] }), 'ended'],
  ]),
  made('openai-responses', 'events without event lines and events of other makers are understood', [
    [data({ type: 'codex.rate_limits', limits: {} }), 'prelude'],
    [data({ type: 'response.custom_tool_call_input.delta', delta: 'x' }), 'output'],
    [data({ type: 'response.completed', response: response('completed') }), 'ended'],
  ]),
];

// ----------------------------------------------------------------------------------- anthropic-messages

const start = (usage: object | null): string =>
  named({ type: 'message_start', ...{ message: { id: 'msg_1', model: 'm-1', content: [], usage } } });
const block = (content: object): string =>
  named({ type: 'content_block_start', ...{ index: 0, content_block: content } });
const grow = (members: object): string =>
  named({ type: 'content_block_delta', ...{ index: 0, delta: members } });
const last = (usage: object): string =>
  named({ type: 'message_delta', ...{ delta: { stop_reason: 'end_turn', stop_sequence: null }, usage } });
const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
const STOP = named({ type: 'message_stop' });

const MESSAGES: readonly MadeStream[] = [
  made(
    'anthropic-messages',
    'the start, pings and empty blocks are no output, and the last usage completes the first',
    [
      [start({ input_tokens: 10, cache_read_input_tokens: 100, output_tokens: 1 }), 'prelude'],
      [PING, 'prelude'],
      [block({ type: 'text', text: '' }), 'prelude'],
      [grow({ type: 'text_delta', text: '' }), 'prelude'],
      [grow({ type: 'text_delta', text: 'the message_stop of "message"' }), 'output'],
      [named({ type: 'content_block_stop' }), 'output'],
      [last({ input_tokens: null, output_tokens: 5 }), 'output'],
      [STOP, 'ended'],
    ],
    { tokens: [110, 5] },
  ),
  made(
    'anthropic-messages',
    'message_delta may raise the input tokens',
    [
      [start({ input_tokens: 10, output_tokens: 1 }), 'prelude'],
      [block({ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }), 'output'],
      [grow({ type: 'input_json_delta', partial_json: '' }), 'output'],
      [last({ input_tokens: 400, output_tokens: 7 }), 'output'],
      [STOP, 'ended'],
    ],
    { tokens: [400, 7] },
  ),
  made(
    'anthropic-messages',
    'a message without content ends with its stop reason',
    [
      [start({ input_tokens: 3, output_tokens: 1 }), 'prelude'],
      [last({ output_tokens: 2 }), 'output'],
      [STOP, 'ended'],
    ],
    { tokens: [3, 2] },
  ),
  made(
    'anthropic-messages',
    'a message that stops without content and reason is an empty answer',
    [
      [start(null), 'prelude'],
      [STOP, 'failed'],
    ],
    {
      error: { code: 'upstream_answer', status: 502, text: 'without any output' },
    },
  ),
  made(
    'anthropic-messages',
    'a clean end without message_stop is no end',
    [
      [start({ input_tokens: 3, output_tokens: 1 }), 'prelude'],
      [grow({ type: 'thinking_delta', thinking: 'hm' }), 'output'],
      [last({ output_tokens: 2 }), 'output'],
    ],
    { tokens: [3, 2] },
  ),
  made(
    'anthropic-messages',
    'an error event fails before output',
    [
      [start({ input_tokens: 3, output_tokens: 1 }), 'prelude'],
      [named({ type: 'error', ...{ error: { type: 'overloaded_error', message: 'Overloaded' } } }), 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 529, text: 'Overloaded' }, tokens: [3, 1] },
  ),
  made(
    'anthropic-messages',
    'an error event fails after output, whatever its spacing',
    [
      [grow({ type: 'text_delta', text: 'a' }), 'output'],
      [
        'event:error\r\ndata:{ "type" : "error" , "error" : { "type" : "api_error" , "message" : "Oops" } }\r\n\r\n',
        'failed',
      ],
      [STOP, 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 500, text: 'Oops' } },
  ),
  made('anthropic-messages', 'events without event lines are understood', [
    [
      data({ type: 'content_block_start', content_block: { type: 'redacted_thinking', data: 'x' } }),
      'output',
    ],
    [data({ type: 'message_stop' }), 'ended'],
  ]),
];

// ----------------------------------------------------------------------------------------------- gemini

const part = (members: object, more: object = {}): object => ({
  candidates: [{ content: { parts: [members], role: 'model' }, index: 0, ...more }],
  responseId: 'r-1',
  modelVersion: 'm-1',
});
const crlf = (value: unknown): string =>
  `data: ${JSON.stringify(value, null, 1).replaceAll('\n', ' ')}\r\n\r\n`;
const geminiUsage = {
  promptTokenCount: 10,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 2,
  totalTokenCount: 15,
};

const GEMINI: readonly MadeStream[] = [
  made(
    'gemini',
    'the finish reason is the end once the stream ends, and usage is completed by later chunks',
    [
      [
        crlf({ usageMetadata: { promptTokenCount: 10, cachedContentTokenCount: 4, totalTokenCount: 10 } }),
        'prelude',
      ],
      [
        crlf({ ...part({ text: 'a "message" of TokenCount' }), usageMetadata: { promptTokenCount: 10 } }),
        'output',
      ],
      [crlf(part({ text: '' }, { finishReason: 'STOP' })), 'output'],
      [
        crlf({ usageMetadata: { ...geminiUsage, promptTokenCount: null, cachedContentTokenCount: null } }),
        'output',
      ],
    ],
    { end: 'ended', tokens: [10, 5] },
  ),
  made('gemini', 'a part with only a signature is no output, a function call is', [
    [crlf(part({ text: '', thought: true, thoughtSignature: 'c2ln' })), 'prelude'],
    [crlf(part({ functionCall: { name: 'f', args: {} } })), 'output'],
  ]),
  made(
    'gemini',
    'a blocked prompt is an answer',
    [[crlf({ promptFeedback: { blockReason: 'SAFETY' } }), 'output']],
    { end: 'ended' },
  ),
  made(
    'gemini',
    'an empty candidate with a reason is an answer',
    [[crlf({ candidates: [{ content: {}, finishReason: 'SAFETY' }] }), 'output']],
    {
      end: 'ended',
    },
  ),
  made('gemini', 'a clean end without a finish reason is no end', [[crlf(part({ text: 'a' })), 'output']]),
  made(
    'gemini',
    'an error chunk fails and tells when to come back',
    [
      [
        crlf({
          error: {
            code: 429,
            message: 'Quota.',
            status: 'RESOURCE_EXHAUSTED',
            details: [{ retryDelay: '1.5s' }, null],
          },
        }),
        'failed',
      ],
    ],
    { error: { code: 'upstream_stream_error', status: 429, text: 'Quota.' } },
  ),
  made(
    'gemini',
    'an error chunk fails after output',
    [
      [crlf(part({ text: 'a' })), 'output'],
      [crlf([{ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } }]), 'failed'],
    ],
    { error: { code: 'upstream_stream_error', status: 503, text: 'Busy.' } },
  ),
  made(
    'gemini',
    'the elements of an array are watched like events',
    [
      [`[${JSON.stringify(part({ text: '' }), null, 2)}`, 'prelude'],
      [`,\r\n${JSON.stringify(part({ text: '} ] {' }), null, 2)}`, 'output'],
      [
        `,\r\n${JSON.stringify({ ...part({ text: 'b' }, { finishReason: 'STOP' }), usageMetadata: geminiUsage })}`,
        'output',
      ],
      [']', 'output'],
    ],
    { end: 'ended', framing: 'json-array', tokens: [10, 5] },
  ),
  made(
    'gemini',
    'an error in an array fails',
    [
      [
        '[{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}\n]',
        'failed',
      ],
    ],
    {
      framing: 'json-array',
      error: { code: 'upstream_stream_error', status: 400, text: 'API key not valid.' },
    },
  ),
];

/** All made-up streams. */
export const MADE_STREAMS: readonly MadeStream[] = [...CHAT, ...RESPONSES, ...MESSAGES, ...GEMINI];
