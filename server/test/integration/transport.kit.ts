// Servers that speak bytes instead of HTTP, and a client side that gathers what a transport reports.

import { createServer, type Server, type Socket } from 'node:net';
import type {
  AnswerSink,
  Call,
  OutboundRequest,
  RawHeaders,
  Transport,
  TransportFailure,
} from '../../src/exchange/ports.ts';
import { createTransport, type TransportOptions } from '../../src/upstream/transport/transport.ts';

/** A server on a free loopback port. */
export interface ByteServer {
  readonly origin: string;
  readonly port: number;
  /** Sockets accepted so far. */
  readonly sockets: Socket[];
  close(): Promise<void>;
}

/** Serves sockets; errors on them are ignored, for they are what is being tested. */
export async function serveSockets(accept: (socket: Socket) => void): Promise<ByteServer> {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    accept(socket);
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    sockets,
    close: () => closeServer(server, sockets),
  };
}

/** Starts a server on a free loopback port. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
}

export function closeServer(server: Server, sockets: readonly Socket[]): Promise<void> {
  return new Promise((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(() => resolve());
  });
}

/** One complete request as the server saw it. */
export interface SeenRequest {
  readonly head: string;
  readonly body: Buffer;
}

/** Calls `answer` for each complete request (content-length or none) on a socket. */
export function eachRequest(socket: Socket, answer: (request: SeenRequest) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = held.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (held.length < end + 4 + length) return;
      const body = held.subarray(end + 4, end + 4 + length);
      held = held.subarray(end + 4 + length);
      answer({ head, body });
    }
  });
}

/** A server that answers every request with the same bytes. */
export function serveBytes(bytes: string | Buffer): Promise<ByteServer> {
  return serveSockets((socket) => eachRequest(socket, () => socket.write(bytes)));
}

/** An answer with a content length. */
export function plainAnswer(body: string | Buffer, headers = ''): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

/** What became of one request. */
export interface Outcome {
  status: number | undefined;
  headers: RawHeaders;
  length: number | undefined;
  readonly chunks: Buffer[];
  failure: TransportFailure | undefined;
  /** head, end and fail calls in their order; data is left out. */
  readonly calls: string[];
}

export const textOf = (outcome: Outcome): string => Buffer.concat(outcome.chunks).toString();

/** A GET, changed by what is given. */
export function makeRequest(origin: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    destination: { origin, proxy: undefined },
    method: 'GET',
    target: '/',
    headers: [],
    body: { kind: 'none' },
    decode: true,
    connectMs: 5000,
    ...more,
  };
}

export function bytesBody(...texts: string[]): OutboundRequest['body'] {
  const parts = texts.map((text) => Buffer.from(text));
  return { kind: 'bytes', parts, length: parts.reduce((total, part) => total + part.length, 0) };
}

/** Sends a request and waits for the end or the failure. `watch` sees the answer while it arrives. */
export function ask(
  transport: Transport,
  request: OutboundRequest,
  watch: { head?(call: Call): void; data?(chunk: Buffer, call: Call): boolean } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const outcome: Outcome = {
      status: undefined,
      headers: [],
      length: undefined,
      chunks: [],
      failure: undefined,
      calls: [],
    };
    const sink: AnswerSink = {
      head(status, headers, length) {
        Object.assign(outcome, { status, headers, length });
        outcome.calls.push('head');
        watch.head?.(call);
      },
      data(chunk) {
        outcome.chunks.push(chunk);
        return watch.data?.(chunk, call) ?? true;
      },
      end() {
        outcome.calls.push('end');
        resolve(outcome);
      },
      fail(failure) {
        outcome.failure = failure;
        outcome.calls.push('fail');
        resolve(outcome);
      },
    };
    const call: Call = transport.send(request, sink);
  });
}

/** Runs a test with a server and a transport, and closes both. */
export async function withTransport(
  starting: Promise<ByteServer>,
  run: (server: ByteServer, transport: Transport) => Promise<void>,
  options: TransportOptions = {},
): Promise<void> {
  const server = await starting;
  const transport = createTransport(options);
  try {
    await run(server, transport);
  } finally {
    transport.close();
    await server.close();
  }
}

/** Resolves when the condition holds; looks on every turn of the event loop. Fails by the test's own time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
