import { request } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseParser } from '../../src/upstream/transport/response-parser.ts';

interface Parsed {
  status: number | undefined;
  headers: string[];
  length: number | undefined;
  body: string;
  trace: string[];
  reusable: boolean | undefined;
}

interface Feeding {
  readonly method?: string;
  /** Positions at which the bytes are cut. */
  readonly cuts?: readonly number[];
  /** Reads go through one buffer that is overwritten, as with real sockets. */
  readonly shared?: boolean;
  readonly close?: boolean;
}

function parse(
  bytes: Buffer,
  { method = 'GET', cuts = [], shared = false, close = true }: Feeding = {},
): Parsed {
  const parsed: Parsed = {
    status: undefined,
    headers: [],
    length: undefined,
    body: '',
    trace: [],
    reusable: undefined,
  };
  let dataInPush = 0;
  let mostData = 0;
  const parser = new ResponseParser({
    answerHead(head, length) {
      Object.assign(parsed, { status: head.status, headers: head.headers, length });
      parsed.trace.push('head');
    },
    answerData(chunk) {
      dataInPush++;
      parsed.body += chunk.toString('latin1');
    },
    answerEnd(reusable) {
      parsed.reusable = reusable;
      parsed.trace.push('end');
    },
    answerFault(fault) {
      parsed.trace.push(fault.kind);
    },
  });
  parser.reset(method);
  const window = Buffer.alloc(65_536);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    const piece = bytes.subarray(from, cut);
    from = cut;
    dataInPush = 0;
    if (shared && piece.length <= window.length) {
      piece.copy(window);
      parser.push(window, piece.length, true);
      window.fill(0x58);
    } else parser.push(Buffer.from(piece), piece.length, false);
    mostData = Math.max(mostData, dataInPush);
  }
  if (close) parser.finish();
  expect(mostData).toBeLessThanOrEqual(1);
  return parsed;
}

const everyNth = (length: number, step: number): number[] =>
  Array.from({ length: Math.ceil(length / step) - 1 }, (_, index) => (index + 1) * step);

const headerName = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,12}$/)
  .filter(
    (name) =>
      !/^(content-length|transfer-encoding|connection|keep-alive|upgrade|trailer|proxy-connection)$/.test(
        name,
      ),
  );
const headerValue = fc.stringMatching(/^([!-~]([ -~]{0,30}[!-~])?)?$/);
const data = fc.string({ unit: 'binary-ascii', maxLength: 200 });

interface Model {
  readonly bytes: Buffer;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly framing: 'length' | 'chunked' | 'until_close';
}

