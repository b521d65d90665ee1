// Opening WebSockets of native realtime resources: where they lead, what the upstream sees of the client, and the client of
// the upstream.

import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../kit/client.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { LIVE_PATH, opened, realtimeProvider } from '../kit/realtime.ts';
import { gatewayWith } from '../kit/setting.ts';
import { clientFrame, openWebSocket, serverFrame, TEXT, type WebSocketEnd } from '../kit/web-socket.ts';

const CLIENT_KEY = 'sluice-client-key-0001';
const KEY_A = 'sk-account-a-000001';
const KEY_B = 'sk-account-b-000002';
const answer = (status: string, body: string, more = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('opening a WebSocket', () => {
  it.each([
    ['/v1/realtime?model=gpt-realtime', '/v1/realtime?model=gpt-realtime'],
    ['/openai/v1/realtime', '/v1/realtime'],
    ['/openai/realtime?intent=transcription', '/v1/realtime?intent=transcription'],
    ['//v1/v1/realtime', '/v1/realtime'],
    [LIVE_PATH, LIVE_PATH],
    [LIVE_PATH.replace('v1beta', 'v1alpha'), LIVE_PATH.replace('v1beta', 'v1alpha')],
    [`/gemini${LIVE_PATH}`, LIVE_PATH],
    [`/v1beta${LIVE_PATH}?alt=ws`, `${LIVE_PATH}?alt=ws`],
  ])('at %s leads to %s of the upstream', async (path, target) => {
    const server = await realtimeProvider();
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    opened(await openWebSocket(gateway.port, { path }));
    expect(server.wishes[0]?.head.first).toBe(`GET ${target} HTTP/1.1`);
  });

  it('hands the handshake on as it is, and the answer back', async () => {
    const server = await realtimeProvider((wish) =>
      wish.accept([
        'Sec-WebSocket-Protocol: realtime',
        'Sec-WebSocket-Extensions: permessage-deflate',
        'OpenAI-Processing-Ms: 5',
        'Set-Cookie: a=b',
        `X-Echo: Bearer ${KEY_A}`,
      ]),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin, secrets: [KEY_A] }] });
    const result = await openWebSocket(gateway.port, {
      path: '/v1/realtime',
      lines: [
        'Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1',
        'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
        'OpenAI-Beta: realtime=v1',
        'Cookie: c',
      ],
    });
    const wish = server.wishes[0]?.head;
    expect([
      wish?.header('connection'),
      wish?.header('upgrade'),
      wish?.header('sec-websocket-version'),
      wish?.header('sec-websocket-protocol'),
      wish?.header('sec-websocket-extensions'),
      wish?.header('openai-beta'),
      wish?.header('authorization'),
      wish?.header('cookie'),
      wish?.header('host'),
    ]).toEqual([
      'Upgrade',
      'websocket',
      '13',
      'realtime, openai-beta.realtime-v1',
      'permessage-deflate; client_max_window_bits',
      'realtime=v1',
      `Bearer ${KEY_A}`,
      undefined,
      server.origin.slice('http://'.length),
    ]);
    const { head } = result;
    expect([
      result.open,
      head.header('sec-websocket-protocol'),
      head.header('sec-websocket-extensions'),
      head.header('openai-processing-ms'),
      head.header('x-sluice-upstream'),
      head.header('set-cookie'),
    ]).toEqual([true, 'realtime', 'permessage-deflate', '5', 'one', undefined]);
    expect(head.text).not.toContain(KEY_A);
  });

  it.each([
    ['authorization', '/v1/realtime', [`Authorization: Bearer ${CLIENT_KEY}`]],
    ['x-api-key', '/v1/realtime', [`X-Api-Key: ${CLIENT_KEY}`]],
    ['?key=', `${LIVE_PATH}?key=${CLIENT_KEY}&alt=ws`, []],
    ['x-goog-api-key', LIVE_PATH, [`X-Goog-Api-Key: ${CLIENT_KEY}`]],
    [
      'a subprotocol',
      '/v1/realtime',
      [`Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.${CLIENT_KEY}, openai-beta.realtime-v1`],
    ],
    [
      'a subprotocol of its own line',
      '/v1/realtime',
      ['Sec-WebSocket-Protocol: realtime', `Sec-WebSocket-Protocol: openai-insecure-api-key.${CLIENT_KEY}`],
    ],
  ])('takes the client key from %s, and the upstream never sees it', async (_place, path, lines) => {
    const server = await realtimeProvider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: server.origin, secrets: [KEY_A] }],
      clients: [clientWithKey('app', CLIENT_KEY)],
    });
    const result = await openWebSocket(gateway.port, { path, lines });
    expect(result.open).toBe(true);
    const seen = server.wishes[0]?.head.text ?? '';
    expect(seen).toContain(KEY_A);
    expect(seen).not.toContain(CLIENT_KEY);
    expect(seen).not.toContain('insecure');
    expect(gateway.opened.map(({ clientId, use }) => [clientId, use])).toEqual([['app', 'resource']]);
  });

  it('sends no list of subprotocols when the key was all of it', async () => {
    const server = await realtimeProvider();
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const lines = ['Sec-WebSocket-Protocol: openai-insecure-api-key.whatever'];
    opened(await openWebSocket(gateway.port, { path: '/v1/realtime', lines }));
    expect(server.wishes[0]?.head.header('sec-websocket-protocol')).toBeUndefined();
  });

  it('over a connection that has carried requests works, and bytes that either side sends at once arrive', async () => {
    const ends: WebSocketEnd[] = [];
    const server = await realtimeProvider(
      (wish) => void ends.push(wish.accept([], serverFrame(TEXT, 'hello'))),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const over = connect(gateway.port, '127.0.0.1');
    over.write(`GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => over.once('data', resolve));
    const early = clientFrame(TEXT, 'early');
    const client = opened(await openWebSocket(gateway.port, { path: '/v1/realtime', over, early }));
    await until(() => client.frames.length === 1 && ends[0]?.frames.length === 1);
    expect([client.frames[0]?.payload.toString(), ends[0]?.frames[0]?.payload.toString()]).toEqual([
      'hello',
      'early',
    ]);
  });

  it('goes to the upstream that offers the model, under the name it has there', async () => {
    const [first, second] = [await realtimeProvider(), await realtimeProvider()];
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'chat', origin: first.origin, models: ['gpt-5.5'], priority: 5 },
        { id: 'voice', origin: second.origin, models: ['gpt-realtime'], aliases: { voice: 'gpt-realtime' } },
      ],
    });
    const { port } = gateway;
    opened(await openWebSocket(port, { path: '/v1/realtime?model=gpt-realtime' }));
    opened(await openWebSocket(port, { path: '/v1/realtime?a=1&model=voice&b=2' }));
    opened(await openWebSocket(port, { path: '/v1/realtime?model=voice%2Fgpt-realtime' }));
    expect(first.wishes.length).toBe(0);
    expect(second.wishes.map(({ head }) => head.first.split(' ')[1])).toEqual([
      '/v1/realtime?model=gpt-realtime',
      '/v1/realtime?a=1&model=gpt-realtime&b=2',
      '/v1/realtime?model=gpt-realtime',
    ]);
    // Nobody offers it: whoever has the highest priority may know better.
    opened(await openWebSocket(port, { path: '/v1/realtime?model=other' }));
    expect(first.wishes.length).toBe(1);
  });

  it('asks the next account when one refuses', async () => {
    const server = await realtimeProvider((wish) => {
      if (wish.head.text.includes(KEY_A)) wish.refuse(answer('401 Unauthorized', '{}'));
      else wish.accept();
    });
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin, secrets: [KEY_A, KEY_B] }] });
    const client = opened(await openWebSocket(gateway.port, { path: '/v1/realtime' }));
    expect(server.wishes.length).toBe(2);
    client.socket.destroy();
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed.map(({ attempts, keyId }) => [attempts, keyId])).toEqual([[2, 'k2']]);
  });
});
