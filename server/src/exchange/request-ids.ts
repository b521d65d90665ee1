// Ids of a request that others have given it: the provider, whose support asks for its own, and the client.

import type { Inbound, RawHeaders } from './ports.ts';
import { holdsSecret, type Secrets } from './secrecy.ts';

/**
 * Headers in which providers tell their id, best first. A proxy in front of one adds an x-request-id of its own, so that
 * comes after those which only providers send.
 */
const UPSTREAM_HEADERS = [
  'request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'x-goog-request-id',
  'x-request-id',
  'x-ms-request-id',
  'x-oneapi-request-id',
];
const RANKS: ReadonlyMap<string, number> = new Map(UPSTREAM_HEADERS.map((name, rank) => [name, rank]));

const CLIENT_HEADERS = ['x-request-id', 'x-client-request-id'];

const ID_LENGTH = 128;
const PRINTABLE = /^[\x21-\x7e]+$/;

/** The id as it can be kept: without spaces and control characters, and not endless; undefined where it is none. */
function idOf(value: string): string | undefined {
  const id = value.trim();
  return PRINTABLE.test(id) ? id.slice(0, ID_LENGTH) : undefined;
}

/** The id that the provider has given a request, as the headers of its answer tell it. One that repeats a secret is none. */
export function upstreamRequestId(headers: RawHeaders, secrets: Secrets): string | undefined {
  let found: string | undefined;
  let best = UPSTREAM_HEADERS.length;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const rank = RANKS.get(name) ?? RANKS.get(name.toLowerCase()) ?? best;
    if (rank >= best) continue;
    const value = headers[i + 1] ?? '';
    const id = holdsSecret(value, secrets) ? undefined : idOf(value);
    if (id === undefined) continue;
    found = id;
    best = rank;
  }
  return found;
}

/** The id under which the client knows its request, where it tells one. */
export function clientRequestId(inbound: Pick<Inbound, 'header'>): string | undefined {
  for (const name of CLIENT_HEADERS) {
    const value = inbound.header(name);
    const id = value === undefined ? undefined : idOf(value);
    if (id !== undefined) return id;
  }
  return undefined;
}
