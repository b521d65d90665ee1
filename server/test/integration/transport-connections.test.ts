import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  ask,
  bytesBody,
  eachRequest,
  makeRequest,
  plainAnswer,
  serveBytes,
  serveSockets,
  textOf,
  until,
  withTransport,
} from './transport.kit.ts';

/** Runs `work` for 0 … count - 1 with so many workers at a time. */
async function inParallel(
  workers: number,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

const targetOf = (head: string): string => head.split(' ', 2)[1] ?? '';

describe('connections of the transport', () => {
  it('6.14 carry several requests', async () => {
    await withTransport(serveBytes(plainAnswer('hi')), async (server, transport) => {
      let asked = 0;
      while (server.sockets.length === asked && asked < 5000) {
        asked++;
        expect(textOf(await ask(transport, makeRequest(server.origin)))).toBe('hi');
      }
      expect(server.sockets.length).toBeLessThan(asked);
    });
  });

  it('never hand a planted second answer to another request', async () => {
    const planted = plainAnswer('planted');
    const server = serveSockets((socket) => {
      let count = 0;
      eachRequest(socket, ({ head }) => {
        socket.write(plainAnswer(targetOf(head)));
        const plant = (): void => void (socket.destroyed || socket.write(planted));
        if (count++ % 2 === 0) setTimeout(plant, 1);
        else setImmediate(plant);
      });
    });
    await withTransport(server, async ({ origin }, transport) => {
      await inParallel(16, 480, async (index) => {
        const outcome = await ask(transport, makeRequest(origin, { target: `/${index}` }));
        expect([outcome.calls, textOf(outcome)]).toEqual([['head', 'end'], `/${index}`]);
      });
    });
  });

  const endings: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['resets them 1 ms after the answer', (socket) => setTimeout(() => socket.resetAndDestroy(), 1)],
    ['closes them at once after the answer', (socket) => socket.end()],
  ];
  it.each(endings)('fail no request when the server %s', async (_, finish) => {
    const server = serveSockets((socket) => {
      eachRequest(socket, () => {
        socket.write(plainAnswer('ok'));
        finish(socket);
      });
    });
    await withTransport(server, async ({ origin }, transport) => {
      let good = 0;
      await inParallel(8, 200, async () => {
        const request = makeRequest(origin, { method: 'POST', body: bytesBody('x') });
        if (textOf(await ask(transport, request)) === 'ok') good++;
      });
      expect(good).toBe(200);
    });
  });

  it('are replaced once when they turn out to be dead on reuse', async () => {
    let killed = 0;
    const server = serveSockets((socket) => {
      let served = 0;
      eachRequest(socket, () => {
        if (served++ === 0) socket.write(plainAnswer('ok'));
        else {
          killed++;
          socket.resetAndDestroy();
        }
      });
    });
    await withTransport(server, async ({ origin }, transport) => {
      while (killed < 3) {
        const request = makeRequest(origin, { method: 'POST', body: bytesBody('a', 'b') });
        expect((await ask(transport, request)).calls).toEqual(['head', 'end']);
      }
    });
  });

  it('are not replaced when a new one dies, and the failure says that the request was sent', async () => {
    let requests = 0;
    const server = serveSockets((socket) => {
      eachRequest(socket, () => {
        requests++;
        socket.resetAndDestroy();
      });
    });
    await withTransport(server, async ({ origin, port }, transport) => {
      const { failure } = await ask(transport, makeRequest(origin, { method: 'POST', body: bytesBody('x') }));
      expect(failure?.error.code).toBe('upstream_closed');
      expect(failure?.error.message).toContain(`127.0.0.1:${port}`);
      expect(failure?.error.message).toContain('ECONNRESET');
      expect(failure?.sent).toBe(true);
      expect(requests).toBe(1);
    });
  });

  it('say "not sent" when the server died before it could take the whole request', async () => {
    const server = serveSockets((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    await withTransport(server, async ({ origin }, transport) => {
      const request = makeRequest(origin, { method: 'POST', body: bytesBody('x'.repeat(64_000_000)) });
      const { failure } = await ask(transport, request);
      expect([failure?.error.code, failure?.sent]).toEqual(['upstream_closed', false]);
    });
  });

  it.each([
    ['connection: close', plainAnswer('x', 'connection: close\r\n')],
    ['a keep-alive limit of 0 seconds', plainAnswer('x', 'keep-alive: timeout=0\r\n')],
    ['bytes behind the answer', Buffer.concat([plainAnswer('x'), Buffer.from('y')])],
    ['HTTP/1.0', Buffer.from('HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx')],
  ])('are not reused after %s', async (_, bytes) => {
    await withTransport(
      serveBytes(bytes),
      async (server, transport) => {
        for (let count = 1; count <= 3; count++) {
          expect(textOf(await ask(transport, makeRequest(server.origin)))).toBe('x');
          await until(() => server.sockets.every((socket) => socket.destroyed));
          expect(server.sockets).toHaveLength(count);
        }
      },
      { quarantineMs: 0 },
    );
  });

  it('6.14 are closed when they were idle for too long', async () => {
    await withTransport(
      serveBytes(plainAnswer('x')),
      async (server, transport) => {
        await ask(transport, makeRequest(server.origin));
        await until(() => server.sockets[0]?.destroyed === true);
      },
      { idleMs: 20 },
    );
  });

  it('are closed by close(), those in use when their answer is complete', async () => {
    const server = serveSockets((socket) => {
      eachRequest(socket, ({ head }) => {
        if (targetOf(head) === '/late') setTimeout(() => socket.write(plainAnswer('late')), 20);
        else socket.write(plainAnswer('now'));
      });
    });
    await withTransport(server, async ({ origin, sockets }, transport) => {
      await ask(transport, makeRequest(origin));
      const late = ask(transport, makeRequest(origin, { target: '/late' }));
      await until(() => sockets.length === 2);
      transport.close();
      await until(() => sockets[0]?.destroyed === true);
      expect(textOf(await late)).toBe('late');
      await until(() => sockets[1]?.destroyed === true);
    });
  });

  it('report a refused connection with address and system code', async () => {
    const closed = await serveSockets(() => {});
    await closed.close();
    await withTransport(serveBytes(''), async (_, transport) => {
      const { failure } = await ask(transport, makeRequest(closed.origin));
      expect(failure?.error.code).toBe('upstream_connect');
      expect(failure?.error.message).toContain(`127.0.0.1:${closed.port}`);
      expect(failure?.error.message).toContain('ECONNREFUSED');
      expect(failure?.sent).toBe(false);
    });
  });

  it('report a host name that does not exist', async () => {
    await withTransport(serveBytes(''), async (_, transport) => {
      const { failure } = await ask(transport, makeRequest('http://sluice-test.invalid'));
      expect(failure?.error.code).toBe('upstream_connect');
    });
  });

  it('refuse an origin that is no http URL, after send() returned', async () => {
    await withTransport(serveBytes(''), async (_, transport) => {
      for (const origin of ['ftp://x', 'nonsense']) {
        expect((await ask(transport, makeRequest(origin))).failure?.error.code).toBe('upstream_connect');
      }
    });
  });
});

describe('requests of the transport', () => {
  it('reach the server with host, length and every header as given', async () => {
    let seen = '';
    const server = serveSockets((socket) => {
      eachRequest(socket, ({ head, body }) => {
        seen = `${head}|${body.toString()}`;
        socket.write(plainAnswer('x'));
      });
    });
    await withTransport(server, async ({ origin, port }, transport) => {
      const headers = [
        'X-Case',
        'Kept',
        'x-twice',
        '1',
        'x-twice',
        '2',
        'Connection',
        'upgrade',
        'Host',
        'evil',
      ];
      await ask(
        transport,
        makeRequest(origin, { method: 'POST', target: '/a?b=c', headers, body: bytesBody('one', 'two') }),
      );
      expect(seen.split('\r\n')).toEqual([
        'POST /a?b=c HTTP/1.1',
        `host: 127.0.0.1:${port}`,
        'X-Case: Kept',
        'x-twice: 1',
        'x-twice: 2',
        'content-length: 6|onetwo',
      ]);
      await ask(transport, makeRequest(origin, { method: 'POST' }));
      expect(seen).toContain('content-length: 0');
    });
  });

  it('with large bodies arrive whole', async () => {
    let received = 0;
    const server = serveSockets((socket) => {
      eachRequest(socket, ({ body }) => {
        received = body.length;
        socket.write(plainAnswer('x'));
      });
    });
    await withTransport(server, async ({ origin }, transport) => {
      for (const size of [16_383, 16_385, 1_000_000]) {
        const body = bytesBody('a'.repeat(size), 'b');
        expect((await ask(transport, makeRequest(origin, { method: 'POST', body }))).calls).toEqual([
          'head',
          'end',
        ]);
        expect(received).toBe(size + 1);
      }
    });
  });

  it.each([
    ['a line end in a value', ['x-a', 'b\r\nx-evil: 1']],
    ['a NUL in a value', ['x-a', 'b\0c']],
    ['a character whose low byte is a line end', ['x-a', 'b\u010ac']],
    ['a line end in a name', ['x-a\r\nx', 'b']],
    ['an empty name', ['', 'b']],
  ])('are refused for %s, without a connection', async (_, headers) => {
    await withTransport(serveBytes(plainAnswer('x')), async (server, transport) => {
      const { failure } = await ask(transport, makeRequest(server.origin, { headers }));
      expect([failure?.error.code, failure?.sent]).toEqual(['invalid_request', false]);
      expect(server.sockets).toHaveLength(0);
    });
  });

  it('are refused for a line end in the path', async () => {
    await withTransport(serveBytes(plainAnswer('x')), async (server, transport) => {
      const { failure } = await ask(transport, makeRequest(server.origin, { target: '/a HTTP/1.1\r\nx: y' }));
      expect(failure?.error.code).toBe('invalid_request');
    });
  });

  it('6.15 get redirects as ordinary answers', async () => {
    const redirect = 'HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n';
    await withTransport(serveBytes(redirect), async (server, transport) => {
      expect(await ask(transport, makeRequest(server.origin))).toMatchObject({
        status: 307,
        calls: ['head', 'end'],
      });
    });
  });
});
