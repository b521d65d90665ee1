// The Responses API over a WebSocket, as Codex speaks it: a message is a request, and says only what is new.

import { describe, expect, it } from 'vitest';
import { until } from '../kit/client.ts';
import { ANSWER } from '../kit/fault-upstream.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { bodyOf, openSocket, responseOf, stream } from '../kit/responses-socket.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const CLIENT_KEY = 'sluice-client-key-0001';
const user = (text: string) => ({
  type: 'message',
  id: `msg_${text}`,
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const call = (id: string) => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'look',
  arguments: '{}',
});
const result = (id: string) => ({
  type: 'function_call_output',
  id: `fco_${id}`,
  call_id: id,
  output: 'seen',
});
const proven = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'proof' };
const bare = { type: 'reasoning', id: 'rs_2', summary: [] };

describe('a message', () => {
  it('is an exchange of its own: an HTTP request goes out, and every event comes back as a frame', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    for (let round = 0; round < 2; round++) {
      const frames = await client.ask({ model: 'm', input: [user('Hi')], store: false });
      expect(frames.map(({ type }) => type).filter((type) => !type.endsWith('.delta'))).toEqual([
        'response.created',
        'response.output_item.added',
        'response.output_text.done',
        'response.completed',
      ]);
      expect(frames.map(({ delta }) => delta ?? '').join('')).toBe(ANSWER);
    }
    expect(upstream.turns.map(({ request }) => `${request.method} ${request.target}`)).toEqual([
      'POST /v1/responses',
      'POST /v1/responses',
    ]);
    expect(bodyOf(upstream.turns[0])).toEqual({
      model: 'm',
      input: [user('Hi')],
      store: false,
      stream: true,
    });
    expect(new Set(gateway.closed.map(({ id }) => id)).size).toBe(2);
    expect(gateway.closed.map(({ status, streamed, modelAsked }) => [status, streamed, modelAsked])).toEqual([
      [200, true, 'm'],
      [200, true, 'm'],
    ]);
    expect(gateway.opened.map(({ route, dialectIn }) => [route, dialectIn])).toEqual([
      ['responses', 'openai-responses'],
      ['responses', 'openai-responses'],
    ]);
  });

  it('has the headers of the handshake as far as they mean something to HTTP, and those that it brings along', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      clients: [clientWithKey('app', CLIENT_KEY)],
    });
    const client = await openSocket(gateway.port, {
      authorization: `Bearer ${CLIENT_KEY}`,
      originator: 'codex_exec',
      'openai-beta': 'responses_websockets=2026-02-06, other=v1',
      'session-id': 'talk-1',
      'x-codex-turn-metadata': '{"turn_id":""}',
    });
    await client.ask({
      model: 'm',
      input: [],
      client_metadata: {
        turn_id: '7',
        'x-codex-turn-metadata': '{"turn_id":"7"}',
        'x-codex-installation-id': 'i',
        ws_request_header_x_openai_internal_codex_responses_lite: 'true',
        ws_request_header_authorization: 'Bearer stolen',
        ws_request_header_x_openai_evil: 'a\r\nb: c',
      },
    });
    const request = upstream.turns[0]?.request;
    const seen = (name: string): string | undefined => request?.header(name);
    expect([
      seen('originator'),
      seen('openai-beta'),
      seen('session-id'),
      seen('x-codex-turn-metadata'),
      seen('x-openai-internal-codex-responses-lite'),
      seen('x-codex-installation-id'),
      seen('x-openai-evil'),
      seen('sec-websocket-key'),
      seen('upgrade'),
      seen('content-type'),
    ]).toEqual([
      'codex_exec',
      'other=v1',
      'talk-1',
      '{"turn_id":"7"}',
      'true',
      undefined,
      undefined,
      undefined,
      undefined,
      'application/json',
    ]);
    expect(seen('authorization')).not.toContain('stolen');
    expect(JSON.stringify(request?.headers)).not.toContain(CLIENT_KEY);
    expect(bodyOf(upstream.turns[0])['client_metadata']).toEqual({
      turn_id: '7',
      'x-codex-turn-metadata': '{"turn_id":"7"}',
      'x-codex-installation-id': 'i',
    });
    expect(gateway.opened.map(({ clientId, conversationId }) => [clientId, conversationId])).toEqual([
      ['app', 'talk-1'],
    ]);
  });

  it('waits for the answer to the message before it', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    let release = (): void => {};
    upstream.script = (turn) => {
      release = () => stream(turn, responseOf(`resp_${upstream.turns.length}`, []));
    };
    const client = await openSocket(gateway.port);
    client.send({ type: 'response.create', model: 'm', input: 'one' });
    client.send({ type: 'response.create', model: 'm', input: 'two' });
    await until(() => upstream.turns.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(upstream.turns.length).toBe(1);
    release();
    await until(() => upstream.turns.length === 2);
    release();
    await until(() => client.frames.length === 4);
    expect(client.frames.map(({ response }) => response?.id)).toEqual([
      'resp_1',
      'resp_1',
      'resp_2',
      'resp_2',
    ]);
  });

  it.each([
    ['not json', 400],
    ['[]', 400],
    ['{"type":"response.create"}', 400],
    ['{"type":"response.cancel"}', 400],
    ['{"model":"m","input":"x"}', 400],
    ['{"type":"response.create","model":"nobody-has-it","input":"x"}', 404],
  ])('that cannot be served is refused in one frame, with a row: %s', async (message, status) => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, models: ['m'] }] });
    const client = await openSocket(gateway.port);
    client.send(message);
    await until(() => client.frames.length === 1);
    const [frame] = client.frames;
    expect([frame?.type, frame?.status, frame?.error?.type]).toEqual([
      'error',
      status,
      'invalid_request_error',
    ]);
    expect(frame?.error?.message).toMatch(/./);
    expect(gateway.closed.map((row) => [row.id, row.status])).toEqual([
      [frame?.headers?.['x-sluice-request-id'], status],
    ]);
    expect((await client.ask({ model: 'm', input: 'x' })).at(-1)?.type).toBe('response.completed');
  });

  it('that the upstream refuses is refused in its words, with the status and headers that clients act on', async () => {
    const error = { message: 'Slow down.', type: 'tokens', param: null, code: 'rate_limit_exceeded' };
    const upstream = await provider((turn) =>
      turn.whole(429, JSON.stringify({ error }), {
        'Retry-After': '7',
        'X-Codex-Primary-Used-Percent': '100',
      }),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }], maxAttempts: 1 });
    const client = await openSocket(gateway.port);
    const [frame, ...more] = await client.ask({ model: 'm', input: 'x' });
    expect(more).toEqual([]);
    expect(frame).toMatchObject({
      type: 'error',
      status: 429,
      error,
      headers: { 'retry-after': '7', 'x-codex-primary-used-percent': '100' },
    });
    expect(frame?.headers).not.toHaveProperty('content-length');
  });

  it('whose stream dies ends with an error and response.failed, and the connection goes on', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    client.send({ type: 'response.create', model: 'fault:reset-mid', input: 'x' });
    await until(() => client.frames.at(-1)?.type === 'response.failed');
    expect(client.frames.at(-2)?.type).toBe('error');
    expect((await client.ask({ model: 'm', input: 'x' })).at(-1)?.type).toBe('response.completed');
  });
});

