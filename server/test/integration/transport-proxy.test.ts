import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocket } from '../../src/upstream/connect.ts';
import { createTransport } from '../../src/upstream/transport/transport.ts';
import { makeCertificate } from '../kit/certificate.ts';
import {
  ask,
  type ByteServer,
  bytesBody,
  closeServer,
  eachRequest,
  listen,
  makeRequest,
  plainAnswer,
  serveBytes,
  serveSockets,
  textOf,
  until,
  withTransport,
} from './transport.kit.ts';

const certificate = makeCertificate();
if (certificate === undefined)
  process.emitWarning('openssl is missing: the TLS tests of the transport are skipped.');

/** Joins two sockets until either closes. */
function join(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', () => {});
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}

interface ProxyServer extends ByteServer {
  /** What clients asked for, one text per connection. */
  readonly seen: string[];
}

/** Serves CONNECT; with `password`, only to those who know it. Every name is resolved to the loopback address. */
async function serveConnect(password?: string): Promise<ProxyServer> {
  const seen: string[] = [];
  const server = await serveSockets((socket) => {
    socket.once('data', (chunk) => {
      const head = chunk.toString('latin1');
      seen.push(head);
      const wanted = `proxy-authorization: Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
      if (password !== undefined && !head.toLowerCase().includes(wanted.toLowerCase())) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const port = Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1]);
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        join(socket, target);
      });
      target.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
    });
  });
  return Object.assign(server, { seen });
}

/** A SOCKS 5 server (RFC 1928, RFC 1929) for names; all of them are resolved to the loopback address. */
async function serveSocks(password?: string): Promise<ProxyServer> {
  const seen: string[] = [];
  const server = await serveSockets((socket) => {
    const onGreeting = (): void => {
      socket.write(Buffer.from([5, password === undefined ? 0 : 2]));
      socket.once('data', password === undefined ? onRequest : onPassword);
    };
    const onPassword = (chunk: Buffer): void => {
      const userLength = chunk[1] ?? 0;
      const given = chunk.subarray(3 + userLength).toString();
      const good = chunk.subarray(2, 2 + userLength).toString() === 'user' && given === password;
      socket.write(Buffer.from([1, good ? 0 : 1]));
      if (good) socket.once('data', onRequest);
    };
    const onRequest = (chunk: Buffer): void => {
      const nameLength = chunk[4] ?? 0;
      const name = chunk[3] === 3 ? chunk.subarray(5, 5 + nameLength).toString() : `address type ${chunk[3]}`;
      const port = chunk.readUInt16BE(chunk.length - 2);
      seen.push(`${name}:${port}`);
      const reply = (code: number) => Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0, 0]);
      const target = connect(port, '127.0.0.1', () => {
        socket.write(reply(0));
        join(socket, target);
      });
      target.on('error', () => socket.end(reply(5)));
    };
    socket.once('data', onGreeting);
  });
  return Object.assign(server, { seen });
}

const through = (origin: string, proxy: string) => makeRequest(origin, { destination: { origin, proxy } });

describe('requests through a proxy', () => {
  it.each(['http', 'socks5', 'socks5h'])(
    'reach the upstream through %s, with the name resolved there',
    async (scheme) => {
      const proxy = await (scheme === 'http' ? serveConnect() : serveSocks());
      await withTransport(serveBytes(plainAnswer('tunnelled')), async ({ port }, transport) => {
        const request = through(`http://upstream.invalid:${port}`, `${scheme}://127.0.0.1:${proxy.port}`);
        for (let count = 0; count < 3; count++)
          expect(textOf(await ask(transport, request))).toBe('tunnelled');
        expect(proxy.seen[0]).toContain(`upstream.invalid:${port}`);
      });
      await proxy.close();
    },
  );

  it.each(['http', 'socks5'])('log in at a %s proxy with the credentials of its URL', async (scheme) => {
    const proxy = await (scheme === 'http' ? serveConnect('p:ss wörd') : serveSocks('p:ss wörd'));
    await withTransport(serveBytes(plainAnswer('x')), async ({ origin }, transport) => {
      const password = encodeURIComponent('p:ss wörd');
      const good = await ask(
        transport,
        through(origin, `${scheme}://user:${password}@127.0.0.1:${proxy.port}`),
      );
      expect(textOf(good)).toBe('x');
      const bad = await ask(transport, through(origin, `${scheme}://user:s3cret@127.0.0.1:${proxy.port}`));
      expect([bad.failure?.error.code, bad.failure?.sent]).toEqual(['upstream_connect', false]);
      expect(bad.failure?.error.message).toContain(`127.0.0.1:${proxy.port}`);
      expect(JSON.stringify(bad.failure)).not.toContain('s3cret');
      expect(bad.failure?.error.suggestion).toContain('password');
    });
    await proxy.close();
  });

  it.each(['http', 'https', 'socks5'])('fail when the %s proxy is dead', async (scheme) => {
    const proxy = await serveSockets(() => {});
    await proxy.close();
    await withTransport(serveBytes(plainAnswer('x')), async ({ origin, sockets }, transport) => {
      const { failure } = await ask(transport, through(origin, `${scheme}://127.0.0.1:${proxy.port}`));
      expect(failure?.error.code).toBe('upstream_connect');
      expect(failure?.error.message).toContain(`the proxy 127.0.0.1:${proxy.port}`);
      expect(failure?.error.message).toContain('ECONNREFUSED');
      expect(sockets).toHaveLength(0);
    });
  });

  it.each(['http', 'socks5'])('fail when the %s proxy cannot reach the upstream', async (scheme) => {
    const proxy = await (scheme === 'http' ? serveConnect() : serveSocks());
    const dead = await serveSockets(() => {});
    await dead.close();
    const transport = createTransport();
    const { failure } = await ask(transport, through(dead.origin, `${scheme}://127.0.0.1:${proxy.port}`));
    expect(failure?.error.code).toBe('upstream_connect');
    expect(failure?.error.message).toContain(`refused a connection to 127.0.0.1:${dead.port}`);
    transport.close();
    await proxy.close();
  });

  it.each(['http', 'socks5', 'https'])('fail in time when the %s proxy never answers', async (scheme) => {
    const proxy = await serveSockets((socket) => void socket.resume());
    const transport = createTransport();
    const request = {
      ...through('http://127.0.0.1:1', `${scheme}://127.0.0.1:${proxy.port}`),
      connectMs: 60,
    };
    const { failure } = await ask(transport, request);
    expect([failure?.error.code, failure?.sent]).toEqual(['upstream_timeout', false]);
    await until(() => proxy.sockets[0]?.destroyed === true);
    transport.close();
    await proxy.close();
  });

  it.each(['ftp://127.0.0.1:1', 'nonsense'])('fail when the proxy is %s', async (proxy) => {
    const transport = createTransport();
    const { failure } = await ask(transport, through('http://127.0.0.1:1', proxy));
    expect(failure?.error.code).toBe('upstream_connect');
    transport.close();
  });
});

