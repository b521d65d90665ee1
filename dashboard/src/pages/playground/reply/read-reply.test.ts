import { describe, expect, test } from 'vitest';
import type { Dialect } from '../wire/formats.ts';
import { readReply, wholeReply } from './read-reply.ts';
import type { Reply } from './reply.ts';

function streamed(dialect: Dialect, events: readonly (object | string)[]): Reply {
  const reader = readReply(dialect);
  for (const event of events)
    reader.event({ name: '', data: typeof event === 'string' ? event : JSON.stringify(event) });
  return reader.reply();
}

const whole = (dialect: Dialect, body: object): Reply => wholeReply(dialect, JSON.stringify(body));

/** Without the keys, which are the formats' own. */
const said = ({ blocks }: Reply): unknown[] =>
  blocks.map(({ kind, text, name, id }) => [kind, text, ...(name === undefined ? [] : [name, id])]);

const SAID = [
  ['reasoning', 'Hm, rain.'],
  ['text', 'It rains.'],
  ['tool', '{"city":"Rome"}', 'get_weather', 'call_1'],
];
const USAGE = { input: 100, cacheRead: 40, output: 30, reasoning: 10 };

describe('answers of Chat Completions', () => {
  const usage = {
    prompt_tokens: 100,
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens: 30,
    completion_tokens_details: { reasoning_tokens: 10 },
  };

  test('11.10 a stream is put together out of its pieces', () => {
    const chunk = (delta: object, finish_reason: string | null = null): object => ({
      model: 'm',
      choices: [{ index: 0, delta, finish_reason }],
    });
    const call = (name: string | undefined, args: string): object => ({
      tool_calls: [
        { index: 0, ...(name === undefined ? {} : { id: 'call_1' }), function: { name, arguments: args } },
      ],
    });
    const reply = streamed('openai-chat', [
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm, ' }),
      chunk({ reasoning_content: 'rain.' }),
      chunk({ content: 'It ' }),
      chunk({ content: 'rains.' }),
      chunk(call('get_weather', '')),
      chunk(call(undefined, '{"city":')),
      chunk(call(undefined, '"Rome"}')),
      chunk({}, 'tool_calls'),
      { choices: [], usage },
      '[DONE]',
    ]);
    expect(said(reply)).toEqual(SAID);
    expect(reply).toMatchObject({ model: 'm', stop: 'tool_calls', usage: USAGE, others: 0 });
  });

  test('a whole answer says the same; further answers are counted; a refusal stands apart', () => {
    const message = {
      content: 'It rains.',
      reasoning_content: 'Hm, rain.',
      tool_calls: [{ id: 'call_1', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } }],
    };
    const reply = whole('openai-chat', {
      model: 'm',
      choices: [
        { index: 0, message, finish_reason: 'tool_calls' },
        { index: 1, message },
      ],
      usage,
    });
    expect(said(reply)).toEqual(SAID);
    expect(reply).toMatchObject({ usage: USAGE, others: 1 });
    const refused = whole('openai-chat', { choices: [{ message: { content: null, refusal: 'No.' } }] });
    expect(said(refused)).toEqual([['refusal', 'No.']]);
  });

  test('an error within a stream is told beside what came before', () => {
    const reply = streamed('openai-chat', [
      { choices: [{ index: 0, delta: { content: 'It' } }] },
      { error: { message: 'Gone.', type: 'api_error', code: 'upstream_died' } },
    ]);
    expect(said(reply)).toEqual([['text', 'It']]);
    expect(reply.failure).toEqual({ message: 'Gone.', type: 'api_error', code: 'upstream_died' });
  });
});

describe('answers of the Responses API', () => {
  const response = {
    model: 'm',
    status: 'completed',
    error: null,
    output: [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm, rain.' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'It rains.' }] },
      { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Rome"}' },
    ],
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 10 },
    },
  };

  test('11.10 a stream is put together out of its events', () => {
    const reply = streamed('openai-responses', [
      { type: 'response.created', response: { model: 'm', status: 'in_progress' } },
      {
        type: 'response.reasoning_summary_text.delta',
        output_index: 0,
        summary_index: 0,
        delta: 'Hm, rain.',
      },
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'It ' },
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'rains.' },
      { type: 'response.output_item.added', output_index: 2, item: { ...response.output[2], arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"city":"Rome"}' },
      { type: 'response.output_item.done', output_index: 2, item: response.output[2] },
      { type: 'response.completed', response },
    ]);
    expect(said(reply)).toEqual(SAID);
    expect(reply).toMatchObject({ model: 'm', stop: 'completed', usage: USAGE });
    expect(reply.failure).toBeUndefined();
  });

  test('a whole response says the same, also where it is all that a stream tells', () => {
    expect(said(whole('openai-responses', response))).toEqual(SAID);
    expect(said(streamed('openai-responses', [{ type: 'response.completed', response }]))).toEqual(SAID);
  });

  test('a response that was cut says why; one that failed tells its error', () => {
    const cut = { ...response, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(whole('openai-responses', cut).stop).toBe('incomplete: max_output_tokens');
    const failed = { status: 'failed', error: { code: 'server_error', message: 'Gone.' } };
    expect(streamed('openai-responses', [{ type: 'response.failed', response: failed }]).failure).toEqual({
      message: 'Gone.',
      code: 'server_error',
    });
    expect(streamed('openai-responses', [{ type: 'error', message: 'No.', code: 'x' }]).failure).toEqual({
      message: 'No.',
      code: 'x',
    });
  });
});

