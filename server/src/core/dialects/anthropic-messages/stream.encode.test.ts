import { describe, expect, test } from 'vitest';
import { answerEncoding, inOrder, writeStream } from '../../../../test/kit/messages-answers.ts';
import type { Part } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import type { ChatResponse, Stop } from '../../model/response.ts';
import { unfold } from '../../model/unfold.ts';
import { readEvents } from '../../sse/parse.ts';

function answer(parts: readonly Part[], stop: Stop = { reason: 'stop' }): ChatResponse {
  return { origin: 'openai-chat', id: 'chatcmpl-1', model: 'up', choices: [{ index: 0, parts, stop }] };
}

function eventsOf(response: ChatResponse): StreamEvent[] {
  const events: StreamEvent[] = [];
  unfold(response, (event) => events.push(event));
  return events;
}

interface WireEvent {
  readonly type: string;
  readonly index?: number;
  readonly message?: object;
  readonly delta?: Readonly<Record<string, unknown>>;
  readonly usage?: object;
}

function wire(events: readonly StreamEvent[]): WireEvent[] {
  const found: WireEvent[] = [];
  readEvents(Buffer.from(writeStream(events)), ({ data }) => found.push(JSON.parse(data)));
  return found;
}

const call = (more: Partial<Extract<Part, { type: 'tool-call' }>> = {}): Part => ({
  type: 'tool-call',
  id: 'call_1',
  kind: 'function',
  name: 'f',
  arguments: '{"a":1}',
  ...more,
});
const reasoning = (sections: readonly string[], token?: Part['token']): Part => ({
  type: 'reasoning',
  form: 'summary',
  sections,
  ...(token === undefined ? {} : { token }),
});

