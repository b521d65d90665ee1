// What is known to go wrong in streams between formats, each fact by its number.

import { describe, expect, test } from 'vitest';
import { convertStream } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { readEvents } from '../../src/core/sse/parse.ts';
import {
  answerOf,
  bodyFor,
  candidate,
  chunk,
  eventsFor,
  message,
  requestFor,
  textFor,
} from './gotchas-run.ts';
import { ANSWER_CASES, wireEvents } from './matrix-cases.ts';
import { answerConversion, FACTS, streamed } from './matrix-run.ts';
import { DIALECT_IDS } from './matrix-targets.ts';

const USAGE = { usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } };
const typed = (type: string) => (event: object) => 'type' in event && event.type === type;

describe('chunks of chat', () => {
  test('G2 G4 usage that comes after the reason is in the one message_delta', () => {
    const late = answerOf(
      'openai-chat',
      chunk({ role: 'assistant', content: 'Hi' }),
      chunk({}, 'stop'),
      chunk(undefined, null, { usage: null }),
      chunk(undefined, null, USAGE),
      '[DONE]',
    );
    const events = eventsFor('anthropic-messages', late);
    const deltas = events.filter(typed('message_delta'));
    expect(deltas).toMatchObject([
      { delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 11, output_tokens: 7 } },
    ]);
    expect(events.slice(-2)).toMatchObject([{ type: 'message_delta' }, { type: 'message_stop' }]);
  });

  test('G6 a stream without a reason and without usage still ends well', () => {
    const bare = answerOf('openai-chat', chunk({ role: 'assistant', content: 'Hi' }), '[DONE]');
    expect(eventsFor('anthropic-messages', bare).slice(-2)).toMatchObject([
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: expect.any(Number) },
      },
      { type: 'message_stop' },
    ]);
    expect(eventsFor('openai-responses', bare).at(-1)).toMatchObject({ type: 'response.completed' });
    expect(eventsFor('gemini', bare).at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
  });

  test('G7 arguments after the first usage are not lost', () => {
    const call = {
      index: 0,
      id: 'call_1',
      type: 'function',
      function: { name: 'weather', arguments: '{"city"' },
    };
    const often = answerOf(
      'openai-chat',
      chunk({ role: 'assistant', tool_calls: [call] }, null, USAGE),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':"Oslo"}' } }] }, null, USAGE),
      chunk({}, 'tool_calls', USAGE),
      '[DONE]',
    );
    expect(bodyFor('anthropic-messages', often)).toMatchObject({
      content: [{ type: 'tool_use', name: 'weather', input: { city: 'Oslo' } }],
    });
  });

  test('G20 G21 interleaved calls come one after the other, each with its own arguments', () => {
    const delta = (index: number, name: string | undefined, text: string) => ({
      tool_calls: [
        {
          index,
          ...(name === undefined ? {} : { id: `call_${name}`, type: 'function' }),
          function: { name: name ?? '', arguments: text },
        },
      ],
    });
    const mixed = answerOf(
      'openai-chat',
      chunk({ role: 'assistant', content: null }),
      chunk(delta(0, 'weather', '{"city":')),
      chunk(delta(1, 'now', '{"days":')),
      chunk(delta(0, undefined, '"Oslo"}')),
      chunk(delta(1, undefined, '3}')),
      chunk({}, 'tool_calls'),
      '[DONE]',
    );
    const events = eventsFor('anthropic-messages', mixed);
    let open: unknown;
    const text: Record<string, string> = {};
    for (const event of events) {
      const index = String(event['index']);
      if (event['type'] === 'content_block_start') {
        expect(open).toBeUndefined();
        open = index;
      } else if (event['type'] === 'content_block_stop') open = undefined;
      else if (event['type'] === 'content_block_delta') {
        expect(open).toBe(index);
        text[index] = (text[index] ?? '') + (event['delta'] as { partial_json: string }).partial_json;
      }
    }
    expect(text).toEqual({ 0: '{"city":"Oslo"}', 1: '{"days":3}' });
  });

  test.each(['openai-responses', 'anthropic-messages', 'gemini'] as const)(
    'G25 padding of chunks is not passed on to a client of %s',
    (client) => {
      const padding = { obfuscation: 'PADDING', p: 'PADDING' };
      const padded = answerOf(
        'openai-chat',
        chunk({ role: 'assistant', content: 'Hi' }, null, padding),
        chunk({}, 'stop', padding),
        '[DONE]',
      );
      expect(textFor(client, padded)).not.toContain('PADDING');
    },
  );
});

