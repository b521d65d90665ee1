// Which request headers end at the gateway and which go on to an upstream. Everything that is not named here goes on:
// vendors' header sets are open lists.

import type { IncomingMessage } from 'node:http';
import type { RawHeaders } from '../exchange/ports.ts';
import type { HeaderLookup } from './routes.ts';

/** Headers that carry a caller's credential, in the order in which they are tried. */
export const CREDENTIAL_HEADERS: readonly string[] = [
  'authorization',
  'x-api-key',
  'x-anthropic-api-key',
  'x-goog-api-key',
  'api-key',
];

/** Headers that end here, with the reason as a group. */
const DROPPED: ReadonlySet<string> = new Set([
  ...CREDENTIAL_HEADERS,
  'cookie',
  // They describe this connection or this message's framing.
  'host',
  'content-length',
  'expect',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  // The relay decides itself which encodings it can take.
  'accept-encoding',
  // They describe the caller's network; the upstream learns nothing of it.
  'forwarded',
  'via',
  'x-real-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'client-ip',
  // A browser's statement about the page it shows.
  'origin',
  'referer',
]);

const DROPPED_PREFIXES: readonly string[] = [
  'x-sluice-',
  'x-forwarded-',
  'proxy-',
  'sec-fetch-',
  'sec-ch-',
  'sec-websocket-',
  'access-control-request-',
];

/** Headers that may stand only once, because parsers disagree on which of two counts. */
const ONCE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'transfer-encoding',
]);

/** The first header that stands twice though it may not, or undefined. */
export function repeatedHeader(raw: RawHeaders): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** Looks into the headers of a request of node:http. */
export function headerLookup({ headers }: Pick<IncomingMessage, 'headers'>): HeaderLookup {
  return (name) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
}

/** Names that a Connection header takes out of the message, beyond those that are dropped anyway. */
function nominated(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined) return undefined;
  const plain = connection.toLowerCase();
  if (plain === 'keep-alive' || plain === 'close') return undefined;
  return new Set(plain.split(',').map((name) => name.trim()));
}

/** True when a header (lower-case name) ends at the gateway. */
function endsHere(name: string): boolean {
  return DROPPED.has(name) || DROPPED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** The headers that go on to the upstream, with their letter case and order. */
export function forwardedHeaders(raw: RawHeaders, connection: string | undefined): RawHeaders {
  const also = nominated(connection);
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const lower = name.toLowerCase();
    if (endsHere(lower) || also?.has(lower) === true) continue;
    kept.push(name, raw[at + 1] ?? '');
  }
  return kept;
}