describe('encodeStream of anthropic-messages', () => {
  test('G1 G2 each event has its name, and message_delta comes once', () => {
    const stream = writeStream(eventsOf(answer([{ type: 'text', text: 'Hi' }])));
    expect(inOrder(stream)).toEqual([{ type: 'text', text: '' }]);
    expect(stream).toContain(
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n',
    );
  });

  test('G8 the first usage is an estimate where the upstream has not told it, the last one is as told', () => {
    const events = eventsOf({
      ...answer([]),
      usage: {
        input: { uncached: 5, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 2, audio: 0 },
        output: { text: 4, reasoning: 6, audio: 0 },
        clamped: false,
      },
    });
    const [start, delta] = wire(events);
    expect(start?.message).toMatchObject({
      id: `msg_${answerEncoding().seed}`,
      usage: { input_tokens: 42, output_tokens: 1 },
    });
    expect(delta?.usage).toEqual({
      input_tokens: 5,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      output_tokens: 10,
      output_tokens_details: { thinking_tokens: 6 },
    });
  });

  test('reasoning is thinking; its token is a signature_delta at the end, and without text a block of its own', () => {
    const token = { vendor: 'openai', kind: 'encrypted', value: 'enc', itemId: 'rs_1' } as const;
    const own = { vendor: 'anthropic', kind: 'signature', value: 'sig' } as const;
    const parts = [reasoning(['a', 'b'], token), reasoning(['c']), reasoning([], token), reasoning([], own)];
    const deltas = wire(eventsOf(answer(parts))).filter((event) => event.type === 'content_block_delta');
    expect(
      deltas.map((event) => [event.index, event.delta?.['thinking'] ?? event.delta?.['signature']]),
    ).toEqual([
      [0, 'a'],
      [0, '\n\nb'],
      [0, 'sluice.1.e.openai.rs_1.enc'],
      [1, 'c'],
      [3, 'sig'],
    ]);
    expect(inOrder(writeStream(eventsOf(answer(parts))))).toMatchObject([
      { type: 'thinking', signature: '' },
      { type: 'thinking', signature: '' },
      { type: 'redacted_thinking', data: 'sluice.1.e.openai.rs_1.enc' },
      { type: 'thinking' },
    ]);
  });

  test('G66 the token of a call stands in a block before it', () => {
    const token = { vendor: 'gemini', kind: 'thought', value: 'sig' } as const;
    expect(inOrder(writeStream(eventsOf(answer([call({ token }), call({ id: 'call_2' })]))))).toMatchObject([
      { type: 'redacted_thinking', data: 'sluice.1.t.gemini..sig' },
      { type: 'tool_use', id: 'call_1' },
      { type: 'tool_use', id: 'call_2' },
    ]);
  });

  test.each([
    ['{"a":1}', 'function', '{"a":1}'],
    ['', 'function', '{}'],
    ['*** Begin Patch', 'custom', '{"input":"*** Begin Patch"}'],
    ['{"not json', 'custom', '{"input":"{\\"not json"}'],
  ] as const)('arguments %j of a %s are the input %s', (text, kind, wanted) => {
    const events = wire(eventsOf(answer([call({ kind, arguments: text })])));
    expect(events.find((event) => event.type === 'content_block_delta')?.delta?.['partial_json']).toBe(
      wanted,
    );
  });

  test('empty text is no block (G52), parts of other formats are left out, and indexes have no gaps (G16)', () => {
    const foreign: Part = { type: 'vendor', dialect: 'gemini', kind: 'executableCode', raw: {} };
    const parts: Part[] = [{ type: 'text', text: '' }, foreign, { type: 'refusal', text: 'No.' }, call()];
    expect(inOrder(writeStream(eventsOf(answer(parts))))).toMatchObject([
      { type: 'text' },
      { type: 'tool_use' },
    ]);
  });

  test.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['context-full', 'model_context_window_exceeded'],
    ['filtered', 'refusal'],
    ['paused', 'pause_turn'],
    ['stop-sequence', 'end_turn'],
  ] as const)('the reason %s is %s', (reason, wanted) => {
    const deltas = wire(eventsOf(answer([], { reason }))).filter((event) => event.type === 'message_delta');
    expect(deltas).toMatchObject([{ delta: { stop_reason: wanted, stop_sequence: null } }]);
  });

  test('G29 an answer that calls tools ends with tool_use, whatever its upstream says', () => {
    const events = wire(eventsOf(answer([call()], { reason: 'stop' })));
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  test('a stop sequence that is known is told', () => {
    const events = wire(eventsOf(answer([], { reason: 'stop-sequence', sequence: 'END' })));
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' } });
  });

  test('G30 a call that is none ends the stream with an error, and nothing follows', () => {
    const events = wire(eventsOf(answer([], { reason: 'malformed-call' })));
    expect(events.map((event) => event.type)).toEqual(['message_start', 'error']);
  });

  test('G81 an error is the last event', () => {
    const error = { code: 'upstream_closed', source: 'upstream', status: 502, message: 'gone' } as const;
    const [first = { type: 'ping' as const }, ...rest] = eventsOf(answer([]));
    const events = wire([first, { type: 'ping' }, { type: 'error', error }, ...rest]);
    expect(events.map((event) => event.type)).toEqual(['message_start', 'ping', 'error']);
  });

  test('a call that is streamed in pieces leaves in pieces', () => {
    const open = call({ arguments: '' });
    const events = wire([
      { type: 'start', id: '', model: '' },
      { type: 'open', block: 0, choice: 0, part: open },
      { type: 'delta', block: 0, text: '{"a"' },
      { type: 'delta', block: 0, text: ':' },
      { type: 'delta', block: 0, text: '1}' },
      { type: 'close', block: 0, part: call() },
      { type: 'stop', choice: 0, stop: { reason: 'tool-calls' } },
      { type: 'end' },
    ]);
    const pieces = events.filter((event) => event.type === 'content_block_delta');
    expect(pieces.map((event) => event.delta?.['partial_json'])).toEqual(['{"a":', '1}']);
  });
});