describe('answers of the Messages API', () => {
  const usage = { input_tokens: 50, cache_read_input_tokens: 40, cache_creation_input_tokens: 10 };
  const output = { output_tokens: 30, output_tokens_details: { thinking_tokens: 10 } };

  test('11.10 a stream is put together out of its blocks', () => {
    const reply = streamed('anthropic-messages', [
      { type: 'message_start', message: { model: 'm', usage: { ...usage, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm, rain.' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'abc' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'It rains.' } },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 'call_1', name: 'get_weather', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{"city":' },
      },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '"Rome"}' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: output },
      { type: 'message_stop' },
    ]);
    expect(said(reply)).toEqual(SAID);
    expect(reply).toMatchObject({ model: 'm', stop: 'tool_use', usage: USAGE });
  });

  test('a whole message says the same, and an error tells its type', () => {
    const reply = whole('anthropic-messages', {
      type: 'message',
      model: 'm',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm, rain.', signature: 'abc' },
        { type: 'text', text: 'It rains.' },
        { type: 'tool_use', id: 'call_1', name: 'get_weather', input: { city: 'Rome' } },
        { type: 'redacted_thinking', data: 'xyz' },
      ],
      usage: { ...usage, ...output },
    });
    expect(said(reply)).toEqual(SAID);
    expect(reply.usage).toEqual(USAGE);
    const failed = streamed('anthropic-messages', [
      { type: 'error', error: { type: 'overloaded_error', message: 'Full.' } },
    ]);
    expect(failed.failure).toEqual({ message: 'Full.', type: 'overloaded_error' });
  });
});

describe('answers of Gemini', () => {
  const usageMetadata = {
    promptTokenCount: 100,
    cachedContentTokenCount: 40,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 10,
  };
  const part = (one: object, more: object = {}): object => ({
    candidates: [{ content: { role: 'model', parts: [one] }, index: 0, ...more }],
    modelVersion: 'm',
    usageMetadata,
  });

  test('11.10 a stream is put together out of its parts', () => {
    const reply = streamed('gemini', [
      part({ text: 'Hm, ', thought: true }),
      part({ text: 'rain.', thought: true }),
      part({ text: 'It ' }),
      part({ text: 'rains.', thoughtSignature: 'abc' }),
      part({ functionCall: { id: 'call_1', name: 'get_weather', args: { city: 'Rome' } } }),
      part({ text: '' }, { finishReason: 'STOP' }),
    ]);
    expect(said(reply)).toEqual(SAID);
    expect(reply).toMatchObject({ model: 'm', stop: 'STOP', usage: USAGE });
  });

  test('two calls of one answer are two, a picture is shown, and a blocked question says so', () => {
    const reply = whole('gemini', {
      candidates: [
        {
          content: {
            parts: [
              { functionCall: { name: 'a', args: {} } },
              { functionCall: { name: 'a', args: {} } },
              { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
              { inlineData: { mimeType: 'text/html', data: 'AAAA' } },
            ],
          },
        },
      ],
    });
    expect(reply.blocks.map(({ kind }) => kind)).toEqual(['tool', 'tool', 'image', 'other']);
    expect(whole('gemini', { promptFeedback: { blockReason: 'SAFETY' } }).stop).toBe('blocked: SAFETY');
    expect(
      whole('gemini', { error: { code: 429, message: 'Slow.', status: 'RESOURCE_EXHAUSTED' } }).failure,
    ).toEqual({
      message: 'Slow.',
      code: 'RESOURCE_EXHAUSTED',
    });
  });
});

test('what is no answer at all is an empty one', () => {
  expect(wholeReply('gemini', '<html>')).toEqual({ blocks: [], others: 0 });
  expect(streamed('openai-chat', ['[DONE]', 'null', '[]', '7'])).toEqual({ blocks: [], others: 0 });
});

test('a picture elsewhere is told as text and never asked for', () => {
  const url = 'https://example.com/a.png';
  const reply = whole('openai-chat', {
    choices: [
      {
        message: {
          content: '',
          images: [{ image_url: { url } }, { image_url: { url: 'data:image/svg+xml;base64,AA' } }],
        },
      },
    ],
  });
  expect(reply.blocks.map(({ kind, text }) => [kind, text])).toEqual([
    ['other', url],
    ['other', 'data:image/svg+xml;base64,AA'],
  ]);
});
