// A client that sees exactly what was sent, and can misbehave: leave in two ways, or stop reading.

import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** What to send. */
export interface Sending {
  readonly method?: string;
  readonly path: string;
  /** Name, value, name, value, … Host is added. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** A complete answer as it was received. */
export interface Received {
  readonly status: number;
  /** Name, value, name, value, … as they stood. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** `cut`: the connection ended before the answer did. */
  readonly end: 'clean' | 'cut';
  /** Milliseconds until its end. */
  readonly tookMs: number;
  header(name: string): string | undefined;
  text(): string;
}

/** A request under way. */
export interface Underway {
  /** Resolves with the head. */
  readonly head: Promise<IncomingMessage>;
  /** Resolves when the answer has ended, one way or the other. */
  readonly done: Promise<Received>;
  /** Everything received so far. */
  soFar(): string;
  socket(): Socket | undefined;
  /** Leaves: `reset` sends RST, `close` sends FIN. */
  leave(how: 'reset' | 'close'): void;
}

const JSON_TYPE = ['content-type', 'application/json'];

function hasHeader(headers: readonly string[], name: string): boolean {
  return headers.some((header, index) => index % 2 === 0 && header.toLowerCase() === name);
}

function received(
  answer: IncomingMessage | undefined,
  parts: readonly Buffer[],
  startedMs: number,
): Received {
  const body = Buffer.concat(parts);
  return {
    status: answer?.statusCode ?? 0,
    rawHeaders: answer?.rawHeaders ?? [],
    body,
    end: answer?.complete === true ? 'clean' : 'cut',
    tookMs: performance.now() - startedMs,
    header: (name) => {
      const value = answer?.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    text: () => body.toString(),
  };
}

/** Sends a request without waiting for its answer. Never rejects: a lost connection is `cut`. */
export function begin(port: number, sending: Sending): Underway {
  const startedMs = performance.now();
  const body = sending.body === undefined ? undefined : Buffer.from(sending.body);
  const headers = [...(sending.headers ?? [])];
  if (body !== undefined && !hasHeader(headers, 'content-type')) headers.push(...JSON_TYPE);
  if (body !== undefined) headers.push('Content-Length', String(body.length));
  headers.push('Host', `127.0.0.1:${port}`);
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    method: sending.method ?? (body === undefined ? 'GET' : 'POST'),
    path: sending.path,
    headers,
    agent: sending.agent ?? false,
  });
  const parts: Buffer[] = [];
  let answer: IncomingMessage | undefined;
  const head = new Promise<IncomingMessage>((resolve) => {
    request.on('response', (response) => {
      answer = response;
      response.on('error', () => {});
      response.on('data', (chunk: Buffer) => parts.push(chunk));
      resolve(response);
    });
  });
  const done = new Promise<Received>((resolve) => {
    const finish = (): void => resolve(received(answer, parts, startedMs));
    request.on('error', finish);
    request.on('close', finish);
    void head.then((response) => response.on('close', finish));
  });
  request.end(body);
  return {
    head,
    done,
    soFar: () => Buffer.concat(parts).toString(),
    socket: () => request.socket ?? undefined,
    leave: (how) => {
      if (how === 'reset') request.socket?.resetAndDestroy();
      else request.socket?.destroy();
    },
  };
}

/** Sends a request and waits for the end of its answer. */
export function ask(port: number, sending: Sending): Promise<Received> {
  return begin(port, sending).done;
}

/** Resolves when the condition holds; checked whenever the event loop turns. */
export async function until(condition: () => boolean, withinMs = 15_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error('The condition never came true.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
