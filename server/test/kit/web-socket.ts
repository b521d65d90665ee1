// A WebSocket client and server (RFC 6455) as small as tests need them: frames as they stand on the wire, and both ends
// can misbehave. Neither side checks what the other should not do; the tests look at it.

import { createHash, randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Kinds of frames. */
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** One frame, unmasked. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

function applyMask(payload: Buffer, mask: Buffer): void {
  if (mask.every((byte) => byte === 0)) return;
  for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
}

function encodeFrame(opcode: number, payload: Buffer, masked: boolean): Buffer {
  const { length } = payload;
  const extended = length < 126 ? Buffer.alloc(0) : Buffer.alloc(length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const short = length < 126 ? length : extended.length === 2 ? 126 : 127;
  const head = Buffer.from([0x80 | opcode, (masked ? 0x80 : 0) | short]);
  if (!masked) return Buffer.concat([head, extended, payload]);
  // Large payloads get the mask that changes nothing, which is quick.
  const mask = length < 100_000 ? randomBytes(4) : Buffer.alloc(4);
  const body = Buffer.from(payload);
  applyMask(body, mask);
  return Buffer.concat([head, extended, mask, body]);
}

/** How many bytes the first frame takes, as far as its beginning tells. */
function neededBytes(bytes: Buffer): number {
  if (bytes.length < 2) return 2;
  const short = bytes.readUInt8(1) & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extended + (bytes.readUInt8(1) >= 0x80 ? 4 : 0);
  if (bytes.length < start) return start;
  if (extended === 0) return start + short;
  return start + (extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)));
}

/** Reads a frame that is complete. */
function decodeFrame(bytes: Buffer): Frame {
  const short = bytes.readUInt8(1) & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = bytes.readUInt8(1) >= 0x80;
  const start = 2 + extended + (masked ? 4 : 0);
  const payload = Buffer.from(bytes.subarray(start));
  if (masked) applyMask(payload, bytes.subarray(start - 4, start));
  return { opcode: bytes.readUInt8(0) & 0x0f, payload };
}

/** One open end of a WebSocket. */
export interface WebSocketEnd {
  readonly socket: Socket;
  /** Every frame received so far. */
  readonly frames: readonly Frame[];
  /** How many bytes were received so far, frames and all. */
  bytes(): number;
  /** False when the other side is to be waited for. */
  send(opcode: number, payload: string | Buffer): boolean;
  /** The time at which the connection was closed, or undefined. */
  closedAtMs(): number | undefined;
  /** Called with every frame. */
  onFrame(listener: (frame: Frame) => void): void;
}

function makeEnd(socket: Socket, masks: boolean, first: Buffer): WebSocketEnd {
  const frames: Frame[] = [];
  let parts: Buffer[] = [];
  let held = 0;
  let wanted = 2;
  let total = 0;
  let closedAtMs: number | undefined;
  let heard = (_frame: Frame): void => {};
  const take = (chunk: Buffer): void => {
    total += chunk.length;
    parts.push(chunk);
    held += chunk.length;
    // A message of a megabyte comes in many pieces: joined only when there may be something to read.
    if (held < wanted) return;
    let bytes = Buffer.concat(parts);
    for (wanted = neededBytes(bytes); bytes.length >= wanted; wanted = neededBytes(bytes)) {
      const frame = decodeFrame(bytes.subarray(0, wanted));
      bytes = bytes.subarray(wanted);
      frames.push(frame);
      heard(frame);
    }
    parts = [bytes];
    held = bytes.length;
  };
  socket.on('data', take);
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    closedAtMs = performance.now();
  });
  if (first.length > 0) take(first);
  return {
    socket,
    frames,
    bytes: () => total,
    send: (opcode, payload) => socket.write(encodeFrame(opcode, Buffer.from(payload), masks)),
    closedAtMs: () => closedAtMs,
    onFrame: (listener) => {
      heard = listener;
    },
  };
}

const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** The head of an HTTP message. */
export interface Head {
  /** Request line or status line. */
  readonly first: string;
  /** Everything, as it stood. */
  readonly text: string;
  /** All values of a header (lower-case name), joined with ", ". */
  header(name: string): string | undefined;
}

function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  return {
    first,
    text,
    header: (name) => {
      const values = lines
        .filter((line) => line.slice(0, line.indexOf(':')).toLowerCase() === name)
        .map((line) => line.slice(line.indexOf(':') + 1).trim());
      return values.length === 0 ? undefined : values.join(', ');
    },
  };
}

