// The answer to a request for a WebSocket, over the bare connection: 101 and the connection is given away, or any other
// answer, after which it is closed.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { RawConnection, RawHeaders } from '../exchange/ports.ts';
import type { EdgeLimits } from './limits.ts';
import type { EdgeAnswer } from './reply.ts';

/** What a client may send before it knows whether it has its WebSocket; it should send nothing. */
const EARLY_BYTES = 65_536;
/** Lets a client that has vanished be found, however long it has nothing to say. */
const TCP_KEEPALIVE_MS = 30_000;
/** A line end in a header would be the begin of another one. */
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;

function noop(): void {}

/** One reply. Calls after the end, or after the client left, do nothing. */
export class SocketReply implements EdgeAnswer {
  started = false;
  closed = false;
  readonly #socket: Socket;
  readonly #limits: EdgeLimits;
  #more: RawHeaders = [];
  #head: string | undefined;
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #given = false;
  #gone: () => void = noop;
  #drain: () => void = noop;
  readonly #hold = (chunk: Buffer): void => {
    if (this.closed) return;
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes > EARLY_BYTES) this.#socket.pause();
  };
  /** Half a connection is of no use to a WebSocket that is not open yet. */
  readonly #lost = (): void => {
    if (this.closed) return;
    this.closed = true;
    this.#socket.destroy();
    this.#gone();
  };

  constructor(socket: Socket, limits: EdgeLimits) {
    this.#socket = socket;
    this.#limits = limits;
    socket.on('data', this.#hold);
    socket.on('end', this.#lost);
    socket.on('close', this.#lost);
    socket.on('timeout', () => socket.destroy());
    socket.resume();
  }

  addHeaders(headers: RawHeaders): void {
    this.#more = headers;
  }

  /** It always is. */
  closeAfter(): void {}

  /** Sends the 101 and gives the connection away, paused. */
  accept(headers: RawHeaders): RawConnection | undefined {
    if (this.closed || this.started) return undefined;
    const head = encodeHead(101, headers);
    if (head === undefined) {
      this.cut();
      return undefined;
    }
    const socket = this.give();
    socket?.write(head, 'latin1');
    return socket;
  }

  /** Gives the connection away, paused, with the 101 still to be sent. */
  give(): Socket | undefined {
    if (this.closed || this.started) return undefined;
    this.started = true;
    this.closed = true;
    this.#given = true;
    const socket = this.#socket;
    socket.off('data', this.#hold);
    socket.off('end', this.#lost);
    socket.off('close', this.#lost);
    socket.pause();
    if (this.#earlyBytes > 0) socket.unshift(Buffer.concat(this.#early.splice(0)));
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    return socket;
  }

  head(status: number, headers: RawHeaders): void {
    if (this.closed || this.started) return;
    this.started = true;
    this.#head = encodeHead(status, [...headers, ...this.#more, 'connection', 'close']);
    if (this.#head === undefined) {
      this.cut();
      return;
    }
    // Waits for the first bytes of this tick, so that they leave together.
    process.nextTick(() => this.#sendHead());
  }

  #sendHead(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined && !this.#socket.destroyed) this.#socket.write(head, 'latin1');
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.closed) return true;
    this.#sendHead();
    if (this.#socket.write(chunk)) return true;
    this.#socket.setTimeout(this.#limits.deadReaderMs);
    this.#socket.once('drain', () => {
      this.#socket.setTimeout(0);
      if (!this.closed) this.#drain();
    });
    return false;
  }

  end(chunk?: Uint8Array | string): void {
    if (this.closed) return;
    const socket = this.#socket;
    socket.cork();
    this.#sendHead();
    this.closed = true;
    if (chunk !== undefined) socket.write(chunk);
    socket.end();
    socket.uncork();
    // Closing with bytes unread would send a reset, which can overtake the answer: they are read a little longer.
    this.#early = [];
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), this.#limits.lingerMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
    socket.once('end', () => socket.destroySoon());
  }

  cut(): void {
    if (this.closed && !this.#given) return;
    this.closed = true;
    this.#socket.destroy();
  }

  onDrain(listener: () => void): void {
    this.#drain = listener;
  }

  onGone(listener: () => void): void {
    this.#gone = listener;
  }
}

/** Status line and headers with the empty line, or undefined when there is something in them that HTTP does not allow. */
function encodeHead(status: number, headers: RawHeaders): string | undefined {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Answer'}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (UNSAFE.test(name) || UNSAFE.test(value)) return undefined;
    head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}
