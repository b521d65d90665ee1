// The edges of a WebSocket of the Responses API: who may open one, what ends it, and how much waits in it.

import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createDeadlines } from '../../src/exchange/deadlines.ts';
import type { FrameSink } from '../../src/exchange/frame-reply.ts';
import { EDGE_LIMITS } from '../../src/http/limits.ts';
import { createEdge } from '../../src/http/server.ts';
import { until } from '../kit/client.ts';
import { clientWithKey, settingsOf } from '../kit/gateway.ts';
import { opened, refusal } from '../kit/realtime.ts';
import { openSocket, responseOf, type SocketClient, stream } from '../kit/responses-socket.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { clientFrame, openWebSocket, PING, TEXT } from '../kit/web-socket.ts';

const CLIENT_KEY = 'sluice-client-key-0001';
const CREATE = { type: 'response.create', model: 'm', input: 'x', store: false };

describe('opening', () => {
  it.each([
    ['without a key', [], 401],
    ['with a wrong key', ['Authorization: Bearer wrong'], 401],
    ['from a foreign page', ['Origin: https://evil.example', `Authorization: Bearer ${CLIENT_KEY}`], 403],
    ['in another version', [`Authorization: Bearer ${CLIENT_KEY}`, 'Sec-WebSocket-Version: 8'], 426],
  ])('%s is refused in the words of the format, without a row', async (_name, lines, status) => {
    const gateway = await gatewayWith({
      upstreams: [{ origin: 'http://127.0.0.1:1' }],
      clients: [clientWithKey('app', CLIENT_KEY)],
    });
    const refused = await refusal(gateway.port, { path: '/v1/responses', lines });
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { message: expect.stringMatching(/./) } });
    expect(gateway.opened.length).toBe(0);
  });

  it.each(['/v1/responses', '/responses', '/openai/v1/responses', '/v1/responses?model=m'])(
    'at %s works without a credential where none is asked for',
    async (path) => {
      const upstream = await provider();
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
      const client = await openSocket(gateway.port, {}, path);
      expect((await client.ask(CREATE)).at(-1)?.type).toBe('response.completed');
      expect(upstream.turns[0]?.request.target.split('?')[0]).toBe('/v1/responses');
    },
  );

  it('takes the key from a subprotocol, as browsers send it, and agrees on another one', async () => {
    const gateway = await gatewayWith({
      upstreams: [{ origin: 'http://127.0.0.1:1' }],
      clients: [clientWithKey('app', CLIENT_KEY)],
    });
    const key = `openai-insecure-api-key.${CLIENT_KEY}`;
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/v1/responses`, [key, 'responses']);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    expect(socket.protocol).toBe('responses');
    socket.terminate();
  });

  it('tells an id, and serves a message that came with the handshake', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const early = clientFrame(TEXT, JSON.stringify(CREATE));
    const result = await openWebSocket(gateway.port, { path: '/v1/responses', early });
    expect(result.head.header('x-sluice-request-id')).toMatch(/^req_/);
    const end = opened(result);
    await until(() => end.frames.some(({ payload }) => payload.includes('response.completed')));
    end.socket.destroy();
  });
});

describe('what ends a connection', () => {
  it('a client that leaves aborts what runs, and what waits is not begun', async () => {
    const upstream = await provider((turn) => turn.head(200, { 'Content-Type': 'text/event-stream' }));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    client.send(CREATE);
    client.send(CREATE);
    await until(() => upstream.turns.length === 1);
    client.socket.terminate();
    await until(() => gateway.closed.length === 1 && upstream.turns[0]?.closedMs !== undefined);
    expect(gateway.closed.map(({ status, aborted }) => [status, aborted])).toEqual([[499, true]]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([upstream.turns.length, gateway.opened.length]).toEqual([1, 1]);
  });

  it.each([
    ['a binary message', 1003, (client: SocketClient) => client.socket.send(Buffer.from('{}'))],
    ['a message above the limit', 1009, (client: SocketClient) => client.send('x'.repeat(20_000))],
    [
      'more messages than anybody waits for',
      1008,
      (client: SocketClient) => {
        for (let count = 0; count < 30; count++) client.send(CREATE);
      },
    ],
    [
      'more bytes than anybody waits for',
      1008,
      (client: SocketClient) => {
        for (let count = 0; count < 3; count++) client.send({ ...CREATE, input: 'x'.repeat(6_000) });
      },
    ],
  ])('%s', async (_name, code, act) => {
    const upstream = await provider((turn) => turn.head(200, { 'Content-Type': 'text/event-stream' }));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      server: { bodyLimitBytes: 10_000 },
    });
    const client = await openSocket(gateway.port);
    act(client);
    await until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(code);
  });

  it('stopping the gateway: at once where nothing runs, after the answer elsewhere', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    let release = (): void => {};
    upstream.script = (turn) => {
      release = () => stream(turn, responseOf('resp_1', []));
    };
    const [idle, busy] = [await openSocket(gateway.port), await openSocket(gateway.port)];
    busy.send(CREATE);
    await until(() => upstream.turns.length === 1);
    const stopped = gateway.app.stop(5_000);
    await until(() => idle.closed !== undefined);
    expect(idle.closed?.code).toBe(1001);
    expect(busy.closed).toBeUndefined();
    release();
    await stopped;
    await until(() => busy.closed !== undefined);
    expect(busy.frames.at(-1)?.type).toBe('response.completed');
    expect(busy.closed?.code).toBe(1001);
  });
});

describe('limits', () => {
  it('a conversation that has grown beyond the limit is refused with 413', async () => {
    const big = {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'y'.repeat(7_000) }],
    };
    const upstream = await provider((turn) => stream(turn, responseOf('resp_1', [big])));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      server: { bodyLimitBytes: 10_000 },
    });
    const client = await openSocket(gateway.port);
    await client.ask(CREATE);
    const next = { ...CREATE, previous_response_id: 'resp_1', input: 'x'.repeat(4_000) };
    const [frame] = await client.ask(next);
    expect([frame?.type, frame?.status]).toEqual(['error', 413]);
    expect((await client.ask({ ...next, input: 'less' })).at(-1)?.type).toBe('response.completed');
  });

  it('a client that was taken out of the configuration is served no more', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      clients: [clientWithKey('app', CLIENT_KEY), clientWithKey('other', 'other-key-000000001')],
    });
    const client = await openSocket(gateway.port, { authorization: `Bearer ${CLIENT_KEY}` });
    expect((await client.ask(CREATE)).at(-1)?.type).toBe('response.completed');
    gateway.settings = { ...gateway.settings, clients: gateway.settings.clients.slice(1) };
    const [frame] = await client.ask(CREATE);
    expect([frame?.type, frame?.status]).toEqual(['error', 401]);
    expect(upstream.turns.length).toBe(1);
    expect(gateway.closed.at(-1)?.status).toBe(401);
  });

  it('a client that does not read holds the upstream back, and gets everything when it reads again', async () => {
    const pieces = 300;
    const delta = `data: ${JSON.stringify({ type: 'response.output_text.delta', delta: 'x'.repeat(100_000) })}\n\n`;
    let taken = 0;
    const upstream = await provider((turn) => {
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      const more = (): void => {
        while (taken < pieces) {
          taken += 1;
          if (!turn.piece(delta)) {
            turn.socket.once('drain', more);
            return;
          }
        }
        turn.piece(responseOf('resp_1', []));
        turn.end();
      };
      more();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const client = await openSocket(gateway.port);
    client.socket.pause();
    client.send(CREATE);
    let before = -1;
    while (before !== taken || taken === 0) {
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(taken).toBeLessThan(pieces);
    client.socket.resume();
    await until(() => client.frames.at(-1)?.type === 'response.completed');
    expect(client.frames.filter(({ delta: text }) => text?.length === 100_000).length).toBe(pieces);
  });
});

describe('as time goes by', () => {
  /** An edge whose time moves when told, with a session that does what it is told. */
  async function edgeWith(serve: (message: string, sink: FrameSink) => Promise<void>) {
    let nowMs = 0;
    const clock = { monotonicMs: () => nowMs, epochMs: () => nowMs };
    const deadlines = createDeadlines(clock);
    const settings = settingsOf({ upstreams: [] });
    const edge = createEdge(
      {
        settings: () => settings,
        clock,
        deadlines,
        log: { exchange: () => {}, warn: () => {}, error: () => {} },
        version: '0',
        ready: () => true,
        handle: () => {},
        converse: () => ({ serve }),
      },
      EDGE_LIMITS,
    );
    const { port } = await edge.listen();
    onTestFinished(async () => {
      const closed = edge.close();
      edge.closeNow();
      await closed;
    });
    const advance = (byMs: number): void => {
      nowMs += byMs;
      deadlines.tick();
    };
    return { port, advance, deadlines };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

  it('asks a silent client for a sign of life, and leaves one that gives it alone', async () => {
    const { port, advance } = await edgeWith(() => Promise.resolve());
    const client = await openSocket(port);
    let pings = 0;
    client.socket.on('ping', () => pings++);
    for (let round = 1; round <= 5; round++) {
      advance(30_000);
      await until(() => pings === round);
      await settled();
    }
    expect(client.closed).toBeUndefined();
  });

  it('ends a connection that gives no sign of life to two questions', async () => {
    const { port, advance, deadlines } = await edgeWith(() => Promise.resolve());
    const end = opened(await openWebSocket(port, { path: '/v1/responses' }));
    for (let round = 1; round <= 2; round++) {
      advance(30_000);
      await until(() => end.frames.filter(({ opcode }) => opcode === PING).length === round);
    }
    advance(30_000);
    await until(() => end.closedAtMs() !== undefined);
    expect(deadlines.size).toBe(0);
  });

  it('closes a connection in which nothing was asked for an hour, however alive', async () => {
    const { port, advance } = await edgeWith(() => Promise.resolve());
    const client = await openSocket(port);
    for (let minute = 0; minute < 62 && client.closed === undefined; minute++) {
      if (minute === 1) client.send('anything');
      await settled();
      advance(60_000);
    }
    await until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1000);
  });

  it('does not take a long answer for idleness', async () => {
    let finish = (): void => {};
    const { port, advance } = await edgeWith(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const client = await openSocket(port);
    client.send('anything');
    await settled();
    for (let count = 0; count < 3; count++) {
      advance(30 * 60_000);
      await settled();
    }
    expect(client.closed).toBeUndefined();
    finish();
  });

  it('cuts a client that takes nothing of its answer', async () => {
    const { port, advance } = await edgeWith((_message, sink) => {
      const frame = JSON.stringify({ type: 'x', delta: 'x'.repeat(100_000) });
      for (let count = 0; count < 200; count++) sink.send(frame);
      return Promise.resolve();
    });
    const client = await openSocket(port);
    client.socket.pause();
    client.send('anything');
    await settled();
    advance(EDGE_LIMITS.deadReaderMs - 1_000);
    await settled();
    advance(2_000);
    client.socket.resume();
    await until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1006);
  });
});
