import { describe, expect, it } from 'vitest';
import { sluiceError } from '../../src/core/model/error.ts';
import type { BodySink } from '../../src/exchange/ports.ts';
import { createTransport } from '../../src/upstream/transport/transport.ts';
import { promptly } from '../kit/promptly.ts';
import {
  ask,
  eachRequest,
  makeRequest,
  plainAnswer,
  serveBytes,
  serveSockets,
  textOf,
  until,
  withTransport,
} from './transport.kit.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const MEBIBYTE = Buffer.alloc(1 << 20, 0x61);

/** A server that sends so many mebibytes as fast as the reader takes them, and says how much has left it. */
function serveMuch(mebibytes: number, chunked: boolean) {
  const state = { written: 0, blocked: false };
  const server = serveSockets((socket) => {
    eachRequest(socket, () => {
      socket.write(
        `HTTP/1.1 200 OK\r\n${chunked ? 'transfer-encoding: chunked' : `content-length: ${mebibytes << 20}`}\r\n\r\n`,
      );
      const more = (): void => {
        state.blocked = false;
        while (state.written < mebibytes) {
          state.written++;
          if (chunked) socket.write('100000\r\n');
          const free = socket.write(MEBIBYTE);
          if (chunked) socket.write('\r\n');
          if (free) continue;
          state.blocked = true;
          socket.once('drain', more);
          return;
        }
        if (chunked) socket.write('0\r\n\r\n');
      };
      more();
    });
  });
  return { server, state };
}

describe('answer bodies', () => {
  it.each([
    ['with a content length', false],
    ['that are chunked', true],
  ])('%s hold the upstream back while the sink is full, and lose nothing', async (_, chunked) => {
    const { server, state } = serveMuch(96, chunked);
    await withTransport(server, async ({ origin }, transport) => {
      let received = 0;
      let resume = (): void => {};
      const whole = ask(transport, makeRequest(origin), {
        data(chunk, call) {
          received += chunk.length;
          resume = () => call.resume();
          return false;
        },
      });
      await until(() => received > 0 && state.blocked);
      await turns(200);
      const held = received;
      await turns(200);
      expect(received).toBe(held);
      expect(state.blocked).toBe(true);
      expect(state.written).toBeLessThan(48);
      // From here on every chunk is answered with false and released on the next turn.
      while (received < 96 << 20) {
        resume();
        await turns(1);
      }
      expect((await whole).calls).toEqual(['head', 'end']);
      expect(received).toBe(96 << 20);
    });
  });

  it('come as one chunk per read, without their framing', async () => {
    const burst = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'3\r\nabc\r\n'.repeat(100)}0\r\n\r\n`;
    await withTransport(serveBytes(burst), async ({ origin }, transport) => {
      const outcome = await ask(transport, makeRequest(origin));
      expect([outcome.chunks.length, textOf(outcome), outcome.length]).toEqual([
        1,
        'abc'.repeat(100),
        undefined,
      ]);
    });
  });

  it('without length end with the connection', async () => {
    const server = serveSockets((socket) =>
      eachRequest(socket, () => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end')),
    );
    await withTransport(server, async ({ origin }, transport) => {
      expect(textOf(await ask(transport, makeRequest(origin)))).toBe('until the end');
    });
  });

  it.each([
    ['content-length: 10', 'abc', false],
    ['transfer-encoding: chunked', '3\r\nabc\r\n', false],
    ['content-length: 10', 'abc', true],
    ['x-length: unknown', 'abc', true],
  ])('cut off (%s, reset: %s) are failures', async (header, body, reset) => {
    const server = serveSockets((socket) =>
      eachRequest(socket, () => {
        socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n${body}`, () => {
          if (reset) setTimeout(() => socket.resetAndDestroy(), 5);
          else socket.end();
        });
      }),
    );
    await withTransport(server, async ({ origin }, transport) => {
      const outcome = await ask(transport, makeRequest(origin));
      expect([outcome.failure?.error.code, textOf(outcome)]).toEqual(['upstream_closed', 'abc']);
      expect(outcome.calls).toEqual(['head', 'fail']);
    });
  });

  it('of a broken framing are failures', async () => {
    const broken = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n';
    await withTransport(serveBytes(broken), async ({ origin }, transport) => {
      const { failure } = await ask(transport, makeRequest(origin));
      expect(failure?.error.code).toBe('upstream_protocol');
    });
  });

  it.each(['before the head', 'while streaming', 'while paused'] as const)(
    'are dropped by abort() %s, and the upstream knows within 100 ms',
    async (phase) => {
      let askedFor = 0;
      const server = serveSockets((socket) => {
        eachRequest(socket, () => {
          askedFor++;
          if (phase !== 'before the head') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx');
        });
      });
      await withTransport(server, async ({ origin, sockets }, transport) => {
        await promptly(100, async () => {
          const before = askedFor;
          const heard: string[] = [];
          const call = transport.send(makeRequest(origin), {
            head: () => heard.push('head'),
            data: () => {
              heard.push('data');
              return phase !== 'while paused';
            },
            end: () => heard.push('end'),
            fail: () => heard.push('fail'),
          });
          await until(() => askedFor > before && (phase === 'before the head' || heard.includes('data')));
          const heardBefore = heard.length;
          const abortedMs = performance.now();
          call.abort();
          await until(() => sockets.every(({ destroyed }) => destroyed));
          const knownMs = performance.now() - abortedMs;
          expect(heard).toHaveLength(heardBefore);
          return knownMs;
        });
        expect(sockets).toHaveLength(askedFor);
      });
    },
  );

  it('are not begun when abort() comes before the connection', async () => {
    await withTransport(serveBytes(plainAnswer('x')), async ({ origin, sockets }, transport) => {
      const heard: string[] = [];
      const note = (what: string) => () => void heard.push(what);
      const sink = { head: note('head'), data: () => true, end: note('end'), fail: note('fail') };
      transport.send(makeRequest(origin), sink).abort();
      transport.send(makeRequest('nonsense'), sink).abort();
      await ask(transport, makeRequest(origin));
      expect(heard).toEqual([]);
      await until(() => sockets.filter((socket) => !socket.destroyed).length <= 1);
    });
  });
});

