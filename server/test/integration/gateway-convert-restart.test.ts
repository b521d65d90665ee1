// What a vendor wants back survives clients that drop it and restarts of the gateway: signatures, encrypted reasoning, and
// the conversations behind previous_response_id. Two gateways, one after the other, share one database.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { ask, type Received } from '../kit/client.ts';
import type { Behaviour, FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup, startGateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf, wires } from '../kit/wire.ts';
import { temporaryFolder } from '../stores/folder.ts';

type Json = Readonly<Record<string, unknown>>;
const SIGNATURE = 'c2lnbmF0dXJlLW9mLXRoZS12ZW5kb3ItMTIzNDU2Nzg5MA==';
const SSE = { 'Content-Type': 'text/event-stream' };
const event = (value: Json): string =>
  `${typeof value['type'] === 'string' ? `event: ${value['type']}\n` : ''}data: ${JSON.stringify(value)}\n\n`;

/** Answers that think and call a tool, as each vendor gives them. */
const THINKING: Readonly<Record<'gemini' | 'anthropic-messages' | 'openai-responses', Json>> = {
  gemini: {
    candidates: [
      {
        index: 0,
        content: {
          role: 'model',
          parts: [{ functionCall: { name: 'look', args: { q: 'a' } }, thoughtSignature: SIGNATURE }],
        },
        finishReason: 'STOP',
      },
    ],
    responseId: 'gem-1',
    modelVersion: 'm',
  },
  'anthropic-messages': {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [
      { type: 'thinking', thinking: 'I shall look.', signature: SIGNATURE },
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: { q: 'a' } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 1, output_tokens: 2 },
  },
  'openai-responses': {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'm',
    output: [
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'I shall look.' }],
        encrypted_content: SIGNATURE,
      },
      {
        type: 'function_call',
        id: 'fc_1',
        call_id: 'call_1',
        name: 'look',
        arguments: '{"q":"a"}',
        status: 'completed',
      },
    ],
  },
};
type Vendor = keyof typeof THINKING;

/** The same as a stream. */
function streamOf(vendor: Vendor): string[] {
  if (vendor === 'gemini') return [event(THINKING.gemini)];
  if (vendor === 'openai-responses') {
    const response = THINKING['openai-responses'];
    const [reasoning, call] = response['output'] as readonly Json[];
    return [
      event({ type: 'response.created', response: { ...response, status: 'in_progress', output: [] } }),
      event({
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...reasoning, summary: [], encrypted_content: null },
      }),
      event({ type: 'response.output_item.done', output_index: 0, item: reasoning }),
      event({
        type: 'response.output_item.added',
        output_index: 1,
        item: { ...call, arguments: '', status: 'in_progress' },
      }),
      event({
        type: 'response.function_call_arguments.delta',
        output_index: 1,
        item_id: 'fc_1',
        delta: '{"q":"a"}',
      }),
      event({ type: 'response.output_item.done', output_index: 1, item: call }),
      event({ type: 'response.completed', response }),
    ];
  }
  const block = (index: number, start: Json, ...deltas: Json[]): string[] => [
    event({ type: 'content_block_start', index, content_block: start }),
    ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
    event({ type: 'content_block_stop', index }),
  ];
  return [
    event({
      type: 'message_start',
      message: { ...THINKING['anthropic-messages'], content: [], stop_reason: null },
    }),
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'I shall look.' },
      { type: 'signature_delta', signature: SIGNATURE },
    ),
    ...block(
      1,
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
      { type: 'input_json_delta', partial_json: '{"q":"a"}' },
    ),
    event({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 2 } }),
    event({ type: 'message_stop' }),
  ];
}

/** Thinks at the first request of a conversation, then answers. */
const thinks: Behaviour = (turn) => {
  if (/"(?:functionResponse|tool_result|function_call_output)"/.test(turn.request.body.toString()))
    return turn.healthy();
  const vendor = turn.dialect as Vendor;
  if (!turn.stream) return turn.whole(200, JSON.stringify(THINKING[vendor]));
  turn.head(200, SSE);
  for (const text of streamOf(vendor)) turn.piece(text);
  turn.end();
};

