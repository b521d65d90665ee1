// WebSockets of the Responses API, on `ws`: frames, backpressure, pings and goodbyes. What is said in them is the business
// of exchange/response-session.ts; here it goes there one message after the other.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { FrameSink } from '../exchange/frame-reply.ts';
import type { Clock, Deadline, Deadlines } from '../exchange/ports.ts';
import type { ResponseSession } from '../exchange/response-session.ts';
import { newRequestId } from './request-id.ts';
import { chosenProtocol, type Handshake } from './websocket.ts';

/** With more than this on its way to a client, answers are held back; with less than half of it, they go on. */
const FULL_BYTES: number = 64 * 1024;
/** Messages that wait for the answers before them, together no longer than one may be; nobody who waits sends more. */
const QUEUE_LENGTH = 16;
/** How often a silent client is asked for a sign of life; two questions without an answer end the connection. */
const PING_MS = 30_000;
/** A connection in which nothing is asked for this long is closed; clients open another one when they need it. */
const IDLE_MS: number = 60 * 60_000;

/** RFC 6455, 7.4.1 */
const CLOSE = { done: 1000, goingAway: 1001, notText: 1003, policy: 1008 } as const;

/** What sockets need of the edge. */
export interface SocketContext {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** A client that takes nothing of a waiting answer for this long is cut. */
  readonly deadReaderMs: number;
}

/** One connection to be opened. */
export interface SocketOpening {
  readonly session: ResponseSession;
  /** The longest message. */
  readonly bodyLimitBytes: number;
  readonly requestId: string;
}

/** The WebSockets of an edge. */
export interface ResponsesSockets {
  /** Completes a handshake that canComplete() and serves the connection until it is closed. */
  open(request: IncomingMessage, handshake: Handshake, opening: SocketOpening): void;
  /** Closes connections in which nothing runs, and the others after their answer. No more are opened. */
  end(): void;
}

/** Makes the WebSockets of an edge. */
export function createResponsesSockets(context: SocketContext): ResponsesSockets {
  const open = new Set<Connection>();
  let ending = false;
  return {
    open(request, handshake, opening): void {
      const socket = handshake.give();
      if (socket === undefined) return;
      const opened = (webSocket: WebSocket): void => {
        const closed = (): void => void open.delete(connection);
        const connection = new Connection(context, webSocket, opening, closed);
        open.add(connection);
        // It was given away paused.
        socket.resume();
        if (ending) connection.end();
      };
      upgrade(request, socket, opening, opened).catch(() => socket.destroy());
    },
    end(): void {
      ending = true;
      for (const connection of open) connection.end();
    },
  };
}

/** Answers the handshake. The library is loaded by the first one: a start should not pay for it. */
async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  { bodyLimitBytes, requestId }: SocketOpening,
  opened: (webSocket: WebSocket) => void,
): Promise<void> {
  const { WebSocketServer } = await import('ws');
  // One per handshake, for its limits; it holds nothing.
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: bodyLimitBytes,
    handleProtocols: chosenProtocol,
  });
  server.on('headers', (headers) => headers.push(`x-sluice-request-id: ${requestId}`));
  server.handleUpgrade(request, socket, Buffer.alloc(0), opened);
}

function noop(): void {}

/** One open connection. */
class Connection implements FrameSink {
  closed = false;
  readonly #context: SocketContext;
  readonly #socket: WebSocket;
  readonly #session: ResponseSession;
  readonly #deadline: Deadline;
  readonly #queue: string[] = [];
  readonly #queueLimitBytes: number;
  #queueBytes = 0;
  #busy = false;
  #ending = false;
  #drain: () => void = noop;
  #gone: () => void = noop;
  /** When the client stopped reading; undefined while it reads. */
  #fullMs: number | undefined;
  #heardMs: number;
  #askedMs: number;
  #pings = 0;

