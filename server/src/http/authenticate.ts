// Says which configured client a request comes from. One rule for all dialects: a credential may stand in any of the
// places that vendors' libraries use; the first that belongs to a client in use wins; all are taken out of the request.

import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Client, Settings } from '../config/settings.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { createFailureThrottle } from '../exchange/failure-throttle.ts';
import { type Guests, welcomeGuests } from '../exchange/guests.ts';
import { callerAddress } from './caller-address.ts';
import { isLoopback } from './guard.ts';
import { CREDENTIAL_HEADERS } from './headers.ts';

/** Failed credentials that one address may send per second before it is answered with 429. */
const FAILURES_PER_SECOND = 5;

const BEARER = /^bearer +/i;

/** The `key` parameters of a query, and the query without them. */
interface QueryCredentials {
  readonly credentials: readonly string[];
  /** With its question mark, or ''. */
  readonly rest: string;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Takes the `key` parameters (Gemini's place for a credential) out of a query. */
export function takeQueryCredentials(query: string): QueryCredentials {
  // The usual cases, without splitting: no query, and no parameter that is or decodes to `key`.
  if (query === '' || !/[kK%]/.test(query)) return { credentials: [], rest: query };
  const credentials: string[] = [];
  const kept: string[] = [];
  for (const part of query.slice(1).split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (decoded(name) !== 'key') kept.push(part);
    else if (equals >= 0) credentials.push(decoded(part.slice(equals + 1)));
  }
  if (kept.length === 0) return { credentials, rest: '' };
  return { credentials, rest: `?${kept.join('&')}` };
}

/** Every distinct credential of a request, in the order in which they are tried. */
function presentedCredentials(headers: IncomingHttpHeaders, fromQuery: readonly string[]): string[] {
  const found: string[] = [];
  const add = (credential: string): void => {
    if (credential !== '' && !found.includes(credential)) found.push(credential);
  };
  for (const name of CREDENTIAL_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') add(value.replace(BEARER, '').trim());
  }
  for (const credential of fromQuery) add(credential);
  return found;
}

interface Known {
  readonly client: Client;
  readonly digest: Buffer;
}

function knownClients(clients: readonly Client[]): Known[] {
  return clients
    .map((client) => ({ client, digest: Buffer.from(client.keyHash, 'hex') }))
    .filter((known) => known.digest.length === 32);
}

/** Who the caller is: a client, `open` when the gateway asks nobody for a key, or why it may not call. */
export type Identity =
  | { readonly ok: true; readonly client: Client | undefined }
  | { readonly ok: false; readonly error: SluiceError };

/** Identifies callers; remembers failures per address. */
export interface Authenticator {
  identify(
    headers: IncomingHttpHeaders,
    fromQuery: readonly string[],
    settings: Settings,
    /** The socket's remote address. */
    address: string,
  ): Identity;
  /**
   * Judges a caller who claims to be the operator: why not, or undefined. `token` is what the operator knows; without
   * one there is no operator. Only a bearer token counts, and no key of a client is ever one.
   */
  operatorFault(
    headers: IncomingHttpHeaders,
    token: string | undefined,
    address: string,
  ): SluiceError | undefined;
}

const AS_OPERATOR =
  'Use "sluice keys" and "sluice explain" as the user who runs the gateway: they read its key file.';
const NO_OPERATOR: SluiceError = sluiceError('unauthenticated', 'No operator token was sent.', {
  suggestion: AS_OPERATOR,
});
const NOT_THE_OPERATOR: SluiceError = sluiceError(
  'unauthenticated',
  'The token is not that of the operator of this gateway. Client keys are none.',
  { suggestion: AS_OPERATOR },
);
const TOO_MANY_TOKENS: SluiceError = sluiceError(
  'unauthenticated',
  'Too many requests with wrong operator tokens came from this address.',
  { status: 429, suggestion: 'The right token is accepted at once.', retryAfterMs: 1_000 },
);

/** Why a client whose key is right may not call all the same. */
function whyBarred({ id, enabled, expiresAtMs }: Client, epochMs: number): SluiceError | undefined {
  if (!enabled)
    return sluiceError('unauthenticated', `The client "${id}" is disabled.`, {
      suggestion: 'Ask the operator of this gateway to enable it.',
    });
  if (expiresAtMs === undefined || epochMs < expiresAtMs) return undefined;
  const when = new Date(expiresAtMs).toISOString();
  return sluiceError('unauthenticated', `The key of the client "${id}" expired at ${when}.`, {
    suggestion: 'Ask the operator of this gateway for a new one.',
  });
}

/**
 * Makes the authenticator of one edge. `nowMs` is monotonic, `epochMs` the time of day; `guests` are clients besides those
 * of the configuration.
 */
export function createAuthenticator(
  nowMs: () => number,
  epochMs: () => number = Date.now,
  guests?: Guests,
): Authenticator {
  const throttle = createFailureThrottle(FAILURES_PER_SECOND);
  const operatorThrottle = createFailureThrottle(FAILURES_PER_SECOND);
  let indexed: readonly Client[] | undefined;
  let known: readonly Known[] = [];
  let indexedGuests: readonly Client[] = [];
  let knownGuests: readonly Known[] = [];

  /**
   * Compares with every client, also after a hit, so that time tells nothing. A key that several entries have is that of the
   * one that is in use.
   */
  function find(credential: string): Client | undefined {
    const digest = hash('sha256', credential, 'buffer');
    let hit: Client | undefined;
    for (const { digest: wanted, client } of known)
      if (timingSafeEqual(wanted, digest) && hit?.enabled !== true) hit = client;
    for (const { digest: wanted, client } of knownGuests) if (timingSafeEqual(wanted, digest)) hit ??= client;
    return hit;
  }

  /** Takes over who may call at this moment. */
  function learn({ clients }: Settings): void {
    if (clients !== indexed) {
      indexed = clients;
      known = knownClients(clients);
    }
    const welcome = welcomeGuests(guests, clients);
    if (welcome === indexedGuests) return;
    indexedGuests = welcome;
    knownGuests = knownClients(welcome);
  }

  /** The first of these credentials that belongs to somebody who may call; else why one of them may not. */
  function holderOf(credentials: readonly string[]): Client | SluiceError | undefined {
    let barred: SluiceError | undefined;
    for (const credential of credentials) {
      const client = find(credential);
      if (client === undefined) continue;
      const why = whyBarred(client, epochMs());
      if (why === undefined) return client;
      barred ??= why;
    }
    return barred;
  }

  function open(settings: Settings, address: string, holder: Client | SluiceError | undefined): Identity {
    const client = holder !== undefined && 'keyHash' in holder ? holder : undefined;
    if (settings.server.allowOpen || isLoopback(address)) return { ok: true, client };
    const error = sluiceError(
      'forbidden',
      'This gateway has no client keys and serves only its own machine.',
      {
        suggestion:
          'Add a client to sluice.jsonc (`sluice init` makes a key), or call it from the machine it runs on.',
      },
    );
    return { ok: false, error };
  }

  return {
    operatorFault(headers, token, address): SluiceError | undefined {
      const presented = headers.authorization;
      if (presented === undefined || !BEARER.test(presented)) return NO_OPERATOR;
      // Digests have one length, so that comparing takes the same time whatever was sent.
      const given = hash('sha256', presented.replace(BEARER, '').trim(), 'buffer');
      const wanted = hash('sha256', token ?? '', 'buffer');
      const equal = timingSafeEqual(given, wanted);
      if (equal && token !== undefined && token !== '') return undefined;
      return operatorThrottle.exceeded(address, nowMs()) ? TOO_MANY_TOKENS : NOT_THE_OPERATOR;
    },
    identify(headers, fromQuery, settings, address): Identity {
      learn(settings);
      const isOpen = settings.clients.length === 0;
      if (isOpen && knownGuests.length === 0) return open(settings, address, undefined);
      const credentials = presentedCredentials(headers, fromQuery);
      const holder = holderOf(credentials);
      if (isOpen) return open(settings, address, holder);
      if (holder !== undefined)
        return 'keyHash' in holder ? { ok: true, client: holder } : { ok: false, error: holder };
      if (credentials.length === 0) {
        const error = sluiceError('unauthenticated', 'No client key was sent.', {
          suggestion: 'Send it as Authorization: Bearer, x-api-key, x-goog-api-key, api-key or ?key=.',
        });
        return { ok: false, error };
      }
      const caller = callerAddress(address, headers['x-forwarded-for'], settings.server.trustedProxies);
      if (throttle.exceeded(caller, nowMs())) {
        const error = sluiceError(
          'unauthenticated',
          'Too many requests with wrong client keys came from this address.',
          {
            status: 429,
            suggestion: 'Correct the key; right keys are accepted at once.',
            retryAfterMs: 1_000,
          },
        );
        return { ok: false, error };
      }
      const error = sluiceError('unauthenticated', 'The client key is not one of those configured.', {
        suggestion: 'Use a key that this gateway made, not a provider key.',
      });
      return { ok: false, error };
    },
  };
}
