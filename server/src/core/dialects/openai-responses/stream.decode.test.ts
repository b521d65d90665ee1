import { describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../model/event.ts';
import { createFold } from '../../model/fold.ts';
import { checkGrammar } from '../../model/grammar.ts';
import type { ChatResponse } from '../../model/response.ts';
import { decodeStream } from './stream.decode.ts';

function read(wire: readonly object[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const decoder = decodeStream(checkGrammar((event) => events.push(event)));
  for (const event of wire) decoder.event('', JSON.stringify(event));
  decoder.end();
  return events;
}

function answer(wire: readonly object[]): ChatResponse {
  let folded: unknown;
  const fold = createFold('openai-responses', (one) => {
    folded = one;
  });
  for (const event of read(wire)) fold(event);
  return folded as ChatResponse;
}

const created = { type: 'response.created', response: { id: 'resp_1', model: 'm', created_at: 7 } };
const completed = (output: readonly object[] = []): object => ({
  type: 'response.completed',
  response: {
    id: 'resp_1',
    model: 'm',
    status: 'completed',
    output,
    usage: { input_tokens: 3, output_tokens: 2 },
  },
});
const call = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '' };

describe('decodeStream of openai-responses', () => {
  test('takes text that stands only in the complete item, or only in the complete response', () => {
    const item = { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'All' }] };
    const text = [{ type: 'text', text: 'All', ext: { id: 'msg_1' } }];
    const inItem = answer([
      created,
      { type: 'response.output_item.done', output_index: 0, item },
      completed([item]),
    ]);
    expect(inItem.choices[0]?.parts).toEqual(text);
    expect(answer([created, completed([item])]).choices[0]?.parts).toEqual(text);
    expect(answer([completed([item])]).choices[0]).toMatchObject({ parts: text, stop: { reason: 'stop' } });
  });

  test('takes deltas of items that were never announced', () => {
    const delta = { type: 'response.output_text.delta', delta: 'Lean' };
    expect(answer([created, delta, completed()]).choices[0]?.parts).toEqual([{ type: 'text', text: 'Lean' }]);
  });

  test('G14 knows items by their place when ids change', () => {
    const wire = [
      created,
      { type: 'response.output_item.added', output_index: 0, item: call },
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'other', delta: '{"a":' },
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'another', delta: '1}' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...call, id: 'x', arguments: '{"a":1}' },
      },
      completed([{ ...call, id: 'y', arguments: '{"a":1}' }]),
    ];
    expect(answer(wire).choices[0]).toMatchObject({
      parts: [{ type: 'tool-call', id: 'c', arguments: '{"a":1}', itemId: 'fc_1' }],
      stop: { reason: 'tool-calls' },
    });
  });

  test('G35 takes the encrypted content of the complete item', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [] };
    const part = (index: number, delta: string): object => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index: index,
      delta,
    });
    const wire = [
      created,
      { type: 'response.output_item.added', output_index: 0, item: { ...item, encrypted_content: 'half' } },
      part(0, 'One'),
      part(1, 'Two'),
      { type: 'response.output_item.done', output_index: 0, item: { ...item, encrypted_content: 'whole' } },
      completed(),
    ];
    expect(answer(wire).choices[0]?.parts).toEqual([
      {
        type: 'reasoning',
        form: 'summary',
        sections: ['One', 'Two'],
        itemId: 'rs_1',
        token: { vendor: 'openai', kind: 'encrypted', value: 'whole', itemId: 'rs_1' },
      },
    ]);
  });

  test('lets items that come mixed wait for each other', () => {
    const second = { ...call, id: 'fc_2', call_id: 'd' };
    const delta = (index: number, text: string): object => ({
      type: 'response.function_call_arguments.delta',
      output_index: index,
      delta: text,
    });
    const wire = [
      created,
      { type: 'response.output_item.added', output_index: 0, item: call },
      { type: 'response.output_item.added', output_index: 1, item: second },
      delta(0, '{"a"'),
      delta(1, '{"b"'),
      delta(0, ':1}'),
      delta(1, ':2}'),
      { type: 'response.output_item.done', output_index: 1, item: { ...second, arguments: '{"b":2}' } },
      { type: 'response.output_item.done', output_index: 0, item: { ...call, arguments: '{"a":1}' } },
      completed(),
    ];
    expect(answer(wire).choices[0]?.parts).toMatchObject([
      { id: 'c', arguments: '{"a":1}' },
      { id: 'd', arguments: '{"b":2}' },
    ]);
  });

  test('passes hosted tools on whole, and calls of keep-alive as such', () => {
    const item = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const events = read([
      created,
      { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress' } },
      { type: 'keepalive' },
      { type: 'response.output_item.done', output_index: 0, item },
      completed([item]),
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'ping',
      'open',
      'close',
      'stop',
      'usage',
      'end',
    ]);
    expect(events[2]).toMatchObject({ part: { type: 'vendor', kind: 'web_search_call', raw: item } });
  });

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'filtered'],
    ['steered', 'other'],
  ])('G32 says why an answer is incomplete: %s', (reason, expected) => {
    const response = { status: 'incomplete', incomplete_details: { reason }, output: [call] };
    expect(answer([created, { type: 'response.incomplete', response }]).choices[0]?.stop).toEqual({
      reason: expected,
      native: reason,
    });
  });

  test.each([
    [{ type: 'error', message: 'Flat', code: 'server_error' }, 'Flat'],
    [{ type: 'error', error: { message: 'Nested', code: 'server_error' } }, 'Nested'],
    [{ type: 'response.failed', response: { error: { message: 'Failed', code: 'server_error' } } }, 'Failed'],
  ])('G87 reads errors in both forms: %j', (event, words) => {
    const events = read([created, event, completed()]);
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream_stream_error', status: 500 },
    });
    expect(JSON.stringify(events.at(-1))).toContain(words);
  });

  test('G11 a stream without an end is an error', () => {
    expect(read([created]).at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_closed' } });
  });
});
