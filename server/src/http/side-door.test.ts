// The way to the process that answers the operator, as somebody who wants to be taken for another one tries it.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { handOn, takeIn } from './side-door.ts';

interface Heard {
  readonly request: string;
  readonly address: string | undefined;
  readonly body: string;
  readonly headers: readonly string[];
}

let folder: string;
let keeper: Server;
let door: Server;
let heard: Heard[];
let refused: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-door-'));
  heard = [];
  refused = [];
  keeper = createServer((request, response) => {
    const socket = takeIn(request);
    if (socket === undefined) return;
    if (request.url === '/early') {
      response.writeHead(401).end('refused at once');
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      heard.push({
        request: `${request.method} ${request.url}`,
        address: socket.remoteAddress,
        body: Buffer.concat(parts).toString(),
        headers: request.rawHeaders.map((word) => word.toLowerCase()),
      });
      response.end('from the keeper');
    });
  });
  keeper.on('clientError', (error, socket) => {
    refused.push(error.message);
    socket.destroy();
  });
  const path = join(folder, 'door');
  await new Promise<void>((ready) => keeper.listen({ path }, ready));
  door = createServer((request, response) =>
    handOn(path, { request, response, address: '203.0.113.7', closingHeaders: () => [] }),
  );
  await new Promise<void>((ready) => door.listen(0, '127.0.0.1', ready));
});

afterEach(() => {
  for (const server of [door, keeper]) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

/** Sends bytes to the public port, or to the door itself; answers what came back. */
function send(text: string, to: Server = door): Promise<string> {
  const address = to.address() as AddressInfo | string;
  const socket = typeof address === 'string' ? connect(address) : connect(address.port, '127.0.0.1');
  return new Promise((done) => {
    let answer = '';
    socket.on('data', (part: Buffer) => {
      answer += part.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done(answer));
    socket.write(text);
  });
}

const FORGED = 'GET /metrics HTTP/1.1\r\nHost: a\r\nx-sluice-peer: 127.0.0.1 127.0.0.1\r\n\r\n';

describe('a request that is handed on', () => {
  test.each(['GET', 'DELETE', 'OPTIONS', 'POST'])(
    'a %s with a body of unknown length is handed on as one request: what stands in the body is none',
    async (method) => {
      const size = FORGED.length.toString(16);
      const answer = await send(
        `${method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${FORGED}\r\n0\r\n\r\n`,
      );
      expect(answer).toContain('from the keeper');
      expect(heard.map(({ request, body, address }) => [request, body, address])).toEqual([
        [`${method} /x`, FORGED, '203.0.113.7'],
      ]);
      expect(refused).toEqual([]);
    },
  );

  test('an answer that comes before the body has gone is not lost, and no connection stays', async () => {
    const body = 'x'.repeat(4 * 1024 * 1024);
    const answer = await send(
      `POST /early HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toContain('401 Unauthorized');
    expect(answer).toContain('refused at once');
    const open = (): Promise<number> =>
      new Promise((told) => keeper.getConnections((_, count) => told(count)));
    await expect.poll(open).toBe(0);
  });

  test('nobody can say for himself where he comes from, however the header is spelled', async () => {
    const peer = 'X-Sluice-Peer: 127.0.0.1 127.0.0.1\r\n';
    await send(`GET /x HTTP/1.1\r\nHost: a\r\n${peer}Connection: close, x-sluice-peer\r\n\r\n`);
    expect(heard.map(({ address }) => address)).toEqual(['203.0.113.7']);
    expect(heard[0]?.headers).not.toContain('x-sluice-peer');
  });

  test('a second request on the connection of another one is not taken in, and nothing breaks', async () => {
    const first = 'GET /first HTTP/1.1\r\nHost: a\r\nx-sluice-peer: 203.0.113.7 192.0.2.1\r\n\r\n';
    await send(first + FORGED, keeper);
    expect(heard.map(({ request, address }) => [request, address])).toEqual([['GET /first', '203.0.113.7']]);
  });
});