  constructor(
    context: SocketContext,
    socket: WebSocket,
    { session, bodyLimitBytes }: Pick<SocketOpening, 'session' | 'bodyLimitBytes'>,
    closed: () => void,
  ) {
    this.#context = context;
    this.#socket = socket;
    this.#session = session;
    this.#queueLimitBytes = bodyLimitBytes;
    this.#heardMs = context.clock.monotonicMs();
    this.#askedMs = this.#heardMs;
    this.#deadline = { dueMs: this.#heardMs + PING_MS, place: -1, expired: () => this.#look() };
    context.deadlines.add(this.#deadline);
    socket.on('message', (data, isBinary) => this.#take(data as Buffer, isBinary));
    socket.on('ping', () => this.#alive());
    socket.on('pong', () => this.#alive());
    // A message too long or not in UTF-8: `ws` closes with the code for it, and `close` follows.
    socket.on('error', noop);
    socket.on('close', () => {
      this.closed = true;
      context.deadlines.remove(this.#deadline);
      this.#queue.length = 0;
      closed();
      this.#gone();
    });
  }

  send(text: string): boolean {
    if (this.closed) return true;
    this.#socket.send(text, this.#sent);
    if (this.#socket.bufferedAmount < FULL_BYTES) return true;
    this.#fullMs ??= this.#context.clock.monotonicMs();
    this.#lookBy(this.#fullMs + this.#context.deadReaderMs);
    return false;
  }

  cut(): void {
    this.#socket.terminate();
  }

  onDrain(listener: () => void): void {
    this.#drain = listener;
  }

  onGone(listener: () => void): void {
    this.#gone = listener;
  }

  /** Says goodbye when nothing runs any more. */
  end(): void {
    this.#ending = true;
    if (!this.#busy) this.#socket.close(CLOSE.goingAway, 'The gateway is stopping.');
  }

  readonly #sent = (): void => {
    if (this.#fullMs === undefined || this.#socket.bufferedAmount > FULL_BYTES / 2) return;
    this.#fullMs = undefined;
    this.#alive();
    if (!this.closed) this.#drain();
  };

  #take(data: Buffer, isBinary: boolean): void {
    this.#alive();
    if (isBinary) {
      this.#socket.close(CLOSE.notText, 'Messages must be text.');
      return;
    }
    if (this.#ending) return;
    this.#queueBytes += data.length;
    if (this.#queue.length >= QUEUE_LENGTH || this.#queueBytes > this.#queueLimitBytes) {
      this.#socket.close(CLOSE.policy, 'Too many messages wait for an answer.');
      return;
    }
    this.#queue.push(data.toString());
    if (!this.#busy) void this.#serveAll();
  }

  async #serveAll(): Promise<void> {
    this.#busy = true;
    for (let text = this.#queue.shift(); text !== undefined && !this.closed; text = this.#queue.shift()) {
      if (this.#queue.length === 0) this.#queueBytes = 0;
      await this.#session.serve(text, this, newRequestId());
      this.#gone = noop;
      this.#drain = noop;
      if (this.#ending) break;
    }
    this.#busy = false;
    this.#askedMs = this.#context.clock.monotonicMs();
    if (this.#ending) this.end();
  }

  #alive(): void {
    this.#heardMs = this.#context.clock.monotonicMs();
    this.#pings = 0;
  }

  #lookBy(dueMs: number): void {
    this.#deadline.dueMs = Math.min(this.#deadline.dueMs, dueMs);
  }

  /** The time has come to ask whether anybody is there, or to stop asking. */
  #look(): void {
    const nowMs = this.#context.clock.monotonicMs();
    const { deadReaderMs } = this.#context;
    if (this.#fullMs !== undefined) {
      // A ping would only queue behind what is not read.
      if (nowMs - this.#fullMs >= deadReaderMs) this.cut();
      else this.#deadline.dueMs = this.#fullMs + deadReaderMs;
      return;
    }
    if (!this.#busy && nowMs - this.#askedMs >= IDLE_MS) {
      this.#socket.close(CLOSE.done, 'Nothing was asked for an hour.');
    } else if (this.#pings >= 2) {
      this.cut();
      return;
    } else if (nowMs - this.#heardMs >= PING_MS) {
      this.#pings += 1;
      this.#socket.ping();
    }
    this.#deadline.dueMs = nowMs + PING_MS;
  }
}
