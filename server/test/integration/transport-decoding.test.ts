import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
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

const TEXT = 'The quick brown fox. '.repeat(5000);

const encoded = (coding: string, body: Buffer): Buffer =>
  plainAnswer(body, `content-encoding: ${coding}\r\nx-kept: 1\r\n`);

/** Zeros that unpack to so many mebibytes. */
async function bomb(mebibytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  const zeros = Buffer.alloc(1 << 20);
  for (let count = 0; count < mebibytes; count++) {
    if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  await new Promise<void>((resolve) => gzip.end(resolve));
  return Buffer.concat(parts);
}

describe('answers with a content encoding', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(TEXT))],
    ['identity, gzip', gzipSync(TEXT)],
  ])('are decoded: %s', async (coding, body) => {
    await withTransport(serveBytes(encoded(coding, body)), async ({ origin }, transport) => {
      const outcome = await ask(transport, makeRequest(origin));
      expect(textOf(outcome)).toBe(TEXT);
      expect([outcome.calls, outcome.length]).toEqual([['head', 'end'], undefined]);
      expect(outcome.headers).toEqual(['x-kept', '1']);
    });
  });

  it('are left alone when decoding is not asked for', async () => {
    const body = gzipSync(TEXT);
    await withTransport(serveBytes(encoded('gzip', body)), async ({ origin }, transport) => {
      const outcome = await ask(transport, makeRequest(origin, { decode: false }));
      expect(Buffer.concat(outcome.chunks).equals(body)).toBe(true);
      expect(outcome.length).toBe(body.length);
    });
  });

  it.each(['identity', 'utf-8'])('pass as they are when the encoding is %s', async (coding) => {
    await withTransport(serveBytes(encoded(coding, Buffer.from(TEXT))), async ({ origin }, transport) => {
      expect(textOf(await ask(transport, makeRequest(origin)))).toBe(TEXT);
    });
  });

  it('may be empty', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    for (const bytes of [encoded('gzip', Buffer.alloc(0)), Buffer.from(chunked)]) {
      await withTransport(serveBytes(bytes), async ({ origin }, transport) => {
        expect((await ask(transport, makeRequest(origin))).calls).toEqual(['head', 'end']);
      });
    }
  });

  it.each([
    ['that are not gzip', encoded('gzip', Buffer.from(TEXT))],
    ['cut in half', encoded('gzip', gzipSync(TEXT).subarray(0, 100))],
    ['that are not brotli', encoded('br', Buffer.from(TEXT))],
    ['with a brotli body cut in half', encoded('br', brotliCompressSync(TEXT).subarray(0, 20))],
    ['with a chain of encodings', encoded(Array(1000).fill('gzip').join(', '), gzipSync('x'))],
    ['with an encoding that cannot be undone', encoded('compress', Buffer.from('x'))],
    ['with an unknown encoding in a chain', encoded('gzip, nonsense', gzipSync('x'))],
  ])('%s are protocol failures', async (_, bytes) => {
    await withTransport(serveBytes(bytes), async ({ origin }, transport) => {
      const outcome = await ask(transport, makeRequest(origin));
      expect([outcome.calls.at(-1), outcome.failure?.error.code]).toEqual(['fail', 'upstream_protocol']);
      expect(outcome.calls.filter((step) => step !== 'head')).toHaveLength(1);
    });
  });

  it('that unpack beyond the limit are refused', async () => {
    const bytes = encoded('gzip', await bomb(8));
    await withTransport(
      serveBytes(bytes),
      async ({ origin }, transport) => {
        let received = 0;
        const { failure } = await ask(transport, makeRequest(origin), {
          data: (chunk) => {
            received += chunk.length;
            return true;
          },
        });
        expect(failure?.error.code).toBe('upstream_too_large');
        expect(received).toBeLessThanOrEqual(4_000_000);
      },
      { decodedLimitBytes: 4_000_000 },
    );
  });

  it('hold back what they would unpack while the sink is full', async () => {
    const bytes = encoded('gzip', await bomb(128));
    await withTransport(serveBytes(bytes), async ({ origin }, transport) => {
      const before = process.memoryUsage().rss;
      let received = 0;
      let abort = (): void => {};
      void ask(transport, makeRequest(origin), {
        data: (chunk, call) => {
          received += chunk.length;
          abort = () => call.abort();
          return false;
        },
      });
      await until(() => received > 0);
      for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(received).toBeLessThan(1_000_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
      abort();
    });
  });

  it('are decoded while they stream, event by event', async () => {
    const server = serveSockets((socket) => {
      eachRequest(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n');
        const gzip = createGzip();
        gzip.pipe(socket);
        gzip.write('data: 1\n\n');
        gzip.flush(constants.Z_SYNC_FLUSH);
      });
    });
    await withTransport(server, async ({ origin }, transport) => {
      let text = '';
      const call = transport.send(makeRequest(origin), {
        head: () => {},
        data: (chunk) => {
          text += chunk.toString();
          return true;
        },
        end: () => {},
        fail: () => {},
      });
      await until(() => text === 'data: 1\n\n');
      call.abort();
    });
  });

  it('give out what came before the connection broke', async () => {
    const body = gzipSync(TEXT);
    const server = serveSockets((socket) => {
      eachRequest(socket, () => {
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length + 1}\r\n\r\n`,
        );
        socket.end(body);
      });
    });
    await withTransport(server, async ({ origin }, transport) => {
      const outcome = await ask(transport, makeRequest(origin));
      expect(textOf(outcome)).toBe(TEXT);
      expect([outcome.calls, outcome.failure?.error.code]).toEqual([['head', 'fail'], 'upstream_closed']);
    });
  });
});
