// A provider on loopback that speaks the four formats over raw sockets, healthy or with a named fault, and remembers what
// it was sent. The model of a request chooses the fault ("fault:reset-mid"); without one, `script` decides.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { faults } from './faults.ts';
import { type ReceivedRequest, readRequests } from './request-reader.ts';
import { wires } from './wire.ts';

/** One request at the provider, and the means to answer it. */
export interface Turn {
  readonly request: ReceivedRequest;
  readonly dialect: DialectId;
  readonly stream: boolean;
  /** The model that the request names. */
  readonly model: string;
  /** The text of a healthy answer. */
  readonly text: string;
  readonly socket: Socket;
  /** Milliseconds on performance.now() at which the connection closed; undefined while it is open. */
  closedMs: number | undefined;
  /** Sends the head of an answer; `chunked` unless a length is among the headers. */
  head(status: number, headers?: Readonly<Record<string, string>>): void;
  /** Sends a piece of the body in the framing of the head. False when the gateway does not take it. */
  piece(bytes: string | Buffer): boolean;
  end(): void;
  /** Sends a whole answer with a length. */
  whole(status: number, body: string | Buffer, headers?: Readonly<Record<string, string>>): void;
  /** The healthy answer. */
  healthy(): void;
}

/** How a turn is answered. */
export type Behaviour = (turn: Turn) => void;

/** A running provider. */
export interface FaultUpstream {
  readonly origin: string;
  readonly port: number;
  readonly turns: Turn[];
  /** Connections accepted so far. */
  connections: number;
  /** Answers turns whose model names no fault. Healthy by default. */
  script: Behaviour;
  close(): Promise<void>;
}

const PATHS: readonly (readonly [RegExp, DialectId])[] = [
  [/\/chat\/completions/, 'openai-chat'],
  [/\/responses/, 'openai-responses'],
  [/\/messages/, 'anthropic-messages'],
  [/\/models\/.*:/, 'gemini'],
];

function modelOf(request: ReceivedRequest): string {
  const inPath = /\/models\/([^?]+):[a-zA-Z]+(?:\?|$)/.exec(request.target)?.[1];
  return inPath !== undefined
    ? decodeURIComponent(inPath)
    : (/"model"\s*:\s*"([^"]*)"/.exec(request.body.toString())?.[1] ?? '');
}

/** The text that healthy answers carry, unless the prompt names another ("say:…"). */
export const ANSWER = 'The quick brown fox jumps over the lazy dog, größer als je zuvor.';

function makeTurn(request: ReceivedRequest, socket: Socket): Turn {
  const dialect = PATHS.find(([pattern]) => pattern.test(request.target))?.[1] ?? 'openai-chat';
  const body = request.body.toString();
  const stream = /:stream/.test(request.target) || /"stream"\s*:\s*true/.test(body);
  let chunked = false;
  const head = (status: number, headers: Readonly<Record<string, string>> = {}): void => {
    chunked = !Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    if (chunked) lines.push('Transfer-Encoding: chunked\r\n');
    socket.write(`HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n`, 'latin1');
  };
  const turn: Turn = {
    request,
    dialect,
    stream,
    model: modelOf(request),
    text: /say:([\w-]+)/.exec(body)?.[1] ?? ANSWER,
    socket,
    closedMs: undefined,
    head,
    piece: (bytes) => {
      const data = Buffer.from(bytes);
      if (!chunked) return socket.write(data);
      return socket.write(
        Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]),
      );
    },
    end: () => void (chunked && socket.write('0\r\n\r\n')),
    whole: (status, bytes, headers = {}) => {
      const data = Buffer.from(bytes);
      head(status, { 'Content-Type': 'application/json', ...headers, 'Content-Length': String(data.length) });
      socket.write(data);
    },
    healthy: () => {
      const { dialect: format, model, text } = turn;
      if (!stream) {
        turn.whole(200, wires[format].json(model, text));
        return;
      }
      head(200, { 'Content-Type': 'text/event-stream' });
      for (const event of wires[format].events(model, text)) turn.piece(event);
      turn.end();
    },
  };
  return turn;
}

/** Starts a provider. */
export async function startFaultUpstream(
  script: Behaviour = (turn) => turn.healthy(),
): Promise<FaultUpstream> {
  const sockets = new Set<Socket>();
  const state = { script, connections: 0 };
  const turns: Turn[] = [];
  const server: Server = createServer((socket) => {
    state.connections++;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    const own: Turn[] = [];
    socket.on('close', () => {
      sockets.delete(socket);
      for (const turn of own) turn.closedMs ??= performance.now();
    });
    readRequests(socket, (request) => {
      const turn = makeTurn(request, socket);
      own.push(turn);
      turns.push(turn);
      const name = /fault:([\w-]+)/.exec(turn.model)?.[1];
      const behave = name === undefined ? state.script : (faults[name]?.behave ?? state.script);
      behave(turn);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    turns,
    get connections() {
      return state.connections;
    },
    set connections(count) {
      state.connections = count;
    },
    get script() {
      return state.script;
    },
    set script(next) {
      state.script = next;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