describe.skipIf(certificate === undefined)('requests over TLS', () => {
  const { cert, key } = certificate ?? { cert: '', key: '' };
  const sockets: TLSSocket[] = [];
  let server: TlsServer;
  let port = 0;

  beforeAll(async () => {
    server = createTlsServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      eachRequest(socket, ({ head, body }) => {
        const close = head.includes('x-close') ? 'connection: close\r\n' : '';
        const text = `${socket.servername === false ? 'no name' : socket.servername} ${socket.alpnProtocol} ${body}`;
        socket.write(plainAnswer(text, close));
      });
    });
    port = await listen(server);
  });
  afterAll(() => closeServer(server, sockets));

  it('send the server name and speak HTTP/1.1', async () => {
    const transport = createTransport({ ca: cert });
    const request = makeRequest(`https://localhost:${port}`, {
      method: 'POST',
      body: bytesBody('hello ', 'you'),
    });
    expect(textOf(await ask(transport, request))).toBe('localhost http/1.1 hello you');
    expect(textOf(await ask(transport, makeRequest(`https://127.0.0.1:${port}`)))).toMatch(
      /^no name http\/1.1/,
    );
    transport.close();
  });

  it('carry large bodies', async () => {
    const transport = createTransport({ ca: cert });
    const text = 'x'.repeat(3_000_000);
    const request = makeRequest(`https://localhost:${port}`, { method: 'POST', body: bytesBody(text) });
    expect(textOf(await ask(transport, request))).toBe(`localhost http/1.1 ${text}`);
    transport.close();
  });

  it('reuse connections, and sessions for new connections', async () => {
    const transport = createTransport({ ca: cert });
    const before = sockets.length;
    let count = 0;
    while (sockets.length - before === count && count < 5000) {
      count++;
      await ask(transport, makeRequest(`https://localhost:${port}`));
    }
    expect(sockets.length - before).toBeLessThan(count);
    const headers = ['x-close', '1'];
    await ask(transport, makeRequest(`https://localhost:${port}`, { headers }));
    await ask(transport, makeRequest(`https://localhost:${port}`, { headers }));
    expect(sockets.at(-1)?.isSessionReused()).toBe(true);
    transport.close();
  });

  it('refuse a certificate that is not trusted', async () => {
    const transport = createTransport();
    const { failure } = await ask(transport, makeRequest(`https://localhost:${port}`));
    expect([failure?.error.code, failure?.sent]).toEqual(['upstream_connect', false]);
    expect(failure?.error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(failure?.error.suggestion).toContain('certificate');
    transport.close();
  });

  it('refuse a certificate for another name', async () => {
    const proxy = await serveConnect();
    const transport = createTransport({ ca: cert });
    const request = through(`https://other.invalid:${port}`, `http://127.0.0.1:${proxy.port}`);
    const { failure } = await ask(transport, request);
    expect(failure?.error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    transport.close();
    await proxy.close();
  });

  it.each(['http', 'socks5'])('go through a %s proxy, which sees no plain text', async (scheme) => {
    const proxy = await (scheme === 'http' ? serveConnect() : serveSocks());
    const transport = createTransport({ ca: cert });
    const request = through(`https://localhost:${port}`, `${scheme}://127.0.0.1:${proxy.port}`);
    for (let count = 0; count < 3; count++) {
      expect(textOf(await ask(transport, request))).toMatch(/^localhost http\/1.1/);
    }
    expect(proxy.seen[0]).toContain(`localhost:${port}`);
    transport.close();
    await proxy.close();
  });

  it('go through an https proxy, with TLS inside TLS', async () => {
    const plain = await serveConnect();
    const secured = createTlsServer({ cert, key }, (socket) =>
      join(socket, connect(plain.port, '127.0.0.1')),
    );
    const proxyPort = await listen(secured);
    const transport = createTransport({ ca: cert });
    const request = through(`https://localhost:${port}`, `https://localhost:${proxyPort}`);
    expect(textOf(await ask(transport, request))).toMatch(/^localhost http\/1.1/);
    transport.close();
    await plain.close();
    await closeServer(secured, []);
  });

  it('fail when the server does not speak TLS', async () => {
    await withTransport(serveBytes('x'), async (plain, transport) => {
      const garbage = await serveSockets((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      const { failure } = await ask(transport, makeRequest(`https://127.0.0.1:${garbage.port}`));
      expect(failure?.error.code).toBe('upstream_connect');
      expect(plain.sockets).toHaveLength(0);
      await garbage.close();
    });
  });
});

describe('connecting', () => {
  it('gives up in time when the server never answers the TLS handshake', async () => {
    await withTransport(
      serveSockets((socket) => void socket.resume()),
      async ({ port, sockets }, transport) => {
        const request = makeRequest(`https://127.0.0.1:${port}`, { connectMs: 60 });
        const startMs = performance.now();
        const { failure } = await ask(transport, request);
        expect([failure?.error.code, failure?.sent]).toEqual(['upstream_timeout', false]);
        expect(failure?.error.message).toContain(`127.0.0.1:${port} within 60 ms`);
        expect(performance.now() - startMs).toBeGreaterThan(55);
        await until(() => sockets[0]?.destroyed === true);
      },
    );
  });

  it('fails when the server resets the connection in the TLS handshake', async () => {
    await withTransport(
      serveSockets((socket) => socket.once('data', () => socket.resetAndDestroy())),
      async ({ port }, transport) => {
        const { failure } = await ask(transport, makeRequest(`https://127.0.0.1:${port}`));
        expect([failure?.error.code, failure?.sent]).toEqual(['upstream_connect', false]);
      },
    );
  });

  it('hands out a raw socket for other protocols', async () => {
    const server = createServer((socket) => socket.pipe(socket));
    const port = await listen(server);
    const socket = await new Promise<Socket>((resolve, reject) => {
      openSocket({ origin: `http://127.0.0.1:${port}`, proxy: undefined }, 1000, (result) => {
        if (result.ok) resolve(result.socket);
        else reject(new Error(result.error.message));
      });
    });
    socket.write('echo');
    const heard = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(heard.toString()).toBe('echo');
    await closeServer(server, [socket]);
  });

  it('can be cancelled, and then says nothing', async () => {
    const server = await serveSockets(() => {});
    let called = false;
    const cancel = openSocket({ origin: server.origin, proxy: undefined }, 1000, () => {
      called = true;
    });
    cancel();
    const later = await new Promise<boolean>((resolve) => {
      openSocket({ origin: server.origin, proxy: undefined }, 1000, (result) => {
        if (result.ok) result.socket.destroy();
        resolve(result.ok);
      });
    });
    expect([called, later]).toEqual([false, true]);
    await server.close();
  });
});
