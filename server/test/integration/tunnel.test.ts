// The opener of WebSockets on its own: over TLS, through a proxy, and given up at every stage.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Destination, RawConnection, RawHeaders, TransportFailure } from '../../src/exchange/ports.ts';
import { createTunnels } from '../../src/upstream/tunnel.ts';
import { makeCertificate } from '../kit/certificate.ts';
import { until } from '../kit/client.ts';
import { closeServer, listen } from './transport.kit.ts';

const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nX-A: b\r\n\r\n';
const certificate = makeCertificate();

const open: { server: Server; sockets: Socket[] }[] = [];
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) await closeServer(server, sockets);
});

function serve(server: Server, accept: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  open.push({ server, sockets });
  const take = (socket: Socket): void => {
    sockets.push(socket);
    socket.on('error', () => {});
    accept(socket);
  };
  // A TLS server has both events; only the second brings what can be read.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', take);
  return listen(server);
}

/** Answers every connection with bytes as soon as a request is there, then echoes. */
function echo(socket: Socket): void {
  socket.once('data', () => {
    socket.write(`${SWITCH}first`);
    socket.on('data', (chunk) => socket.write(chunk));
  });
}

interface Heard {
  readonly headers: RawHeaders;
  readonly connection: RawConnection | undefined;
  readonly failure: TransportFailure | undefined;
}

function attempt(destination: Destination, ca?: string): { heard: () => Heard | undefined; abort(): void } {
  let heard: Heard | undefined;
  const call = createTunnels(ca === undefined ? {} : { ca }).open(
    {
      destination,
      method: 'GET',
      target: '/v1/realtime',
      headers: ['Sec-WebSocket-Key', 'k'],
      body: { kind: 'none' },
      decode: false,
      connectMs: 2_000,
    },
    {
      head: () => {},
      data: () => true,
      end: () => {},
      fail: (failure) => {
        heard = { headers: [], connection: undefined, failure };
      },
      switched: (headers, connection) => {
        heard = { headers, connection, failure: undefined };
      },
    },
  );
  return { heard: () => heard, abort: () => call.abort() };
}

/** Says something over an open connection and waits for it to come back behind the first bytes. */
async function expectEcho(connection: RawConnection | undefined): Promise<void> {
  let text = '';
  connection?.on('data', (chunk) => {
    text += chunk.toString();
  });
  connection?.resume();
  connection?.write(Buffer.from(' again'));
  await until(() => text === 'first again');
  connection?.destroy();
}

describe('opening', () => {
  it.runIf(certificate !== undefined)('over TLS', async () => {
    const port = await serve(createTlsServer({ ...certificate }), echo);
    const call = attempt({ origin: `https://127.0.0.1:${port}`, proxy: undefined }, certificate?.cert);
    await until(() => call.heard() !== undefined);
    expect(call.heard()?.headers.slice(-2)).toEqual(['X-A', 'b']);
    await expectEcho(call.heard()?.connection);
  });

  it('through a proxy', async () => {
    const port = await serve(createServer(), echo);
    const asked: string[] = [];
    const proxy = await serve(createServer(), (socket) => {
      socket.once('data', (head) => {
        asked.push(head.toString().split('\r\n')[0] ?? '');
        const onward = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
        onward.on('error', () => {});
      });
    });
    const call = attempt({ origin: `http://127.0.0.1:${port}`, proxy: `http://127.0.0.1:${proxy}` });
    await until(() => call.heard() !== undefined);
    expect(asked).toEqual([`CONNECT 127.0.0.1:${port} HTTP/1.1`]);
    await expectEcho(call.heard()?.connection);
  });

  it('a 101 in single bytes is the same', async () => {
    const port = await serve(createServer({ noDelay: true }), (socket) => {
      const bytes = Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${SWITCH}first`);
      let at = 0;
      let early = Buffer.alloc(0);
      const next = (): void => {
        if (at < bytes.length) socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
        else socket.write(early);
      };
      socket.on('data', (chunk) => {
        if (at === 0) next();
        else if (at < bytes.length) early = Buffer.concat([early, chunk]);
        else socket.write(chunk);
      });
    });
    const call = attempt({ origin: `http://127.0.0.1:${port}`, proxy: undefined });
    await until(() => call.heard() !== undefined);
    await expectEcho(call.heard()?.connection);
  });

  it('that is given up closes the connection, and nothing is heard of it', async () => {
    let closed = 0;
    const seen: Socket[] = [];
    const port = await serve(createServer(), (socket) => {
      seen.push(socket);
      socket.resume();
      socket.on('close', () => {
        closed += 1;
      });
    });
    const call = attempt({ origin: `http://127.0.0.1:${port}`, proxy: undefined });
    await until(() => seen.length === 1);
    call.abort();
    await until(() => closed === 1);
    expect(call.heard()).toBeUndefined();
  });

  it('once switched, giving up does nothing any more', async () => {
    const port = await serve(createServer(), echo);
    const call = attempt({ origin: `http://127.0.0.1:${port}`, proxy: undefined });
    await until(() => call.heard() !== undefined);
    call.abort();
    await expectEcho(call.heard()?.connection);
  });

  it.each([
    ['an address that is none', 'ftp://x', 'upstream_connect'],
    ['a closed port', 'http://127.0.0.1:1', 'upstream_connect'],
  ])('at %s fails', async (_name, origin, code) => {
    const call = attempt({ origin, proxy: undefined });
    await until(() => call.heard() !== undefined);
    expect(call.heard()?.failure).toMatchObject({ sent: false, error: { code } });
  });
});