/** A POST whose body is written by `source`. */
const streamed = (origin: string, length: number | undefined, source: (sink: BodySink) => void) =>
  makeRequest(origin, { method: 'POST', body: { kind: 'stream', length, pipe: source } });

describe('streamed request bodies', () => {
  const serveRaw = (done: string) => {
    const seen = { text: '' };
    const server = serveSockets((socket) => {
      socket.on('data', (chunk) => {
        seen.text += chunk.toString('latin1');
        if (seen.text.endsWith(done)) socket.write(plainAnswer('ok'));
      });
    });
    return { seen, server };
  };

  it('of known length carry a content length', async () => {
    const { seen, server } = serveRaw('worlds');
    await withTransport(server, async ({ origin }, transport) => {
      const request = streamed(origin, 11, (sink) => {
        sink.write(Buffer.from('hello'));
        setImmediate(() => {
          sink.write(Buffer.from('worlds'));
          sink.end();
        });
      });
      expect(textOf(await ask(transport, request))).toBe('ok');
      expect(seen.text).toMatch(/content-length: 11\r\n\r\nhelloworlds$/);
    });
  });

  it('of unknown length are chunked', async () => {
    const { seen, server } = serveRaw('0\r\n\r\n');
    await withTransport(server, async ({ origin }, transport) => {
      const request = streamed(origin, undefined, (sink) => {
        sink.write(Buffer.from('hello'));
        sink.write(Buffer.alloc(0));
        sink.write(Buffer.from('0123456789abcdefg'));
        sink.end();
      });
      expect(textOf(await ask(transport, request))).toBe('ok');
      expect(seen.text).toMatch(
        /transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n11\r\n0123456789abcdefg\r\n0\r\n\r\n$/,
      );
    });
  });

  it('wait while the upstream does not read', async () => {
    const total = 64;
    let received = 0;
    const server = serveSockets((socket) => {
      socket.pause();
      socket.on('data', (chunk) => {
        received += chunk.length;
        if (received > total << 20) socket.write(plainAnswer('ok'));
      });
    });
    await withTransport(server, async ({ origin, sockets }, transport) => {
      let written = 0;
      let waiting = false;
      const request = streamed(origin, total << 20, (sink) => {
        const more = (): void => {
          waiting = false;
          while (written < total) {
            written++;
            if (sink.write(MEBIBYTE)) continue;
            waiting = true;
            return;
          }
          sink.end();
        };
        sink.onDrain(more);
        more();
      });
      const whole = ask(transport, request);
      await until(() => waiting);
      await turns(200);
      expect(waiting).toBe(true);
      expect(written).toBeLessThan(32);
      sockets[0]?.resume();
      expect(textOf(await whole)).toBe('ok');
    });
  });

  it('are given up when the upstream answers early; the answer is delivered and the connection closed', async () => {
    const server = serveSockets((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno'));
    });
    await withTransport(server, async ({ origin, sockets }, transport) => {
      let sink: BodySink | undefined;
      let drained = 0;
      const request = streamed(origin, undefined, (body) => {
        sink = body;
        body.onDrain(() => drained++);
        body.write(Buffer.from('begin'));
      });
      const outcome = await ask(transport, request);
      expect([outcome.status, textOf(outcome), outcome.calls]).toEqual([413, 'no', ['head', 'end']]);
      expect(drained).toBeGreaterThan(0);
      expect(sink?.write(Buffer.from('more'))).toBe(true);
      sink?.end();
      await until(() => sockets[0]?.destroyed === true);
    });
  });

  it.each([
    ['longer', 'abcdef'],
    ['shorter', 'ab'],
  ])('that are %s than declared fail', async (how, text) => {
    await withTransport(
      serveSockets((socket) => void socket.resume()),
      async ({ origin, sockets }, transport) => {
        const request = streamed(origin, 3, (sink) => {
          sink.write(Buffer.from(text));
          sink.end();
        });
        const { failure } = await ask(transport, request);
        expect([failure?.error.code, failure?.sent]).toEqual(['invalid_request', false]);
        expect(failure?.error.message).toContain(how);
        await until(() => sockets[0]?.destroyed === true);
      },
    );
  });

  it('whose source fails end the request with the error of the source', async () => {
    await withTransport(
      serveSockets((socket) => void socket.resume()),
      async ({ origin }, transport) => {
        const request = streamed(origin, undefined, (sink) =>
          sink.fail(sluiceError('body_timeout', 'Too slow.')),
        );
        const { failure } = await ask(transport, request);
        expect([failure?.error.code, failure?.sent]).toEqual(['body_timeout', false]);
      },
    );
  });

  it('go over new connections only, because they cannot be repeated', async () => {
    const server = await serveBytes(plainAnswer('x'));
    const transport = createTransport({ quarantineMs: 0 });
    for (let count = 1; count <= 5; count++) {
      const body = streamed(server.origin, 1, (sink) => {
        sink.write(Buffer.from('y'));
        sink.end();
      });
      await ask(transport, body);
      await turns(20);
      expect(server.sockets).toHaveLength(count);
    }
    transport.close();
    await server.close();
  });
});
