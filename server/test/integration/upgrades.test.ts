// Requests that ask for a protocol which they do not get: they are answered as if they had not asked.

import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../kit/client.ts';
import { realtimeProvider } from '../kit/realtime.ts';
import { gatewayWith } from '../kit/setting.ts';

describe('other upgrades', () => {
  /** Sends bytes, further ones when an answer has come, and resolves with everything that comes back. */
  const raw = (port: number, bytes: string, more = ''): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      let next = more;
      socket.on('data', (chunk) => {
        text += chunk;
        if (next === '' || !/\r\n\r\n[\s\S]*\}$/.test(text)) return;
        socket.write(next, 'latin1');
        next = '';
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
      socket.write(bytes, 'latin1');
    });
  const h2c = 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n';

  it('to HTTP/2 are answered as if they had not asked, also with a body, and the connection is kept', async () => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
    const body = JSON.stringify({ model: 'm', messages: [], filler: 'x'.repeat(3_000_000) });
    const text = await raw(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n${h2c}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      `GET /health HTTP/1.1\r\nHost: localhost\r\nProxy-Connection: upgrade\r\n${h2c}Connection: close, upgrade\r\n\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 502', 'HTTP/1.1 200']);
    expect(gateway.closed.map((row) => [row.status, row.bytesIn])).toEqual([[502, body.length]]);
  });

  it('again and again on one connection leave no listeners behind', async () => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
    const counts: number[] = [];
    gateway.app.edge.server.on('request', ({ socket }) => {
      counts.push(socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0));
    });
    const socket = connect(gateway.port, '127.0.0.1');
    for (let count = 1; count <= 20; count++) {
      socket.write(`GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n${h2c}\r\n`);
      await new Promise((resolve) => socket.once('data', resolve));
    }
    socket.destroy();
    expect(counts.length).toBe(20);
    expect(counts.at(-1)).toBe(counts[1]);
  });

  it('with a chunked body and an expectation are read to their end', async () => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
    const text = await raw(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\n${h2c}Expect: 100-continue\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{"model":"m"}\r\n0\r\n\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 502']);
  });

  it.each([
    ['a body', 'Content-Length: 2\r\n', '{}'],
    ['an expectation', 'Expect: 100-continue\r\n', ''],
  ])('to a WebSocket with %s get 426', async (_name, lines, body) => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
    const text = await raw(
      gateway.port,
      `GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n${lines}\r\n${body}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 426 /);
  });

  it('behind requests that are still being answered close the connection', async () => {
    const server = await realtimeProvider(() => {});
    const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
    const text = await raw(
      gateway.port,
      'GET /v1/files HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(text).toBe('');
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed[0]?.status).toBe(499);
  });

  it('behind requests that have just been answered are answered, too', async () => {
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }] });
    const text = await raw(
      gateway.port,
      'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 426']);
  });
});