/** Runs `work` on a gateway of its own, with what earlier ones of the same folder have kept. */
async function during<Result>(
  folder: string,
  setup: GatewaySetup,
  work: (gateway: Gateway) => Promise<Result>,
): Promise<Result> {
  const opened = await openLedger({
    path: join(folder, 'sluice.db'),
    retentionDays: 90,
    onTrouble: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.message);
  const gateway = await startGateway({ ...setup, keep: opened.keep });
  try {
    return await work(gateway);
  } finally {
    await gateway.stop();
    await opened.ledger.shut();
  }
}

const post = (gateway: Gateway, path: string, body: Json, headers: string[] = []): Promise<Received> =>
  ask(gateway.port, {
    path,
    body: JSON.stringify(body),
    headers: ['content-type', 'application/json', ...headers],
  });
const lastBody = (upstream: FaultUpstream): unknown =>
  JSON.parse(upstream.turns.at(-1)?.request.body.toString() ?? 'null');

const parameters = { type: 'object', properties: { q: { type: 'string' } } };
const chatTools = { tools: [{ type: 'function', function: { name: 'look', parameters } }] };
const question = { role: 'user', content: 'Look.' };

/** What a simple chat client keeps of an answer: the call, and nothing that it does not know. */
function chatCall(answer: Received, stream: boolean): { id: string; name: string; arguments: string } {
  if (!stream) {
    const call = at(JSON.parse(answer.text()), 'choices', 0, 'message', 'tool_calls', 0);
    return {
      id: String(at(call, 'id')),
      name: String(at(call, 'function', 'name')),
      arguments: String(at(call, 'function', 'arguments')),
    };
  }
  const kept = { id: '', name: '', arguments: '' };
  for (const data of dataOf(answer.text())) {
    const call = at(data, 'choices', 0, 'delta', 'tool_calls', 0);
    kept.id ||= String(at(call, 'id') ?? '');
    kept.name ||= String(at(call, 'function', 'name') ?? '');
    kept.arguments += String(at(call, 'function', 'arguments') ?? '');
  }
  return kept;
}

/** Where each vendor wants its token back, in the order of the parts. */
const WANTED: Readonly<Record<Vendor, (body: unknown) => unknown>> = {
  gemini: (body) => at(body, 'contents', 1, 'parts', 0, 'thoughtSignature'),
  'anthropic-messages': (body) => {
    const content = at(body, 'messages', 1, 'content');
    return at(content, 0, 'type') === 'thinking' && at(content, 1, 'type') === 'tool_use'
      ? at(content, 0, 'signature')
      : content;
  },
  'openai-responses': (body) => {
    const input = at(body, 'input') as readonly Json[];
    const index = input.findIndex(({ type }) => type === 'reasoning');
    return at(input[index + 1], 'type') === 'function_call' ? at(input[index], 'encrypted_content') : input;
  },
};

describe.each(Object.keys(THINKING) as Vendor[])('the reasoning of an upstream of %s', (vendor) => {
  it.each([false, true])(
    'is given back after a restart for a chat client that has dropped it (stream: %s)',
    async (stream) => {
      const folder = temporaryFolder();
      const upstream = await provider(thinks);
      const setup = { upstreams: [{ origin: upstream.origin, dialects: [vendor] }] };
      const base = { model: 'm', stream, reasoning_effort: 'low', ...chatTools };
      const call = await during(folder, setup, async (gateway) => {
        const answer = await post(gateway, '/v1/chat/completions', { ...base, messages: [question] });
        return chatCall(answer, stream);
      });
      expect([call.name, JSON.parse(call.arguments)]).toEqual(['look', { q: 'a' }]);
      const answer = await during(folder, setup, (gateway) => {
        const { id, ...made } = call;
        const said = {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: made }],
        };
        const result = { role: 'tool', tool_call_id: id, content: 'found' };
        return post(gateway, '/v1/chat/completions', { ...base, messages: [question, said, result] });
      });
      expect(answer.status).toBe(200);
      expect(WANTED[vendor](lastBody(upstream))).toBe(SIGNATURE);
    },
  );

  it('is not given to another client that uses the id', async () => {
    const folder = temporaryFolder();
    const upstream = await provider(thinks);
    const clients = [clientWithKey('alice', 'key-alice'), clientWithKey('bob', 'key-bob')];
    const setup = { upstreams: [{ origin: upstream.origin, dialects: [vendor] }], clients };
    const base = { model: 'm', reasoning_effort: 'low', ...chatTools };
    await during(folder, setup, async (gateway) => {
      const first = await post(gateway, '/v1/chat/completions', { ...base, messages: [question] }, [
        'authorization',
        'Bearer key-alice',
      ]);
      const { id, ...made } = chatCall(first, false);
      const said = {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: made }],
      };
      const messages = [question, said, { role: 'tool', tool_call_id: id, content: 'found' }];
      await post(gateway, '/v1/chat/completions', { ...base, messages }, ['authorization', 'Bearer key-bob']);
    });
    expect(upstream.turns.length).toBe(2);
    expect(JSON.stringify(lastBody(upstream))).not.toContain(SIGNATURE);
  });
});

describe('encrypted reasoning before a client of anthropic-messages', () => {
  it.each([false, true])(
    'travels in the signature of its thinking, and needs no memory (stream: %s)',
    async (stream) => {
      const upstream = await provider(thinks);
      const setup = { upstreams: [{ origin: upstream.origin, dialects: ['openai-responses' as DialectId] }] };
      const base = {
        model: 'm',
        max_tokens: 4_000,
        stream,
        thinking: { type: 'enabled', budget_tokens: 2_000 },
        tools: [{ name: 'look', input_schema: parameters }],
      };
      const first = await gatewayWith(setup);
      const answer = await post(first, '/v1/messages', { ...base, messages: [question] });
      const content = stream
        ? blocksOf(answer)
        : (at(JSON.parse(answer.text()), 'content') as readonly Json[]);
      expect(content.map(({ type }) => type)).toEqual(['thinking', 'tool_use']);
      expect(String(content[0]?.['signature'])).toMatch(/^sluice\.1\.e\.[a-z]+\.rs_1\./);
      const second = await gatewayWith(setup);
      const result = { type: 'tool_result', tool_use_id: content[1]?.['id'], content: 'found' };
      const messages = [question, { role: 'assistant', content }, { role: 'user', content: [result] }];
      const last = await post(second, '/v1/messages', { ...base, messages });
      expect(last.status).toBe(200);
      expect(WANTED['openai-responses'](lastBody(upstream))).toBe(SIGNATURE);
      // With the content, an id would be looked for where nothing was stored (G36).
      expect(JSON.stringify(lastBody(upstream))).not.toContain('rs_1');
    },
  );
});