/** Resolves with the head and what came after it; with undefined when the connection closed before. */
function awaitHead(socket: Socket): Promise<{ head: Head; rest: Buffer } | undefined> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve({ head: readHead(bytes.toString('latin1', 0, end)), rest: bytes.subarray(end + 4) });
    };
    const onClose = (): void => resolve(undefined);
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.on('error', () => {});
  });
}

// ---------------------------------------------------------------------------------------------- client

/** How an attempt to open a WebSocket ended. */
export type Opened =
  | { readonly open: true; readonly head: Head; readonly end: WebSocketEnd }
  | { readonly open: false; readonly status: number; readonly head: Head; readonly body: string };

/** What to ask for. */
export interface Opening {
  readonly path: string;
  /** Header lines beyond those of the handshake. */
  readonly lines?: readonly string[];
  /** Bytes that follow the request in the same write. */
  readonly early?: Buffer;
  /** An open connection to use. */
  readonly over?: Socket;
}

/** The request of a handshake. */
function handshake(port: number, { path, lines = [] }: Opening, key = 'dGhlIHNhbXBsZSBub25jZQ=='): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...lines,
    '\r\n',
  ].join('\r\n');
}

/** Opens a WebSocket, or reads the whole refusal. */
export async function openWebSocket(port: number, opening: Opening): Promise<Opened> {
  const key = randomBytes(16).toString('base64');
  const socket = opening.over ?? connect({ port, host: '127.0.0.1', noDelay: true });
  const coming = awaitHead(socket);
  socket.write(Buffer.concat([Buffer.from(handshake(port, opening, key)), opening.early ?? Buffer.alloc(0)]));
  const came = await coming;
  if (came === undefined) throw new Error('The connection was closed without an answer.');
  const { head, rest } = came;
  const status = Number(head.first.split(' ')[1]);
  if (status === 101) {
    if (head.header('sec-websocket-accept') !== acceptOf(key)) throw new Error('The accept key is wrong.');
    return { open: true, head, end: makeEnd(socket, true, rest) };
  }
  const parts = [rest];
  // A refusal closes the connection, or says how long it is.
  const wanted = Number(head.header('content-length') ?? Number.POSITIVE_INFINITY);
  await new Promise((resolve) => {
    const check = (): void => {
      if (socket.closed || Buffer.concat(parts).length >= wanted) resolve(undefined);
    };
    socket.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      check();
    });
    socket.on('close', check);
    check();
  });
  socket.end();
  return { open: false, status, head, body: Buffer.concat(parts).toString() };
}

// ---------------------------------------------------------------------------------------------- server

/** A wish for a WebSocket that the server has not answered yet. */
export interface Wish {
  readonly head: Head;
  readonly socket: Socket;
  /** Says 101; `lines` are further headers, `first` follows in the same write. */
  accept(lines?: readonly string[], first?: Buffer): WebSocketEnd;
  /** Says something else, as it is written. */
  refuse(answer: string): void;
}

/** A running WebSocket server. */
export interface WebSocketServer {
  readonly origin: string;
  readonly port: number;
  readonly wishes: readonly Wish[];
  stop(): Promise<void>;
}

/** Starts a server that hands each wish to the script. */
export async function startWebSocketServer(script: (wish: Wish) => void): Promise<WebSocketServer> {
  const wishes: Wish[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void awaitHead(socket).then((came) => {
      if (came === undefined) return;
      const { head, rest } = came;
      const wish: Wish = {
        head,
        socket,
        accept: (lines = [], first = Buffer.alloc(0)) => {
          const answer = [
            'HTTP/1.1 101 Switching Protocols',
            'Connection: Upgrade',
            'Upgrade: websocket',
            `Sec-WebSocket-Accept: ${acceptOf(head.header('sec-websocket-key') ?? '')}`,
            ...lines,
            '\r\n',
          ].join('\r\n');
          socket.write(Buffer.concat([Buffer.from(answer), first]));
          return makeEnd(socket, false, rest);
        },
        refuse: (answer) => void socket.write(answer, 'latin1'),
      };
      wishes.push(wish);
      script(wish);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    wishes,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A frame of a server as it stands on the wire. */
export const serverFrame = (opcode: number, payload: string): Buffer =>
  encodeFrame(opcode, Buffer.from(payload), false);

/** A frame of a client as it stands on the wire. */
export const clientFrame = (opcode: number, payload: string): Buffer =>
  encodeFrame(opcode, Buffer.from(payload), true);
