// WebSockets that do not open: refused by the upstream or by the gateway, or given up by the client.

import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../kit/client.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { LIVE_PATH, realtimeProvider, refusal } from '../kit/realtime.ts';
import { gatewayWith } from '../kit/setting.ts';

const CLIENT_KEY = 'sluice-client-key-0001';
const KEY_A = 'sk-account-a-000001';
const KEY_B = 'sk-account-b-000002';
const answer = (status: string, body: string, more = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('a WebSocket that is refused', () => {
  it.each([
    ['401 Unauthorized', `{"error":{"message":"bad key"}}`],
    ['404 Not Found', '{"error":"no such model"}'],
    ['200 OK', '{"hello":1}'],
    ['426 Upgrade Required', '{}'],
  ])('by the upstream with %s: status and body reach the client', async (status, body) => {
    const server = await realtimeProvider((wish) =>
      wish.refuse(answer(status, body, 'X-Request-Id: r1\r\n')),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const refused = await refusal(gateway.port, { path: '/v1/realtime' });
    expect([refused.status, refused.body, refused.head.header('x-request-id')]).toEqual([
      Number(status.slice(0, 3)),
      body,
      'r1',
    ]);
    expect(gateway.closed.map((row) => [row.status, row.bytesOut])).toEqual([[refused.status, body.length]]);
  });

  it('in chunks, with a repeated key: the body comes whole and without the key', async () => {
    const head = 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n';
    const body = `bad key ${KEY_A}`;
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
    const server = await realtimeProvider((wish) =>
      wish.refuse(`HTTP/1.1 103 Early Hints\r\n\r\n${head}${chunk}3\r\n...\r\n0\r\n\r\n`),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin, secrets: [KEY_A] }] });
    const refused = await refusal(gateway.port, { path: '/v1/realtime' });
    expect([refused.status, refused.body]).toEqual([403, `bad key ${'*'.repeat(KEY_A.length)}...`]);
  });

  it.each([
    ['is not HTTP', 'SSH-2.0-x\r\n\r\n', 'upstream_protocol'],
    [
      'switches to something else',
      'HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      'upstream_protocol',
    ],
    ['has endless headers', `HTTP/1.1 101 X\r\n${'X-A: b\r\n'.repeat(20_000)}`, 'upstream_too_large'],
    ['has no end of interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(200), 'upstream_protocol'],
  ])('because the answer of the upstream %s is a 502', async (_name, bytes, code) => {
    const server = await realtimeProvider((wish) => wish.refuse(bytes));
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const refused = await refusal(gateway.port, { path: '/v1/realtime' });
    expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([502, code]);
    expect(gateway.closed.map((row) => [row.status, row.errorCode])).toEqual([[502, code]]);
  });

  it('because the upstream cannot be reached, closes, or does not answer', async () => {
    const closing = await realtimeProvider((wish) => wish.socket.resetAndDestroy());
    const silent = await realtimeProvider(() => {});
    for (const [origin, status, code] of [
      ['http://127.0.0.1:1', 502, 'upstream_connect'],
      [closing.origin, 502, 'upstream_closed'],
      [silent.origin, 504, 'upstream_timeout'],
    ] as const) {
      const gateway = await gatewayWith({ upstreams: [{ origin, timeouts: { headersMs: 50 } }] });
      const refused = await refusal(gateway.port, { path: '/v1/realtime' });
      expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([status, code]);
    }
  });

  it.each([
    ['without a key', { path: '/v1/realtime' }, 401],
    ['with a wrong key', { path: '/v1/realtime', lines: ['Authorization: Bearer wrong'] }, 401],
    [
      'with a wrong key among the subprotocols',
      { path: '/v1/realtime', lines: ['Sec-WebSocket-Protocol: openai-insecure-api-key.wrong'] },
      401,
    ],
    [
      'from a foreign page',
      {
        path: '/v1/realtime',
        lines: ['Origin: https://evil.example', `Authorization: Bearer ${CLIENT_KEY}`],
      },
      403,
    ],
    [
      'with two credentials of one kind',
      { path: '/v1/realtime', lines: ['Authorization: a', 'Authorization: b'] },
      400,
    ],
    [
      'on a path of exchanges',
      { path: '/v1/chat/completions', lines: [`Authorization: Bearer ${CLIENT_KEY}`] },
      426,
    ],
    [
      'on a resource without WebSockets',
      { path: '/v1/files', lines: [`Authorization: Bearer ${CLIENT_KEY}`] },
      426,
    ],
    ['on a path that does not exist', { path: '/v1/nothing' }, 404],
    ['on an unknown method of the Live API', { path: '/ws/other' }, 404],
  ])('by the gateway %s', async (_name, opening, status) => {
    const server = await realtimeProvider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: server.origin }],
      clients: [clientWithKey('app', CLIENT_KEY)],
    });
    const refused = await refusal(gateway.port, opening);
    expect(refused.status).toBe(status);
    expect(server.wishes.length).toBe(0);
    expect(gateway.closed.length).toBe(0);
  });

  it('by Host: a name that is not ours', async () => {
    const server = await realtimeProvider();
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const socket = connect(gateway.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(
      'GET /v1/realtime HTTP/1.1\r\nHost: evil.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await new Promise((resolve) => socket.on('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(server.wishes.length).toBe(0);
  });

  it('because no upstream is of its family', async () => {
    const gateway = await gatewayWith({
      upstreams: [{ origin: 'http://127.0.0.1:1', dialects: ['openai-chat'] }],
    });
    const refused = await refusal(gateway.port, { path: LIVE_PATH });
    expect([refused.status, JSON.parse(refused.body).error.status]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(gateway.closed.map((row) => row.errorCode)).toEqual(['dialect_unavailable']);
  });
});

describe('a client that leaves before its WebSocket is open', () => {
  it.each(['close', 'reset'])('by %s takes the connection to the upstream with it', async (how) => {
    const server = await realtimeProvider(() => {});
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin, secrets: [KEY_A, KEY_B] }] });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await until(() => server.wishes.length === 1);
    const upstream = server.wishes[0]?.socket;
    upstream?.on('end', () => upstream.end());
    const leftAtMs = performance.now();
    if (how === 'close') socket.destroy();
    else socket.resetAndDestroy();
    await until(() => upstream?.closed === true);
    expect(performance.now() - leftAtMs).toBeLessThan(500);
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed.map((row) => [row.status, row.attempts])).toEqual([[499, 1]]);
  });

  it('a stopping gateway refuses what is still being opened', async () => {
    const server = await realtimeProvider(() => {});
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const coming = refusal(gateway.port, { path: '/v1/realtime' });
    await until(() => server.wishes.length === 1);
    await gateway.app.stop(0);
    expect((await coming).status).toBe(503);
  });
});