/** The blocks that a client of anthropic-messages puts together from a stream. */
function blocksOf(answer: Received): Json[] {
  const blocks: Record<string, unknown>[] = [];
  for (const data of dataOf(answer.text())) {
    const index = Number(at(data, 'index'));
    const delta = at(data, 'delta');
    if (at(data, 'type') === 'content_block_start')
      blocks[index] = { ...(at(data, 'content_block') as Json), json: '' };
    const block = blocks[index];
    if (block === undefined) continue;
    if (at(delta, 'thinking') !== undefined)
      block['thinking'] = String(block['thinking']) + String(at(delta, 'thinking'));
    if (at(delta, 'signature') !== undefined) block['signature'] = at(delta, 'signature');
    if (at(delta, 'partial_json') !== undefined)
      block['json'] = String(block['json']) + String(at(delta, 'partial_json'));
  }
  return blocks.map(({ json, ...block }) =>
    block['type'] === 'tool_use' ? { ...block, input: JSON.parse(String(json)) } : block,
  );
}

describe('an upstream that refuses a signature', () => {
  const refusals: Readonly<Record<Vendor, string>> = {
    gemini: 'Function call is missing a thought_signature in functionCall parts.',
    'anthropic-messages': 'messages.1.content.0: Invalid `signature` in `thinking` block',
    'openai-responses': 'The encrypted content for item rs_1 could not be verified.',
  };

  it.each(Object.keys(THINKING) as Vendor[])(
    'is asked once more without any, and not blamed (%s)',
    async (vendor) => {
      const upstream = await provider((turn) => {
        if (turn.request.body.toString().includes(SIGNATURE))
          turn.whole(400, wires[turn.dialect].error(400, refusals[vendor]));
        else thinks(turn);
      });
      const other = await provider(thinks);
      const gateway = await gatewayWith({
        upstreams: [
          {
            id: 'a',
            origin: upstream.origin,
            dialects: [vendor],
            priority: 1,
            secrets: ['sk-aaaaaaaa', 'sk-bbbbbbbb'],
          },
          { id: 'b', origin: other.origin, dialects: [vendor] },
        ],
      });
      const base = { model: 'm', reasoning_effort: 'low', ...chatTools };
      for (let round = 1; round <= 2; round++) {
        const before = upstream.turns.length;
        const first = await post(gateway, '/v1/chat/completions', { ...base, messages: [question] });
        const { id, ...made } = chatCall(first, false);
        const said = {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: made }],
        };
        const messages = [question, said, { role: 'tool', tool_call_id: id, content: 'found' }];
        const answer = await post(gateway, '/v1/chat/completions', { ...base, messages });
        expect([
          answer.status,
          answer.header('x-sluice-upstream'),
          answer.header('x-sluice-attempts'),
        ]).toEqual([200, 'a', '2']);
        const [, refused, retried] = upstream.turns.slice(before).map(({ request }) => request);
        expect(upstream.turns.length).toBe(before + 3);
        expect(refused?.body.toString()).toContain(SIGNATURE);
        expect(retried?.body.toString()).not.toContain(SIGNATURE);
        expect(retried?.body.toString()).toContain('found');
        // The same key, before and after.
        const keyOf = (headers: readonly string[] = []): string | undefined =>
          /sk-\w+/.exec(headers.join(' '))?.[0];
        expect(keyOf(retried?.headers)).toBe(keyOf(refused?.headers));
      }
      expect(other.turns).toEqual([]);
    },
  );

  it('for good is not asked a third time, and not a second time where there was nothing to leave out', async () => {
    const upstream = await provider((turn) =>
      turn.whole(400, wires[turn.dialect].error(400, refusals['anthropic-messages'])),
    );
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, dialects: ['anthropic-messages'] }],
    });
    const thought = { role: 'assistant', content: 'Then this.', reasoning_content: 'First that.' };
    for (const [messages, attempts] of [
      [[question, thought, question], 2],
      [[question], 1],
    ] as const) {
      const before = upstream.turns.length;
      const answer = await post(gateway, '/v1/chat/completions', { model: 'm', messages });
      expect([answer.status, upstream.turns.length - before]).toEqual([400, attempts]);
      expect(wires['openai-chat'].understand(answer.text(), false).error).toMatch(/signature/);
      const row = gateway.closed.at(-1);
      expect([row?.attempts, row?.status]).toEqual([attempts, 400]);
    }
  });
});