describe('a conversation', () => {
  it('goes on from its last response with only what is new, also when nothing is stored', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const outputs = [[proven, call('a')], [call('b')], []];
    upstream.script = (turn) => {
      const at = upstream.turns.length;
      stream(turn, responseOf(`resp_${at}`, outputs[at - 1] ?? [], { lean: at === 2 }));
    };
    const client = await openSocket(gateway.port);
    const turn = { model: 'm', store: false };
    await client.ask({ ...turn, input: [user('Hi')], instructions: 'first only' });
    await client.ask({ ...turn, previous_response_id: 'resp_1', input: [result('a')] });
    await client.ask({ ...turn, previous_response_id: 'resp_2', input: [result('b')] });
    // A branch: the first response is still known.
    await client.ask({ ...turn, previous_response_id: 'resp_1', input: 'Never mind.' });
    const said = [user('Hi'), proven, call('a')];
    expect(upstream.turns.map((one) => bodyOf(one)['input'])).toEqual([
      [user('Hi')],
      [...said, result('a')],
      [...said, result('a'), call('b'), result('b')],
      [...said, { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Never mind.' }] }],
    ]);
    expect(upstream.turns.map((one) => bodyOf(one)['instructions'])).toEqual([
      'first only',
      undefined,
      undefined,
      undefined,
    ]);
    expect(upstream.turns.some((one) => 'previous_response_id' in bodyOf(one))).toBe(false);
    expect(gateway.keep.texts.size).toBe(0);
  });

  it('leaves out reasoning that nobody has kept, unless the provider has', async () => {
    const upstream = await provider((turn) => stream(turn, responseOf('resp_1', [bare, call('a')])));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    for (const store of [false, true]) {
      await client.ask({ model: 'm', store, input: [user('Hi')] });
      await client.ask({ model: 'm', store, previous_response_id: 'resp_1', input: [result('a')] });
    }
    expect([bodyOf(upstream.turns[1])['input'], bodyOf(upstream.turns[3])['input']]).toEqual([
      [user('Hi'), call('a'), result('a')],
      [user('Hi'), bare, call('a'), result('a')],
    ]);
  });

  it('is prepared with generate: false, which asks no upstream and has its own row', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    const frames = await client.ask({ model: 'm', store: false, generate: false, input: [user('Rules')] });
    expect(frames.map(({ type, response }) => [type, response?.status, response?.output])).toEqual([
      ['response.created', 'in_progress', []],
      ['response.completed', 'completed', []],
    ]);
    expect(frames[1]?.response?.usage).toMatchObject({ input_tokens: 0, output_tokens: 0, total_tokens: 0 });
    expect(upstream.turns.length).toBe(0);
    expect(gateway.closed.map((row) => [row.status, row.modelAsked, row.attempts])).toEqual([[200, 'm', 0]]);
    const id = frames[1]?.response?.id;
    expect(id).toMatch(/^resp_\w{24}$/);
    await client.ask({ model: 'm', store: false, previous_response_id: id, input: [user('Hi')] });
    expect(bodyOf(upstream.turns[0])).toEqual({
      model: 'm',
      store: false,
      input: [user('Rules'), user('Hi')],
      stream: true,
    });
  });

  it('that is stored goes on in another connection, for the same client', async () => {
    const upstream = await provider((turn) => stream(turn, responseOf('resp_1', [call('a')])));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      clients: [clientWithKey('app', CLIENT_KEY), clientWithKey('other', 'other-key-000000001')],
    });
    const opened = (key: string) => openSocket(gateway.port, { authorization: `Bearer ${key}` });
    await (await opened(CLIENT_KEY)).ask({ model: 'm', input: [user('Hi')] });
    const next = { model: 'm', previous_response_id: 'resp_1', input: [result('a')] };
    await (await opened(CLIENT_KEY)).ask(next);
    const [refused] = await (await opened('other-key-000000001')).ask(next);
    expect(bodyOf(upstream.turns[1])).toMatchObject({ input: [user('Hi'), call('a'), result('a')] });
    // It is not there for another client, who shares the account with the first.
    expect([refused?.type, refused?.status]).toEqual(['error', 404]);
    expect(upstream.turns).toHaveLength(2);
  });

  it('cannot be prepared after a response that is not known', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    const [frame] = await client.ask({
      model: 'm',
      generate: false,
      previous_response_id: 'resp_x',
      input: [],
    });
    expect([frame?.type, frame?.status]).toEqual(['error', 400]);
    expect(gateway.closed[0]?.status).toBe(400);
  });

  it('does not go on from a response that failed', async () => {
    const upstream = await provider((turn) =>
      stream(turn, responseOf('resp_1', [call('a')], { last: 'failed' })),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    await client.ask({ model: 'm', input: [user('Hi')] });
    upstream.script = (turn) => turn.healthy();
    await client.ask({ model: 'm', previous_response_id: 'resp_1', input: [result('a')] });
    expect(bodyOf(upstream.turns.at(-1))['previous_response_id']).toBe('resp_1');
  });
});