describe('responses as Messages', () => {
  const part = (index: number, text: string) => ({
    type: 'response.reasoning_summary_text.delta',
    item_id: 'rs_1',
    output_index: 0,
    summary_index: index,
    delta: text,
  });
  const word = (index: number, delta: string) => ({
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 1,
    content_index: index,
    delta,
  });
  const added = (output_index: number, item: object) => ({
    type: 'response.output_item.added',
    output_index,
    item,
  });
  const done = (output_index: number, item: object) => ({
    type: 'response.output_item.done',
    output_index,
    item,
  });
  const said = (text: string) => ({ type: 'output_text', text, annotations: [] });
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'up', output: [] };
  const thought = { id: 'rs_1', type: 'reasoning', summary: [] };
  const text = { id: 'msg_1', type: 'message', role: 'assistant', content: [] };
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '' };
  const many = answerOf(
    'openai-responses',
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    added(0, thought),
    part(0, 'One.'),
    part(1, 'Two.'),
    done(0, {
      ...thought,
      summary: ['One.', 'Two.'].map((each) => ({ type: 'summary_text', text: each })),
      encrypted_content: 'ZW5j',
    }),
    added(1, text),
    word(0, 'A'),
    word(1, 'B'),
    done(1, { ...text, status: 'completed', content: [said('A'), said('B')] }),
    added(2, call),
    { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 2, delta: '{}' },
    done(2, { ...call, status: 'completed', arguments: '{}' }),
    { type: 'response.completed', response: { ...response, status: 'completed', usage: null } },
  );

  test('G16 blocks are numbered on their own, whatever the number of the item', () => {
    const events = eventsFor('anthropic-messages', many);
    const starts = events.filter(typed('content_block_start'));
    expect(starts.map(({ index }) => index)).toEqual(starts.map((_, at) => at));
    expect(starts.length).toBeGreaterThanOrEqual(4);
    expect(starts.at(-1)).toMatchObject({ content_block: { type: 'tool_use', name: 'weather' } });
    const body = bodyFor('anthropic-messages', many);
    expect(JSON.stringify(body)).toMatch(/One\.[\s\S]*Two\.[\s\S]*"text":"A"[\s\S]*"text":"B"/);
  });
});

describe('several at once', () => {
  const healthy = ANSWER_CASES.filter(({ features }) => !features.includes('stream-error'));

  test.each(DIALECT_IDS)(
    'G15 G17 answers for clients of %s that are converted in turn do not mix',
    (client) => {
      const running = healthy.map((each) => {
        const got = { text: '' };
        const write = (piece: string): void => {
          got.text += piece;
        };
        const made = answerConversion(each, client, true);
        return { each, got, decoder: convertStream(made, FACTS, 'sse', write, () => undefined) };
      });
      const longest = Math.max(...healthy.map(({ stream }) => stream.length));
      for (let at = 0; at <= longest; at++)
        for (const { each, decoder } of running) {
          const event = wireEvents(each.stream)[at];
          if (event !== undefined) decoder.event(...event);
          else if (at === each.stream.length) decoder.end();
        }
      for (const { each, got } of running)
        expect(got.text).toBe(streamed(each, answerConversion(each, client, true)));
    },
  );
});

