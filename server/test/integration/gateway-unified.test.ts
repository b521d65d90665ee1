// The unified API over real sockets, in front of upstreams of every format: answers, streams, whom it asks, and refusals.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { afterReading } from '../kit/after-reading.ts';
import { ask, begin, type Received, until } from '../kit/client.ts';
import { ANSWER, type Turn } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, wires } from '../kit/wire.ts';

const hello = { model: 'some-model', messages: [{ role: 'user', content: 'Hello' }] };

function send(gateway: Gateway, body: unknown, query = ''): Promise<Received> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(gateway.port, { path: `/v1/chat${query}`, body: text });
}

interface UnifiedEvent {
  readonly name: string;
  readonly data: unknown;
}

function eventsOf(answer: Received): UnifiedEvent[] {
  const blocks = answer.text().split('\n\n');
  return blocks
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      return { name, data: JSON.parse(data) };
    });
}

const ACCOUNTS = {
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  cost: {
    total_tokens: 18,
    input_tokens: 11,
    output_tokens: 7,
    estimated_cost_usd: null,
    input_cost_usd: null,
    output_cost_usd: null,
  },
  latency_ms: expect.any(Number),
};

describe.each(DIALECT_IDS)('a client of the unified API in front of an upstream of %s', (dialect) => {
  async function setUp(script?: (turn: Turn) => void) {
    const one = await provider(script);
    const gateway = await gatewayWith({
      upstreams: [{ id: 'main', origin: one.origin, dialects: [dialect] }],
    });
    return { one, gateway };
  }

  it('gets message, usage, cost and latency', async () => {
    const { one, gateway } = await setUp();
    const answer = await send(gateway, hello);
    expect(JSON.parse(answer.text())).toEqual({
      provider: 'main',
      message: { role: 'assistant', content: ANSWER },
      ...ACCOUNTS,
    });
    expect([answer.status, answer.header('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect([answer.header('x-sluice-upstream'), answer.end]).toEqual(['main', 'clean']);
    expect([one.turns[0]?.dialect, one.turns[0]?.model, one.turns[0]?.stream]).toEqual([
      dialect,
      'some-model',
      false,
    ]);
  });

  it.each([
    ['in its body', { ...hello, stream: true }, ''],
    ['in its query', hello, '?stream=true'],
  ])('gets a stream with real usage at its end, asked for %s', async (_, body, query) => {
    const { one, gateway } = await setUp();
    const answer = await send(gateway, body, query);
    const events = eventsOf(answer);
    expect(answer.header('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(events.map(({ name }) => name)).toEqual(['chunk', 'chunk', 'chunk', 'done']);
    const chunks = events.slice(0, -1).map(({ data }) => data);
    expect(chunks.map((data) => at(data, 'content')).join('')).toBe(ANSWER);
    for (const data of chunks) expect(data).toEqual({ content: expect.any(String), role: 'assistant' });
    expect(events.at(-1)?.data).toEqual(ACCOUNTS);
    expect(one.turns[0]?.stream).toBe(true);
    expect(one.turns[0]?.request.target).not.toContain('stream=true');
  });

  it('has one row in the ledger for each request', async () => {
    const { gateway } = await setUp();
    const answer = await send(gateway, { ...hello, stream: true });
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(gateway.opened.map(({ route, dialectIn, use }) => [route, dialectIn, use])).toEqual([
      ['chat', 'openai-chat', 'generate'],
    ]);
    expect(gateway.closed).toHaveLength(1);
    expect(row).toMatchObject({ dialectOut: dialect, status: 200, upstreamId: 'main', streamed: true });
    expect([row.usage?.input.uncached, row.usage?.output.text]).toEqual([11, 7]);
  });

  it.each([400, 404, 422, 429, 500, 503])(
    'hears of the status %s with the upstream’s words',
    async (status) => {
      const { gateway } = await setUp((turn) =>
        turn.whole(status, wires[dialect].error(status, 'Not today.')),
      );
      for (const stream of [false, true]) {
        const answer = await send(gateway, { ...hello, stream });
        expect([answer.status, at(JSON.parse(answer.text()), 'error')]).toEqual([status, 'Not today.']);
      }
    },
  );

  it('hears in its stream that the upstream died, and never a false end', async () => {
    const { gateway } = await setUp((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const events = wires[dialect].events('m', ANSWER);
      for (const event of events.slice(0, wires[dialect].prelude + 2)) turn.piece(event);
      afterReading(30, () => turn.socket.resetAndDestroy());
    });
    const answer = await send(gateway, { ...hello, stream: true });
    const names = eventsOf(answer).map(({ name }) => name);
    expect([names.includes('chunk'), names.includes('done')]).toEqual([true, false]);
    expect(eventsOf(answer).at(-1)).toEqual({
      name: 'error',
      data: expect.objectContaining({ error: expect.any(String), code: 'upstream_closed' }),
    });
    expect((await gateway.row(answer.header('x-sluice-request-id'))).errorCode).toBe('upstream_closed');
  });

  it('is spared an upstream that fails before its first output', async () => {
    const failing = await provider((turn) => turn.whole(503, wires[dialect].error(503, 'Too busy')));
    const healthy = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'a', origin: failing.origin, dialects: [dialect], priority: 1 },
        { id: 'b', origin: healthy.origin, dialects: [dialect] },
      ],
    });
    const answer = await send(gateway, hello);
    expect(JSON.parse(answer.text())).toMatchObject({ provider: 'b', message: { content: ANSWER } });
  });
});

describe('a unified request', () => {
  it('carries its parameters, its parts and what is not known here to the upstream', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }] });
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ];
    const more = { temperature: 0.3, max_tokens: 9, tools, logit_bias: { '7': 1 } };
    await send(gateway, { provider: 'one', model: 'm', messages, ...more }, '?trace=1&stream=false');
    const [turn] = one.turns;
    expect(turn?.request.target).toBe('/v1/chat/completions?trace=1');
    expect(JSON.parse(turn?.request.body.toString() ?? '')).toEqual({
      model: 'm',
      messages,
      stream: false,
      ...more,
    });
  });

  it('gives the calls of its tools back to the client, who runs them', async () => {
    const calls = [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }];
    const one = await provider((turn) =>
      turn.whole(
        200,
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls: calls } }],
        }),
      ),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }] });
    const answer = await send(gateway, {
      ...hello,
      tools: [{ type: 'function', function: { name: 'look' } }],
    });
    expect(JSON.parse(answer.text()).message).toEqual({ role: 'assistant', content: '', tool_calls: calls });
    expect(one.turns).toHaveLength(1);
  });

  it('goes to the upstream, or to those of the preset, that its provider names', async () => {
    const broken = await provider((turn) => turn.whole(503, wires['openai-chat'].error(503, 'Too busy')));
    const healthy = await provider();
    const acme = { provider: { id: 'acme' }, dialects: ['openai-chat' as const] };
    const gateway = await gatewayWith({
      upstreams: [
        { ...acme, id: 'first', origin: broken.origin, priority: 9 },
        { ...acme, id: 'second', origin: healthy.origin, priority: 5 },
        { ...acme, id: 'off', origin: healthy.origin, priority: 99, enabled: false },
        { id: 'other', origin: healthy.origin, priority: 50 },
      ],
    });
    const served = async (name: string | undefined): Promise<unknown[]> => {
      const answer = await send(gateway, { ...hello, provider: name });
      const { provider: told } = JSON.parse(answer.text());
      return [answer.status, told, answer.header('x-sluice-upstream')];
    };
    expect(await served('second')).toEqual([200, 'second', 'second']);
    expect(await served('acme')).toEqual([200, 'acme', 'second']);
    expect(broken.turns).toHaveLength(1);
    expect(await served(undefined)).toEqual([200, 'other', 'other']);
    expect(await served('first')).toEqual([503, undefined, 'first']);
    expect((await served('off'))[0]).toBe(400);
  });

  it('means the model of its provider, slashes and aliases and all', async () => {
    const one = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'router', origin: one.origin },
        { id: 'acme', origin: one.origin },
      ],
      aliases: { fast: 'acme-mini' },
    });
    for (const model of ['acme/large', 'fast']) await send(gateway, { ...hello, model, provider: 'router' });
    expect(one.turns.map((turn) => turn.model)).toEqual(['acme/large', 'acme-mini']);
  });

  it('is kept alive while its upstream is silent, whose failure is then told in the stream', async () => {
    const one = await provider((turn) => {
      setTimeout(() => turn.whole(400, wires['openai-chat'].error(400, 'No.')), 700);
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }],
      server: { heartbeatMs: 100 },
    });
    const answer = await send(gateway, { ...hello, stream: true });
    expect([answer.status, answer.header('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(answer.text()).toMatch(/^(?:: ping\n\n)+event: error\ndata: \{"error":"No\.".*\}\n\n$/);
  });

  it('of a client who leaves is stopped', async () => {
    const one = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of wires['openai-chat'].events('m', ANSWER).slice(0, 2)) turn.piece(event);
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, dialects: ['openai-chat'] }] });
    const body = JSON.stringify({ ...hello, stream: true });
    const underway = begin(gateway.port, { path: '/v1/chat', body });
    await until(() => underway.soFar().includes('event: chunk'));
    underway.leave('reset');
    await until(() => gateway.closed.length === 1 && one.turns[0]?.closedMs !== undefined);
    expect(gateway.closed[0]).toMatchObject({ status: 499, aborted: true });
  });
});

