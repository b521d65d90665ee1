// The way from a process that relays to the one that answers the operator: requests that are not the relay's own are handed
// on over a socket of this machine, with the address that they came from. Only this user can reach that socket.

import { type IncomingMessage, request as requestTo, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RawHeaders } from '../exchange/ports.ts';

/** Tells the other process whose request it is: remote and local address. */
const PEER_HEADER = 'x-sluice-peer';

/** Headers that belong to one connection. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  ...[
    'connection',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
  ],
  PEER_HEADER,
]);

/** A request to be handed on. */
export interface HandedOn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the caller. */
  readonly address: string;
  /** Headers that must stand in the answer; to be asked once, when its head is about to leave. */
  closingHeaders(): RawHeaders;
}

/** Hands a request on to the process behind `socketPath`, and its answer back. */
export function handOn(socketPath: string, { request, response, address, closingHeaders }: HandedOn): void {
  const peer = [address, request.socket.localAddress ?? ''].join(' ');
  const onward = requestTo({
    socketPath,
    method: request.method,
    path: request.url,
    // Each request has a connection of its own, but it is closed from this side: an end that comes with the answer, while
    // the rest of a body is still being written, would lose that answer.
    headers: [
      ...ofMessage(request.rawHeaders),
      ...framingOf(request),
      ...['connection', 'keep-alive'],
      ...[PEER_HEADER, peer],
    ],
    setHost: false,
    agent: false,
  });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, [...ofMessage(answer.rawHeaders), ...closingHeaders()]);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const error = {
      code: 'unavailable',
      message: 'The process of this gateway that answers operators cannot be reached.',
      suggestion: 'It is being started or stopped. Try again in a moment.',
    };
    const headers = ['content-type', 'application/json', 'retry-after', '1', ...closingHeaders()];
    response.writeHead(503, headers).end(JSON.stringify({ error }));
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/**
 * The length of a body stands in its headers; one that comes in chunks goes on in chunks. Node.js would write it without
 * any framing behind a GET or a DELETE, where it would be read as the next request.
 */
function framingOf({ headers }: IncomingMessage): RawHeaders {
  return headers['transfer-encoding'] === undefined ? [] : ['transfer-encoding', 'chunked'];
}

function ofMessage(headers: RawHeaders): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!OF_CONNECTION.has(name.toLowerCase())) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}

/** Connections by which a request has come; there is one on each. */
const TAKEN = new WeakSet<Socket>();

/**
 * Takes in a request that was handed on: from here on its socket has the addresses that the caller's had. Undefined for a
 * second one on the same connection, which nobody but a forger sends: the connection is destroyed.
 */
export function takeIn(request: IncomingMessage): Socket | undefined {
  const { socket } = request;
  if (TAKEN.has(socket)) {
    socket.destroy();
    return undefined;
  }
  TAKEN.add(socket);
  const [remote = '', local = ''] = String(request.headers[PEER_HEADER] ?? '').split(' ');
  delete request.headers[PEER_HEADER];
  const at = request.rawHeaders.findIndex((name, place) => place % 2 === 0 && name === PEER_HEADER);
  if (at >= 0) request.rawHeaders.splice(at, 2);
  Object.defineProperty(socket, 'remoteAddress', { value: remote });
  Object.defineProperty(socket, 'localAddress', { value: local });
  return socket;
}
