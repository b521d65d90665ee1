// What a client says when it wants a WebSocket: whether it does, the headers of its handshake, and the credential that
// browsers hide among the subprotocols because they cannot set headers.

import type { IncomingMessage } from 'node:http';
import type { RawHeaders, Upgrade } from '../exchange/ports.ts';
import type { EdgeAnswer } from './reply.ts';

/** A wish for a WebSocket on its way through the checks of the edge. */
export interface Handshake extends Upgrade {
  /** Credentials among the subprotocols. */
  readonly credentials: readonly string[];
  /** Answers it where it is refused. */
  readonly reply: EdgeAnswer;
}

/** OpenAI's place for a key in browsers: https://platform.openai.com/docs/guides/realtime-websocket */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** True when a request asks for a WebSocket, whether or not its Connection header says so, too. */
export function wantsWebSocket(request: Pick<IncomingMessage, 'headers'>): boolean {
  const { upgrade } = request.headers;
  return upgrade !== undefined && /(?:^|,)\s*websocket\s*(?:,|$)/i.test(upgrade);
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
