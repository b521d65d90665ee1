// Bodies and answers as they really go over sockets: limits, pace, backpressure, clients that leave.

import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { SluiceError } from '../../src/core/model/error.ts';
import type { Inbound } from '../../src/exchange/ports.ts';
import { clientWithKey, type EdgeSetup, eventually, type RunningEdge, raw, runEdge } from './http-kit.ts';

let running: RunningEdge | undefined;
async function start(setup: EdgeSetup = {}): Promise<RunningEdge> {
  running = await runEdge(setup);
  return running;
}
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const JSON_TYPE = { 'content-type': 'application/json' };

function post(
  edge: RunningEdge,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
  path = '/v1/chat/completions',
): Promise<Response> {
  return fetch(edge.base + path, { method: 'POST', body, headers });
}

function head(edge: RunningEdge, path: string, lines: readonly string[] = [], method = 'GET'): string {
  return [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${edge.port}`, ...lines, '', ''].join('\r\n');
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

describe('a body', () => {
  it('arrives whole, declared or chunked, in one piece or byte by byte', async () => {
    const edge = await start();
    const body = '{"text":"žluťoučký"}';
    const wire = Buffer.from(body).toString('latin1');
    expect(await (await post(edge, body)).json()).toMatchObject({ body });
    const lines = ['Content-Type: application/json', 'Connection: close'];
    const declared = head(edge, '/v1/messages', [...lines, `Content-Length: ${wire.length}`], 'POST');
    const chunked = head(edge, '/v1/messages', [...lines, 'Transfer-Encoding: chunked'], 'POST');
    const pieces = [...wire].map((byte) => `1\r\n${byte}\r\n`);
    for (const parts of [
      [declared, ...wire],
      [chunked, ...pieces, '0\r\n\r\n'],
    ]) {
      const answer = Buffer.from(await raw(edge.port, parts), 'latin1').toString();
      expect(answer).toContain(JSON.stringify(body));
    }
  });

  it.each([
    ['text/plain', 415],
    ['application/json; charset=latin1', 415],
    ['application/jsonx', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json\t; charset="UTF-8"', 200],
    ['Application/JSON;charset=utf-8', 200],
    ['application/vnd.api+json', 200],
  ])('of type %s is answered with %i', async (type, status) => {
    const edge = await start();
    const bytes = `${head(edge, '/v1/messages', [`Content-Type: ${type}`, 'Content-Length: 2', 'Connection: close'], 'POST')}{}`;
    expect(statusOf(await raw(edge.port, bytes))).toBe(status);
  });

  it('without a type is taken for JSON; compressed, empty or not UTF-8 it is refused', async () => {
    const edge = await start();
    const untyped = `${head(edge, '/v1/messages', ['Content-Length: 2', 'Connection: close'], 'POST')}{}`;
    expect(statusOf(await raw(edge.port, untyped))).toBe(200);
    expect((await post(edge, '{}', { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post(edge, '')).headers.get('x-code')).toBe('invalid_json');
    expect((await post(edge, new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).headers.get('x-code')).toBe(
      'invalid_json',
    );
    expect(
      statusOf(
        await raw(
          edge.port,
          head(edge, '/v1/messages', ['Transfer-Encoding: chunked', 'Connection: close'], 'POST') +
            '0\r\n\r\n',
        ),
      ),
    ).toBe(400);
  });

  it('7.9 declared above the limit is refused at once, and the connection closed', async () => {
    const edge = await start();
    const bytes = head(
      edge,
      '/v1/messages',
      ['Content-Type: application/json', 'Content-Length: 10737418240'],
      'POST',
    );
    expect(statusOf(await raw(edge.port, `${bytes}{`))).toBe(413);
    expect(edge.handed).toHaveLength(0);
  });

  it('7.9 that grows above the limit is refused while it is read', async () => {
    const edge = await start();
    const chunk = `200\r\n${'a'.repeat(0x200)}\r\n`;
    const bytes = head(
      edge,
      '/v1/messages',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
      'POST',
    );
    expect(statusOf(await raw(edge.port, [bytes, chunk, chunk]))).toBe(413);
  });

  it('is asked for with 100 Continue only once the key and the size are right', async () => {
    const edge = await start({ clients: [clientWithKey('me', 'right')] });
    const expecting = (key: string, length: number): string =>
      head(
        edge,
        '/v1/messages',
        [
          `x-api-key: ${key}`,
          'Content-Type: application/json',
          `Content-Length: ${length}`,
          'Expect: 100-continue',
        ],
        'POST',
      );
    expect(await raw(edge.port, expecting('wrong', 2))).toMatch(/^HTTP\/1\.1 401 /);
    expect(await raw(edge.port, expecting('right', 5000))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(edge.port, expecting('right', 2), /Continue/)).toMatch(/^HTTP\/1\.1 100 Continue/);
  });

  it('that pauses for 30 s, or trickles for 60 s, is answered with 408', async () => {
    const edge = await start();
    const lines = ['Content-Type: application/json', 'Content-Length: 900'];
    const paused = raw(edge.port, [head(edge, '/v1/messages', lines, 'POST'), '{"a":']);
    await eventually(() => edge.time.pending.size === 1);
    edge.time.advance(29_000);
    edge.time.advance(1_000);
    expect(statusOf(await paused)).toBe(408);

    let sent = 0;
    const socket = connect(edge.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.write(head(edge, '/v1/messages', lines, 'POST'));
    await eventually(() => edge.time.pending.size === 1);
    for (let second = 0; second < 60; second += 20) {
      socket.write('a');
      sent++;
      const before = socket.bytesWritten;
      await eventually(() => socket.bytesWritten === before && socket.writableLength === 0);
      // Lets the byte cross the loopback interface before time moves.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      edge.time.advance(20_000);
    }
    await closed;
    expect(sent).toBe(3);
    expect(statusOf(answer)).toBe(408);
    expect(edge.time.pending.size).toBe(0);
  });

  it('whose client leaves ends as client_closed', async () => {
    let result: Buffer | SluiceError | undefined;
    const edge = await start({
      handle: (inbound) =>
        void inbound.readBody().then((body) => {
          result = body;
        }),
    });
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(
      `${head(edge, '/v1/messages', ['Content-Type: application/json', 'Content-Length: 900'], 'POST')}{"a"`,
    );
    await eventually(() => edge.handed.length === 1);
    socket.resetAndDestroy();
    await eventually(() => result !== undefined);
    expect(result).toMatchObject({ code: 'client_closed' });
    expect(edge.time.pending.size).toBe(0);
  });

  it('of a pass-through route streams to its sink with backpressure and no limit', async () => {
    let drain = (): void => {};
    const received: number[] = [];
    let ended = false;
    const edge = await start({
      handle: (inbound) =>
        inbound.pipeBody({
          write: (chunk) => {
            received.push(chunk.length);
            return false;
          },
          end: () => {
            ended = true;
            inbound.reply.head(200, []);
            inbound.reply.end();
          },
          fail: () => {},
          onDrain: (listener) => {
            drain = listener;
          },
        }),
    });
    const size = 3_000_000;
    const answer = post(
      edge,
      new Uint8Array(size),
      { 'content-type': 'multipart/form-data; boundary=x' },
      '/v1/files',
    );
    await eventually(() => received.length === 1);
    edge.time.advance(200_000);
    expect(received).toHaveLength(1);
    while (!ended) {
      const seen = received.length;
      drain();
      await eventually(() => received.length > seen || ended);
    }
    expect(received.reduce((sum, bytes) => sum + bytes, 0)).toBe(size);
    expect((await answer).status).toBe(200);
  });

  it('that nobody reads does not spoil the connection when it is small', async () => {
    const edge = await start();
    const refused = `${head(edge, '/v1/nothing', ['Content-Length: 5'], 'POST')}12345`;
    const answers = await raw(edge.port, refused + head(edge, '/health', ['Connection: close']));
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });
});

describe('an answer', () => {
  it('leaves with its head in one piece and a length', async () => {
    const edge = await start();
    const answer = await raw(edge.port, head(edge, '/v1/models', ['Connection: close']));
    expect(answer).toMatch(/content-length: \d+\r\n/);
    expect(answer).toContain('Date: ');
  });

  it('whose client leaves is told so, in every phase, and never after its end', async () => {
    const gone: string[] = [];
    const inbounds = new Map<string, Inbound>();
    const edge = await start({
      handle: (inbound) => {
        inbounds.set(inbound.path, inbound);
        inbound.reply.onGone(() => gone.push(inbound.path));
        if (inbound.path !== '/v1/files/waiting')
          inbound.reply.head(200, ['content-type', 'text/event-stream']);
        if (inbound.path === '/v1/files/streaming') inbound.reply.write('data: 1\n\n');
        if (inbound.path === '/v1/files/done') inbound.reply.end('x');
      },
    });
    for (const path of ['waiting', 'begun', 'streaming', 'done']) {
      const socket = connect(edge.port, '127.0.0.1');
      socket.write(head(edge, `/v1/files/${path}`));
      await eventually(() => inbounds.has(`/v1/files/${path}`));
      if (path === 'streaming') socket.end();
      else socket.resetAndDestroy();
      if (path !== 'done') await eventually(() => gone.includes(`/v1/files/${path}`));
      expect(inbounds.get(`/v1/files/${path}`)?.reply.closed).toBe(true);
      expect(inbounds.get(`/v1/files/${path}`)?.reply.write('late')).toBe(true);
    }
    expect(gone).toEqual(['/v1/files/waiting', '/v1/files/begun', '/v1/files/streaming']);
  });

  it('that waits behind another on the same connection hears of the loss too', async () => {
    const gone: string[] = [];
    const edge = await start({ handle: (inbound) => inbound.reply.onGone(() => gone.push(inbound.path)) });
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(head(edge, '/v1/files/a') + head(edge, '/v1/files/b'));
    await eventually(() => edge.handed.length === 2);
    socket.resetAndDestroy();
    await eventually(() => gone.length === 2);
  });

  it('that is cut breaks off without the mark of a complete one', async () => {
    const edge = await start({
      handle: (inbound) => {
        inbound.reply.head(200, []);
        inbound.reply.write('half');
        setImmediate(() => inbound.reply.cut());
      },
    });
    const answer = await raw(edge.port, head(edge, '/v1/models'));
    expect(answer).toContain('half');
    expect(answer).not.toContain('0\r\n\r\n');
  });

  it('holds back for a slow reader, and cuts a dead one', async () => {
    const total = 64;
    let sent = 0;
    let gone = false;
    const edge = await start({
      limits: { deadReaderMs: 200 },
      handle: (inbound) => {
        sent = 0;
        const block = Buffer.alloc(1 << 20);
        const pump = (): void => {
          while (sent < total) {
            sent++;
            if (!inbound.reply.write(block)) return;
          }
          inbound.reply.end();
        };
        inbound.reply.onGone(() => {
          gone = true;
        });
        inbound.reply.onDrain(pump);
        inbound.reply.head(200, ['content-length', String(total << 20)]);
        pump();
      },
    });
    const received = await fetch(`${edge.base}/v1/models`).then((answer) => answer.arrayBuffer());
    expect(received.byteLength).toBe(total << 20);
    expect(gone).toBe(false);

    const dead = connect(edge.port, '127.0.0.1');
    dead.on('error', () => {});
    dead.pause();
    dead.write(head(edge, '/v1/models'));
    await eventually(() => gone);
    expect(sent).toBeLessThan(total);
    dead.destroy();
  });

  it('with a header that HTTP does not allow takes down its connection only', async () => {
    const edge = await start({
      handle: (inbound) => {
        inbound.reply.head(200, ['x-bad', 'a\r\nb']);
        inbound.reply.end('x');
      },
    });
    expect(await raw(edge.port, head(edge, '/v1/models'))).toBe('');
    expect((await fetch(`${edge.base}/health`)).status).toBe(200);
  });

  it('to a defect is an error of the gateway, in words that give nothing away', async () => {
    const edge = await start({
      handle: () => {
        throw new Error('secret detail');
      },
    });
    const answer = await fetch(`${edge.base}/v1/models`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret detail');
    expect(edge.errors.join()).toContain('secret detail');
  });
});
