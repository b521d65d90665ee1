// What a client says when it wants a WebSocket: whether it does, the headers of its handshake, and the credential that
// browsers hide among the subprotocols because they cannot set headers.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RawHeaders, Upgrade } from '../exchange/ports.ts';
import type { EdgeAnswer } from './reply.ts';
import { type HeaderLookup, matchRoute, type Routing } from './routes.ts';

/** A wish for a WebSocket on its way through the checks of the edge. */
export interface Handshake extends Upgrade {
  /** Credentials among the subprotocols. */
  readonly credentials: readonly string[];
  /** Gives the bare connection away, for somebody else to answer 101; undefined when the client has left or was answered. */
  give(): Socket | undefined;
  /** Answers it where it is refused. */
  readonly reply: EdgeAnswer;
}

/** 16 bytes: RFC 6455, 4.1. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** OpenAI's place for a key in browsers: https://platform.openai.com/docs/guides/realtime-websocket */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** True when a request asks for a WebSocket, whether or not its Connection header says so, too. */
export function wantsWebSocket(request: Pick<IncomingMessage, 'headers'>): boolean {
  const { upgrade } = request.headers;
  return upgrade !== undefined && /(?:^|,)\s*websocket\s*(?:,|$)/i.test(upgrade);
}

/**
 * The route of a wish for a WebSocket. Requests are POSTs and handshakes are GETs, so on a path of exchanges the route is
 * that of the requests that the connection will carry.
 */
export function matchHandshake(method: string, path: string, header: HeaderLookup, query: string): Routing {
  const routing = matchRoute(method, path, header, query);
  if (routing.found || routing.known !== true || method !== 'GET') return routing;
  const posted = matchRoute('POST', path, header, query);
  return carriesExchanges(posted) ? posted : routing;
}

/** True for a route on which a WebSocket carries exchanges. */
export function carriesExchanges(routing: Routing): boolean {
  return routing.found && routing.match.route.kind === 'exchange' && routing.match.route.webSocket === true;
}

/** True when the gateway itself can complete a handshake. */
export function canComplete({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  // A list of protocols is allowed, but there is only one that could be chosen.
  if (headers.upgrade?.toLowerCase() !== 'websocket') return false;
  return headers['sec-websocket-version'] === '13' && KEY.test(headers['sec-websocket-key'] ?? '');
}

/** The subprotocol to agree on: the first that is none of our own inventions for credentials. */
export function chosenProtocol(protocols: Iterable<string>): string | false {
  for (const protocol of protocols) if (!protocol.toLowerCase().startsWith(KEY_PROTOCOL)) return protocol;
  return false;
}

/** The Sec-WebSocket-* headers as they go on, and the credentials that were taken out of them. */
export function readHandshake(raw: RawHeaders): { headers: RawHeaders; credentials: readonly string[] } {
  const headers: string[] = [];
  const credentials: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const lower = name.toLowerCase();
    if (!lower.startsWith('sec-websocket-')) continue;
    const value = raw[at + 1] ?? '';
    const kept = lower === 'sec-websocket-protocol' ? withoutCredentials(value, credentials) : value;
    if (kept !== '') headers.push(name, kept);
  }
  return { headers, credentials };
}

function withoutCredentials(protocols: string, credentials: string[]): string {
  const kept: string[] = [];
  for (const part of protocols.split(',')) {
    const protocol = part.trim();
    if (protocol.toLowerCase().startsWith(KEY_PROTOCOL))
      credentials.push(protocol.slice(KEY_PROTOCOL.length));
    else if (protocol !== '') kept.push(protocol);
  }
  return kept.join(', ');
}