const answer: fc.Arbitrary<Model> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    reason: fc.stringMatching(/^[ -~]{0,20}$/),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 }),
    framing: fc.constantFrom('length', 'chunked', 'until_close'),
    pieces: fc.array(data, { maxLength: 6 }),
    upper: fc.boolean(),
    zeros: fc.integer({ min: 0, max: 3 }),
    extension: fc.constantFrom('', ';a', ';a=b', ';a="c d"'),
    trailers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 2 }),
    interim: fc.integer({ min: 0, max: 2 }),
  })
  .map((parts) => {
    const lines = parts.headers.map(([name, value]) => `${name}: ${value}`);
    const body = parts.pieces.join('');
    let wire = body;
    if (parts.framing === 'length') lines.push(`Content-Length: ${body.length}`);
    if (parts.framing === 'chunked') {
      lines.push('Transfer-Encoding: chunked');
      wire = parts.pieces
        .filter((piece) => piece !== '')
        .map((piece) => {
          const size = piece.length.toString(16);
          return `${'0'.repeat(parts.zeros)}${parts.upper ? size.toUpperCase() : size}${parts.extension}\r\n${piece}\r\n`;
        })
        .join('');
      wire += `0${parts.extension}\r\n${parts.trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    }
    const early = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(parts.interim);
    const head = `HTTP/1.1 ${parts.status} ${parts.reason}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
    return {
      bytes: Buffer.from(early + head + wire, 'latin1'),
      status: parts.status,
      headers: lines.flatMap((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
      body,
      framing: parts.framing as Model['framing'],
    };
  });

describe('the answer parser on valid answers', () => {
  it('reads the same answer however its bytes are cut', () => {
    fc.assert(
      fc.property(
        answer,
        fc.array(fc.nat(5000), { maxLength: 20 }),
        fc.boolean(),
        (model, randomCuts, shared) => {
          const { length } = model.bytes;
          const random = randomCuts.filter((cut) => cut < length).sort((a, b) => a - b);
          for (const cuts of [[], random, ...[1, 3, 7, 37].map((step) => everyNth(length, step))]) {
            const parsed = parse(model.bytes, { cuts, shared });
            expect(parsed.trace).toEqual(['head', 'end']);
            expect(parsed.status).toBe(model.status);
            expect(parsed.headers).toEqual(model.headers);
            expect(parsed.body).toBe(model.body);
            expect(parsed.length).toBe(model.framing === 'length' ? model.body.length : undefined);
            expect(parsed.reusable).toBe(model.framing !== 'until_close');
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('agrees with the parser of node:http', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (model) => {
        const theirs = await parseWithNode(model.bytes);
        const ours = parse(model.bytes);
        expect({ status: ours.status, headers: ours.headers, body: ours.body }).toEqual(theirs);
      }),
      { numRuns: 150 },
    );
  });

  it('has no body for HEAD, 204 and 304, whatever the headers say', () => {
    for (const [status, method] of [
      [200, 'HEAD'],
      [204, 'GET'],
      [304, 'GET'],
    ] as const) {
      const parsed = parse(Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: 5\r\n\r\n`), {
        method,
        close: false,
      });
      expect(parsed.trace).toEqual(['head', 'end']);
      expect(parsed.length).toBe(0);
      expect(parsed.reusable).toBe(true);
    }
  });

  it('does not reuse a connection after bytes that follow the answer', () => {
    const parsed = parse(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n'));
    expect([parsed.trace, parsed.body, parsed.reusable]).toEqual([['head', 'end'], 'hi', false]);
  });

  it('does not reuse a connection that the server means to close', () => {
    for (const line of ['connection: close', 'Connection: foo, CLOSE']) {
      expect(parse(Buffer.from(`HTTP/1.1 200 OK\r\n${line}\r\ncontent-length: 0\r\n\r\n`)).reusable).toBe(
        false,
      );
    }
    expect(parse(Buffer.from('HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n')).reusable).toBe(false);
  });

  it('accepts the same content length twice', () => {
    expect(
      parse(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 1\r\nContent-Length: 1\r\n\r\nx')).body,
    ).toBe('x');
  });
});

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const BROKEN: readonly (readonly [string, string])[] = [
  ['a banner of another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a status line of HTTP/2', 'HTTP/2 200\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status line in lower case', 'http/1.1 200 OK\r\n\r\n'],
  ['an empty line before the status line', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['a protocol switch that nobody asked for', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'],
  [
    'content-length with transfer-encoding',
    'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n',
  ],
  ['two different content lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n'],
  ['a list of content lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3, 3\r\n\r\n'],
  ['a negative content length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
  ['a signed content length', 'HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n'],
  ['a hexadecimal content length', 'HTTP/1.1 200 OK\r\ncontent-length: 0x10\r\n\r\n'],
  ['an empty content length', 'HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n'],
  ['a content length beyond exact numbers', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(20)}\r\n\r\n`],
  ['an unknown transfer-encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
  [
    'a transfer-encoding that ends in identity',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, identity\r\n\r\n',
  ],
  ['chunked twice', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n'],
  ['chunked with HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
  ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 3\r\n\r\n'],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nabc\r\n\r\n'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
  ['an illegal header name', 'HTTP/1.1 200 OK\r\na(b: x\r\n\r\n'],
  ['a NUL in a header name', 'HTTP/1.1 200 OK\r\na\0b: x\r\n\r\n'],
  ['a NUL in a header value', 'HTTP/1.1 200 OK\r\na: x\0y\r\n\r\n'],
  ['a bare CR in a header value', 'HTTP/1.1 200 OK\r\na: x\ry\r\n\r\n'],
  ['a bare LF in a header value', 'HTTP/1.1 200 OK\r\na: x\nb: y\r\n\r\n'],
  ['bare LF line ends', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ['a chunk size that is no number', `${CHUNKED}ZZ\r\nabc\r\n`],
  ['a chunk size with 0x', `${CHUNKED}0x3\r\nabc\r\n0\r\n\r\n`],
  ['a negative chunk size', `${CHUNKED}-3\r\nabc\r\n0\r\n\r\n`],
  ['a chunk size with a space', `${CHUNKED}3 \r\nabc\r\n0\r\n\r\n`],
  ['an empty chunk size', `${CHUNKED}\r\nabc\r\n0\r\n\r\n`],
  ['an extension without a size', `${CHUNKED};a\r\n\r\n`],
  ['a chunk size that overflows', `${CHUNKED}fffffffffffffffff\r\nabc`],
  ['endless zeros in a chunk size', `${CHUNKED}${'0'.repeat(40)}3\r\nabc`],
  ['a chunk without its line end', `${CHUNKED}3\r\nabcd\r\n0\r\n\r\n`],
  ['a chunk with LF alone', `${CHUNKED}3\nabc\r\n0\r\n\r\n`],
  ['a chunk end with LF alone', `${CHUNKED}3\r\nabc\n0\r\n\r\n`],
  ['a bare CR in a chunk size line', `${CHUNKED}3\rX\nabc\r\n0\r\n\r\n`],
  ['a bare LF in a chunk extension', `${CHUNKED}3;a\nb\r\nabc\r\n0\r\n\r\n`],
  ['an endless chunk extension', `${CHUNKED}3;${'a'.repeat(70_000)}`],
  ['endless trailers', `${CHUNKED}0\r\n${'a: b\r\n'.repeat(10_000)}`],
  ['a trailer with a bare LF', `${CHUNKED}0\r\na: b\n\r\n`],
  ['endless interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1001)],
];

describe('the answer parser on broken answers', () => {
  it.each(BROKEN)('refuses %s', (_, text) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const cuts of [[], everyNth(bytes.length, 1), everyNth(bytes.length, 7)]) {
      const parsed = parse(bytes, { cuts, close: false });
      expect(parsed.trace.at(-1)).toBe('protocol');
      expect(parsed.trace.filter((step) => step !== 'head')).toHaveLength(1);
    }
  });

  it('refuses heads and header counts beyond the limits', () => {
    const long = Buffer.from(`HTTP/1.1 200 OK\r\na: ${'x'.repeat(70_000)}`);
    const many = Buffer.from(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(1001)}\r\n`);
    for (const bytes of [long, many, Buffer.concat([long, Buffer.from('\r\n\r\n')])]) {
      for (const step of [10, 1500, 100_000]) {
        expect(parse(bytes, { cuts: everyNth(bytes.length, step), close: false }).trace).toEqual([
          'too_large',
        ]);
      }
    }
  });

  it('delivers the data before the byte that breaks the framing', () => {
    expect(parse(Buffer.from(`${CHUNKED}3\r\nabc\r\nZZ\r\n`)).body).toBe('abc');
  });

  it('never takes a truncated answer for a complete one', () => {
    fc.assert(
      fc.property(answer, fc.double({ min: 0, max: 1, noNaN: true }), (model, share) => {
        fc.pre(model.framing !== 'until_close');
        const kept = Math.floor(share * (model.bytes.length - 1));
        const parsed = parse(model.bytes.subarray(0, kept));
        expect(parsed.trace.at(-1)).toBe('closed');
      }),
      { numRuns: 300 },
    );
  });

  it('survives any mutation and reports exactly one end', () => {
    const mutation = fc.record({
      at: fc.nat(2000),
      remove: fc.nat(4),
      insert: fc.uint8Array({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        answer,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.nat(40),
        (model, mutations, step) => {
          let { bytes } = model;
          for (const { at, remove, insert } of mutations) {
            const from = at % (bytes.length + 1);
            bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
          }
          const whole = parse(bytes);
          expect(whole.trace.filter((entry) => entry !== 'head')).toHaveLength(1);
          const pieces = parse(bytes, { cuts: everyNth(bytes.length, step + 1), shared: true });
          // Bytes behind the answer are seen by the parser only when they come in the same read.
          expect({ ...pieces, reusable: undefined }).toEqual({ ...whole, reusable: undefined });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survives noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, behindHead) => {
        const bytes = behindHead ? Buffer.concat([Buffer.from(CHUNKED), noise]) : Buffer.from(noise);
        expect(parse(bytes).trace.filter((entry) => entry !== 'head')).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });
});

/** Lets node:http read the bytes from a stream in memory. */
function parseWithNode(
  bytes: Buffer,
): Promise<{ status: number | undefined; headers: string[]; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        done();
        this.push(bytes);
        this.push(null);
      },
    });
    const sent = request({ createConnection: () => socket, host: 'x' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('latin1');
        resolve({ status: response.statusCode, headers: response.rawHeaders, body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
