import { describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../model/event.ts';
import { lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import { unwrapToken } from '../../model/token.ts';
import { decodeRequest } from './request.decode.ts';
import { encodeResponse } from './response.encode.ts';
import { encodeStream } from './stream.encode.ts';

const SEED = '0123456789abcdef0123456789abcdef';
const request = decodeRequest(
  { model: 'm', instructions: 'Be kind.', input: 'x', temperature: 0.5, metadata: { a: 'b' } },
  { model: undefined, stream: true },
) as ChatRequest;
const encoding = { request, model: 'shown', seed: SEED, createdAt: 5, inputTokens: 0, losses: lossReport() };

type Wire = Record<string, unknown> & { readonly type: string };

function written(events: readonly StreamEvent[]): Wire[] {
  let text = '';
  const encoder = encodeStream((piece) => (text += piece), encoding, 'sse');
  for (const event of events) encoder.event(event);
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [name, data] = block.split('\n');
      const json = JSON.parse((data ?? '').slice('data: '.length)) as Wire;
      expect(name).toBe(`event: ${json.type}`);
      return json;
    });
}

const start: StreamEvent = { type: 'start', id: 'a', model: 'upstream', createdAt: 9 };
const end: readonly StreamEvent[] = [{ type: 'stop', choice: 0, stop: { reason: 'stop' } }, { type: 'end' }];
const text = (block: number, words: string): StreamEvent[] => [
  { type: 'open', block, choice: 0, part: { type: 'text', text: '' } },
  { type: 'delta', block, text: words },
  { type: 'close', block, part: { type: 'text', text: words } },
];

describe('encodeStream of openai-responses', () => {
  test.each([
    [{}, true],
    [{ store: true }, true],
    [{ store: false }, false],
  ])('says that the response is kept unless the request %j said otherwise', (more, store) => {
    const asked = decodeRequest({ model: 'm', input: 'x', ...more }, { model: undefined, stream: false });
    const answer = { origin: 'openai-chat', id: 'a', model: 'up', choices: [] } as const;
    expect(encodeResponse(answer, { ...encoding, request: asked as ChatRequest })).toHaveProperty(
      'store',
      store,
    );
  });

  test('G12 G13 announces, fills and ends every item, numbered without a gap', () => {
    const events = written([start, ...text(0, 'Hello'), ...end]);
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  });

  test('echoes the request in every response object and tells no usage before the end', () => {
    const events = written([start, ...end]);
    for (const { response } of events)
      expect(response).toMatchObject({
        id: `resp_${SEED}`,
        model: 'shown',
        created_at: 9,
        instructions: 'Be kind.',
        temperature: 0.5,
        metadata: { a: 'b' },
        tools: [],
        usage: null,
      });
  });

  test('neighbouring texts share a message; what stands between them parts it', () => {
    const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '' } as const;
    const events = written([
      start,
      ...text(0, 'a'),
      ...text(1, 'b'),
      { type: 'open', block: 2, choice: 0, part: call },
      { type: 'delta', block: 2, text: '{}' },
      { type: 'close', block: 2, part: { ...call, arguments: '{}' } },
      ...text(3, 'c'),
      ...end,
    ]);
    const added = events.filter(({ type }) => type === 'response.content_part.added');
    expect(added.map(({ output_index, content_index }) => [output_index, content_index])).toEqual([
      [0, 0],
      [0, 1],
      [2, 0],
    ]);
    expect(events.find(({ type }) => type.endsWith('arguments.done'))).toMatchObject({
      name: 'f',
      arguments: '{}',
    });
  });

  test('G38 G39 writes custom calls and namespaces as such', () => {
    const call = {
      type: 'tool-call',
      id: 'c',
      kind: 'custom',
      name: 'exec',
      namespace: 'ns',
      arguments: '',
    } as const;
    const events = written([
      start,
      { type: 'open', block: 0, choice: 0, part: call },
      { type: 'delta', block: 0, text: 'go' },
      { type: 'close', block: 0, part: { ...call, arguments: 'go' } },
      ...end,
    ]);
    expect(events.map(({ type }) => type)).toContain('response.custom_tool_call_input.done');
    expect(events.at(-1)).toMatchObject({
      response: {
        output: [{ type: 'custom_tool_call', name: 'exec', namespace: 'ns', input: 'go', call_id: 'c' }],
      },
    });
  });

  test('carries the token of a call in an item of its own, with the id of the call', () => {
    const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'f', arguments: '{}' } as const;
    const token = { vendor: 'gemini', kind: 'thought', value: 'dGg=' } as const;
    const answer = encodeResponse(
      {
        origin: 'gemini',
        id: 'a',
        model: 'm',
        choices: [{ index: 0, parts: [{ ...call, token }], stop: { reason: 'tool-calls' } }],
      },
      encoding,
    );
    const output = answer['output'] as readonly Wire[];
    expect(output.map(({ type }) => type)).toEqual(['function_call', 'reasoning']);
    expect(unwrapToken(String(output[1]?.['encrypted_content']))).toEqual({ ...token, itemId: 'c' });
  });

  test('G32 says that an answer was cut, and marks its last message', () => {
    const stop: StreamEvent = { type: 'stop', choice: 0, stop: { reason: 'length' } };
    expect(written([start, ...text(0, 'And th'), stop, { type: 'end' }]).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ status: 'incomplete' }],
      },
    });
  });

  test('G11 G30 an answer that failed ends in response.failed, and its numbers go on', () => {
    const error = { code: 'upstream_closed', source: 'upstream', status: 502, message: 'Gone.' } as const;
    const events = written([start, ...text(0, 'a').slice(0, 2), { type: 'error', error }]);
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', message: 'Gone.', error: { message: 'Gone.' } },
      { type: 'response.failed', response: { status: 'failed', error: { message: 'Gone.' } } },
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const broken: StreamEvent = { type: 'stop', choice: 0, stop: { reason: 'malformed-call' } };
    expect(written([start, broken, { type: 'end' }]).at(-1)).toMatchObject({ type: 'response.failed' });
  });

  test('G70 keeps a silent stream alive with an event, once it has begun', () => {
    expect(written([start, { type: 'ping' }]).at(-1)).toEqual({ type: 'keepalive' });
    expect(written([{ type: 'ping' }])).toEqual([]);
  });
});
