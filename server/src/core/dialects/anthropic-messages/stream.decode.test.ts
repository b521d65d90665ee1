import { describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../model/event.ts';
import { checkGrammar } from '../../model/grammar.ts';
import { decodeStream } from './stream.decode.ts';

function decoded(...values: readonly object[]): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const decoder = decodeStream(checkGrammar((event) => events.push(event)));
  for (const value of values) decoder.event('', JSON.stringify(value));
  decoder.end();
  return events;
}

const START = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'm', usage: { input_tokens: 9, output_tokens: 1 } },
};
const STOP = { type: 'message_stop' };
const begin = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (index: number, said: object) => ({ type: 'content_block_delta', index, delta: said });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const ends = (stop_reason: string, usage: object = { output_tokens: 5 }, more: object = {}) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null, ...more },
  usage,
});
const text = (said: string) => ({ type: 'text_delta', text: said });
const json = (partial_json: string) => ({ type: 'input_json_delta', partial_json });
const parts = (events: readonly StreamEvent[]) =>
  events.flatMap((event) => (event.type === 'close' ? [event.part] : []));
const reasons = (events: readonly StreamEvent[]) =>
  events.flatMap((event) => (event.type === 'stop' ? [event.stop] : []));

describe('decodeStream of anthropic-messages', () => {
  test('thinking, text and calls are blocks; the signature is the token of the closed block', () => {
    const events = decoded(
      START,
      begin(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      stop(0),
      begin(1, { type: 'text', text: '' }),
      delta(1, text('Hi')),
      stop(1),
      begin(2, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      delta(2, json('')),
      delta(2, json('{"a"')),
      delta(2, json(':1}')),
      stop(2),
      ends('tool_use'),
      STOP,
    );
    expect(parts(events)).toEqual([
      {
        type: 'reasoning',
        form: 'summary',
        sections: ['hm'],
        token: { vendor: 'anthropic', kind: 'signature', value: 'sig' },
      },
      { type: 'text', text: 'Hi' },
      { type: 'tool-call', id: 't', kind: 'function', name: 'f', arguments: '{"a":1}' },
    ]);
    expect(reasons(events)).toEqual([{ reason: 'tool-calls', native: 'tool_use' }]);
  });

  test.each([
    ['G45 nothing at all', [json('')], {}, '{}'],
    ['an object at the start', [], { a: 1 }, '{"a":1}'],
    ['pieces after an object at the start', [json('{"b":2}')], { a: 1 }, '{"b":2}'],
  ])('the input of a call may be %s', (_name, deltas, input, wanted) => {
    const events = decoded(
      START,
      begin(0, { type: 'tool_use', id: 't', name: 'f', input }),
      ...deltas.map((said) => delta(0, said)),
      stop(0),
      ends('tool_use'),
      STOP,
    );
    expect(parts(events)).toMatchObject([{ arguments: wanted }]);
  });

  test('blocks of servers come whole, with the input that they were given', () => {
    const events = decoded(
      START,
      begin(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(0, json('{"query":"q"}')),
      stop(0),
      begin(1, { type: 'compaction', content: null }),
      delta(1, { type: 'compaction_delta', content: 'short' }),
      stop(1),
      ends('end_turn'),
      STOP,
    );
    expect(parts(events)).toMatchObject([
      { type: 'vendor', kind: 'server_tool_use', raw: { input: { query: 'q' } } },
      { type: 'vendor', kind: 'compaction', raw: { content: 'short' } },
    ]);
  });

  test('G3 a second message_start is an error', () => {
    expect(decoded(START, START, STOP).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream_stream_error' },
    });
  });

  test('G9 the last number that was told of each kind of token counts', () => {
    const events = decoded(
      START,
      ends('end_turn', { input_tokens: 404, output_tokens: null }),
      ends('end_turn'),
      STOP,
    );
    const usages = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
    expect(usages.at(-1)).toMatchObject({ input: { uncached: 404 }, output: { text: 5 } });
  });

  test('G2 usage that comes in a second message_delta is heard, and the answer ends once', () => {
    const late = { type: 'message_delta', delta: {}, usage: { output_tokens: 7 } };
    const events = decoded(START, ends('max_tokens'), late, STOP, late, STOP);
    expect(events.map(({ type }) => type)).toEqual(['start', 'usage', 'usage', 'stop', 'end']);
    expect(reasons(events)).toMatchObject([{ reason: 'length' }]);
  });

  test('G6 an answer that names no reason ends as its content says', () => {
    const call = begin(0, { type: 'tool_use', id: 't', name: 'f', input: {} });
    expect(reasons(decoded(START, call, STOP))).toEqual([{ reason: 'tool-calls' }]);
    const text = begin(0, { type: 'text', text: 'Hi' });
    expect(reasons(decoded(START, text, STOP))).toEqual([{ reason: 'stop' }]);
  });

  test('6.6 an answer that names neither a reason nor has a block is none', () => {
    expect(decoded(START, STOP).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream_answer', message: 'The upstream ended its stream without any output.' },
    });
    expect(decoded(START, ends('end_turn'), STOP).at(-1)).toMatchObject({ type: 'end' });
  });

  test.each([
    ['pause_turn', 'paused'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'context-full'],
    ['stop_sequence', 'stop-sequence'],
    ['something_new', 'other'],
  ])('%s is the reason %s', (native, reason) => {
    const more = {
      stop_sequence: 'END',
      stop_details: { type: 'refusal', category: 'bio', explanation: 'No.' },
    };
    expect(reasons(decoded(START, ends(native, {}, more), STOP))).toMatchObject([
      { reason, native, sequence: 'END', explanation: 'No.' },
    ]);
  });

  test('blocks that interleave come one after the other, nothing is lost', () => {
    const events = decoded(
      START,
      begin(0, { type: 'text', text: '' }),
      begin(1, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      delta(1, json('{"a"')),
      delta(0, text('x')),
      delta(1, json(':1}')),
      stop(1),
      delta(0, text('y')),
      stop(0),
      ends('tool_use'),
      STOP,
    );
    expect(parts(events)).toMatchObject([{ text: 'xy' }, { arguments: '{"a":1}' }]);
  });

  test('G15 text without a beginning and blocks without an end are heard', () => {
    expect(parts(decoded(START, delta(0, text('x')), delta(0, text('y')), ends('end_turn')))).toEqual([
      { type: 'text', text: 'xy' },
    ]);
  });

  test('a stream that ends without message_stop is whole only when it named its reason', () => {
    expect(decoded(START, ends('end_turn')).at(-1)).toMatchObject({ type: 'end' });
    expect(decoded(START, begin(0, { type: 'text', text: '' }), delta(0, text('x'))).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream_closed' },
    });
    expect(decoded()).toMatchObject([{ type: 'error', error: { code: 'upstream_closed' } }]);
  });

  test('G81 an error within the stream ends it', () => {
    const failed = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(decoded(START, failed, STOP).at(-1)).toMatchObject({ type: 'error', error: { status: 529 } });
  });
});
