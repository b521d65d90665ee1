// A client of the Responses API over a WebSocket, and a provider whose answers are responses with items.

import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { until } from './client.ts';
import type { Turn } from './fault-upstream.ts';

/** What is read of a frame. */
export interface Said {
  readonly type: string;
  readonly status?: number;
  readonly error?: { readonly message?: string; readonly code?: string; readonly type?: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly delta?: string;
  readonly response?: {
    readonly id: string;
    readonly status: string;
    readonly output: readonly unknown[];
    readonly usage: unknown;
  };
}

/** An open connection. */
export interface SocketClient {
  readonly socket: WebSocket;
  readonly frames: readonly Said[];
  /** Code and reason of the close, once it is closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  send(message: unknown): void;
  /** Sends a message and resolves with the frames up to the end of its answer. */
  ask(message: object): Promise<readonly Said[]>;
}

const LAST = ['response.completed', 'response.failed', 'response.incomplete', 'error'];
const clients: WebSocket[] = [];
afterEach(() => {
  for (const socket of clients.splice(0)) socket.terminate();
});

/** Opens a connection. Rejects with "Unexpected server response: <status>" when it is refused. */
export async function openSocket(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  path = '/v1/responses',
): Promise<SocketClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  clients.push(socket);
  const frames: Said[] = [];
  const client: SocketClient = {
    socket,
    frames,
    closed: undefined,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    ask: async (message) => {
      const from = frames.length;
      client.send({ type: 'response.create', ...message });
      await until(
        () => client.closed !== undefined || frames.slice(from).some(({ type }) => LAST.includes(type)),
      );
      return frames.slice(from);
    },
  };
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Said));
  socket.on('close', (code, reason) => {
    client.closed = { code, reason: reason.toString() };
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return client;
}

/** The body of a request as an object. */
export function bodyOf(turn: Turn | undefined): Readonly<Record<string, unknown>> {
  return JSON.parse(turn?.request.body.toString() ?? '{}') as Readonly<Record<string, unknown>>;
}

/** How an answer of responseOf is told. */
export interface Telling {
  /** The last event repeats the items; some servers leave them out. */
  readonly lean?: boolean;
  readonly last?: string;
}

/** The events of a response with these items. */
export function responseOf(
  id: string,
  output: readonly object[],
  { lean = false, last = 'completed' }: Telling = {},
): string {
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const response = { id, object: 'response', created_at: 1, model: 'm' };
  const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
  return [
    event('response.created', { response: { ...response, status: 'in_progress', output: [] } }),
    ...output.map((item, output_index) => event('response.output_item.done', { output_index, item })),
    event(`response.${last}`, { response: { ...response, status: last, output: lean ? [] : output, usage } }),
  ].join('');
}

/** Answers a turn with a stream. */
export function stream(turn: Turn, bytes: string): void {
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  turn.piece(bytes);
  turn.end();
}