describe('Gemini', () => {
  test('G26 an upstream is always asked for server-sent events', () => {
    const { stream } = requestFor('gemini', 'openai-chat', { messages: [{ role: 'user', content: 'Hi' }] });
    expect(stream.path).toMatch(/:streamGenerateContent\?alt=sse$/);
  });

  test('G26 a client that asks for none gets one array', () => {
    const answer = answerOf(
      'anthropic-messages',
      ...message(
        [
          [
            { type: 'text', text: '' },
            { type: 'text_delta', text: 'Hi' },
          ],
        ],
        'end_turn',
      ),
    );
    let text = '';
    const decoder = convertStream(
      answerConversion(answer, 'gemini', true),
      FACTS,
      'json-array',
      (piece) => {
        text += piece;
      },
      () => undefined,
    );
    for (const [name, data] of wireEvents(answer.stream)) decoder.event(name, data);
    decoder.end();
    const elements = JSON.parse(text) as readonly JsonObject[];
    expect(elements[0]).toMatchObject({ candidates: [{ content: { parts: [{ text: 'Hi' }] } }] });
  });

  test('G19 parallel calls of separate chunks have indexes and ids of their own', () => {
    const calls = ['Oslo', 'Rome'].map((city) => ({ functionCall: { name: 'weather', args: { city } } }));
    const answer = answerOf(
      'gemini',
      ...calls.map((call) => candidate([call])),
      candidate([{ text: '' }], 'STOP'),
    );
    const made = eventsFor('openai-chat', answer).flatMap((event) => {
      const [choice] = event['choices'] as readonly {
        delta: { tool_calls?: readonly { index: number; id?: string }[] };
      }[];
      return choice?.delta.tool_calls ?? [];
    });
    expect([...new Set(made.map(({ index }) => index))]).toEqual([0, 1]);
    const ids = made.flatMap(({ id }) => id ?? []);
    expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  });
});

describe('what keeps a silent stream alive', () => {
  test.each([
    ['openai-chat', /^: ?[\w-]+\n\n?$/],
    ['openai-responses', /^event: keepalive\ndata: \{"type":"keepalive"/],
    ['anthropic-messages', /^event: ping\ndata: \{"type": ?"ping"\}\n\n$/],
    ['gemini', /^(:.*)?[\r\n]+$/],
  ] as const)('G70 is for a client of %s what its library takes', (id, form) => {
    expect(dialects[id].heartbeat).toMatch(form);
  });

  // The Python library takes the empty line after a comment for an event without data where an `id:` line came before, as
  // some upstreams write them: one line end is enough.
  test('G70 is a comment and no empty line for a client of chat', () => {
    expect(dialects['openai-chat'].heartbeat).toMatch(/^: ?[\w-]+\n$/);
  });

  test('G70 fits between two events of chat without becoming one', () => {
    const seen: string[] = [];
    const text = `data: {"a":1}\n\n${dialects['openai-chat'].heartbeat}data: {"a":2}\n\n`;
    readEvents(Buffer.from(text), ({ data }) => seen.push(data));
    expect(seen).toEqual(['{"a":1}', '{"a":2}']);
  });
});

test('G27 nothing that a client of Gemini gets ends with [DONE]', () => {
  for (const each of ANSWER_CASES)
    expect(streamed(each, answerConversion(each, 'gemini', true))).not.toContain('[DONE]');
});

/** The events that the library for the Responses API knows, as far as answers of any format need them. */
const KNOWN_EVENTS =
  /^(error|keepalive|response\.(created|in_progress|completed|incomplete|failed|output_item\.(added|done)|content_part\.(added|done)|output_text\.(delta|done|annotation\.added)|refusal\.(delta|done)|function_call_arguments\.(delta|done)|custom_tool_call_input\.(delta|done)|reasoning_summary_part\.(added|done)|reasoning_summary_text\.(delta|done)|reasoning_text\.(delta|done)))$/;

test.each(ANSWER_CASES.filter(({ dialect }) => dialect !== 'openai-responses'))(
  'G90 $name is written for clients of Responses without invented events',
  (each) => {
    for (const event of eventsFor('openai-responses', each)) expect(event['type']).toMatch(KNOWN_EVENTS);
  },
);

describe('G87 where the description of Responses and its wire differ', () => {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } };

  test('an error has its words where both ways of reading look for them', () => {
    const failed = answerOf('openai-chat', { error: { message: 'Too busy.', type: 'server_error' } });
    const events = eventsFor('openai-responses', failed);
    const [error] = events.filter(typed('error'));
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { message: expect.stringContaining('Too busy.') } },
    });
    for (const said of error === undefined ? [] : [error, error['error']])
      expect(said).toMatchObject({ message: expect.stringContaining('Too busy.') });
  });

  test('the end of arguments names the tool', () => {
    const calling = answerOf(
      'openai-chat',
      chunk({ role: 'assistant', tool_calls: [call] }),
      chunk({}, 'tool_calls'),
    );
    const [done] = eventsFor('openai-responses', calling).filter(
      typed('response.function_call_arguments.done'),
    );
    expect(done).toMatchObject({ name: 'now', arguments: '{}' });
  });
});