describe('a unified request that cannot be served', () => {
  async function setUp(server: { bodyLimitBytes?: number } = {}) {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ id: 'main', origin: one.origin }], server });
    return { one, gateway };
  }

  it.each([
    ['no JSON', '{"model"', { _errors: ['The body is not valid JSON'] }],
    ['a list', '[]', { _errors: ['Expected object, received array'] }],
    ['no messages', '{"model":"m"}', { messages: { _errors: ['Required'] } }],
    [
      'an unknown provider',
      JSON.stringify({ ...hello, provider: 'acme' }),
      { provider: { _errors: ["Invalid enum value. Expected 'main' | 'plain', received 'acme'"] } },
    ],
  ])('for %s is told what was expected', async (_, body, details) => {
    const { one, gateway } = await setUp();
    const answer = await send(gateway, body, '?stream=true');
    expect(JSON.parse(answer.text())).toEqual({
      error: 'Invalid request',
      details: { _errors: [], ...details },
      expectedSchema: {
        structure: expect.objectContaining({ type: 'object' }),
        description: expect.stringContaining('provider: enum: main | plain'),
        example: { provider: 'main', model: 'a-model', messages: [{ role: 'user', content: 'Hello' }] },
      },
    });
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([400, 'invalid_request']);
    expect(one.turns).toEqual([]);
    const row = await gateway.row(answer.header('x-sluice-request-id'));
    expect(row).toMatchObject({ status: 400, errorCode: 'invalid_request', bytesIn: body.length });
    expect(gateway.closed).toHaveLength(1);
  });

  it.each([
    ['is empty', '', 400, 'invalid_json'],
    ['is too long', JSON.stringify({ ...hello, pad: 'x'.repeat(3_000) }), 413, 'body_too_large'],
    [
      'is nested too deeply',
      `{"model":"m","x":${'['.repeat(400)}${']'.repeat(400)},"messages":[{"role":"user","content":"a"}]}`,
      400,
      'invalid_json',
    ],
  ])('hears flatly that it %s', async (_, body, status, code) => {
    const { gateway } = await setUp({ bodyLimitBytes: 2_000 });
    const answer = await send(gateway, body);
    expect([answer.status, answer.header('x-sluice-error')]).toEqual([status, code]);
    expect(JSON.parse(answer.text())).toMatchObject({ error: expect.any(String), code });
  });

  it('hears flatly that nobody offers its model', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: one.origin, models: ['this'] }] });
    const answer = await send(gateway, { ...hello, provider: 'one', model: 'thiz' });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text())).toMatchObject({
      error: expect.stringContaining('Did you mean this?'),
      code: 'model_not_found',
    });
  });

  it('hears flatly at the door that it has no key, or the wrong method', async () => {
    const one = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: one.origin }],
      clients: [clientWithKey('me', 'sk-me')],
    });
    const keyless = await send(gateway, hello);
    expect([keyless.status, keyless.header('www-authenticate')]).toEqual([401, 'Bearer realm="sluice"']);
    expect(JSON.parse(keyless.text())).toMatchObject({ error: expect.any(String), code: 'unauthenticated' });
    const wrongMethod = await ask(gateway.port, { path: '/v1/chat' });
    expect([wrongMethod.status, wrongMethod.header('allow')]).toEqual([405, 'POST']);
    expect(JSON.parse(wrongMethod.text())).toMatchObject({ error: expect.stringContaining('/v1/chat') });
  });
});
