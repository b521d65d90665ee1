// Keeps web pages out: which Host names reach the gateway, and which browser origins may call it. Whether a caller is
// local is judged by the address of its socket alone.

import type { IncomingHttpHeaders } from 'node:http';
import type { Settings } from '../config/settings.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { RawHeaders } from '../exchange/ports.ts';

/** An IPv4 address without the IPv6 wrapping that dual-stack sockets give it. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/** True for an address of this machine's loopback interface. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** The name part of a Host header, in lower case and without brackets. */
function hostName(host: string): string {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':')[0] ?? '');
  return name.toLowerCase();
}

function allowed(name: string, entry: string): boolean {
  const wanted = entry.toLowerCase();
  if (wanted === '*') return true;
  if (wanted.startsWith('*.')) return name.endsWith(wanted.slice(1));
  return hostName(wanted) === name || wanted === name;
}

/**
 * True when a (well-formed) Host header names this gateway: a loopback name, the bound address, the address that the
 * connection reached, or an entry of server.allowedHosts (exact, `*.domain`, or `*`).
 */
function isOwnHost(host: string, localAddress: string, server: Settings['server']): boolean {
  const name = hostName(host);
  if (name === 'localhost' || name.endsWith('.localhost') || isLoopback(name)) return true;
  if (name === server.host.toLowerCase() || name === plainAddress(localAddress)) return true;
  return server.allowedHosts.some((entry) => allowed(name, entry));
}

/** Why a request may not reach this gateway under the names it used (undefined = none), or undefined. */
export function hostFault(
  names: readonly (string | undefined)[],
  localAddress: string | undefined,
  server: Settings['server'],
): SluiceError | undefined {
  const foreign = names.find((name) => name !== undefined && !isOwnHost(name, localAddress ?? '', server));
  if (foreign === undefined) return undefined;
  return sluiceError('forbidden', `The host name ${foreign.slice(0, 100)} is not a name of this gateway.`, {
    suggestion: 'Use the address it listens on, or add the name to server.allowedHosts.',
  });
}

/** What the guard thinks of a request. */
export interface Passage {
  readonly error: SluiceError | undefined;
  /** CORS headers for the answer. */
  readonly headers: RawHeaders;
}

const NO_HEADERS: RawHeaders = [];

/** Headers that browser builds of the vendors' libraries send; anything else is not granted. */
const CORS_HEADER =
  /^(?:authorization|accept|content-type|user-agent|api-key|x-api-key|cache-control|x-request-id|x-client-request-id|x-session-id|idempotency-key|http-referer|x-title|(?:anthropic|openai|x-stainless|x-goog|x-sluice|x-claude-code|x-anthropic)-[a-z0-9-]+)$/;

/**
 * What scripts of a granted page may read of an answer: all of it, since the answer holds only what is meant for the client,
 * and no cookies are allowed for (https://fetch.spec.whatwg.org/#http-access-control-expose-headers). Browsers that do not
 * know the star get the names.
 */
const EXPOSED: string = [
  '*',
  ...[
    'request-id',
    'upstream',
    'attempts',
    'tried',
    'error',
    'dialect',
    'model',
    'loss',
    'estimated',
    'cache',
    'cost-usd',
    'budget-remaining-usd',
    'budget-reset',
    'budget-warning',
  ].map((name) => `x-sluice-${name}`),
  ...[
    'request-id',
    'x-request-id',
    'retry-after',
    'retry-after-ms',
    'x-should-retry',
    'server-timing',
    'age',
  ],
  ...['openai-processing-ms', 'content-disposition'],
  ...['limit', 'remaining', 'reset'].flatMap((name) => [
    `x-ratelimit-${name}-requests`,
    `x-ratelimit-${name}-tokens`,
    `anthropic-ratelimit-requests-${name}`,
    `anthropic-ratelimit-tokens-${name}`,
    `anthropic-ratelimit-input-tokens-${name}`,
    `anthropic-ratelimit-output-tokens-${name}`,
  ]),
].join(', ');

/** True when a browser page of this origin may read answers. */
function isGranted(origin: string, server: Settings['server']): boolean {
  return server.corsOrigins.includes(origin);
}

/** True when the page was served by the gateway itself, so that its origin is the Host it was asked under. */
function isSameOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/**
 * Judges where a browser request comes from. `harmless` = GET or HEAD of a route that is open to anyone. Requests that
 * carry neither Origin nor Sec-Fetch-Site come from programs, not from pages.
 */
export function judgeOrigin(
  headers: IncomingHttpHeaders,
  harmless: boolean,
  server: Settings['server'],
): Passage {
  const origin = headers.origin;
  const site = headers['sec-fetch-site'];
  const vary: RawHeaders = server.corsOrigins.length === 0 ? NO_HEADERS : ['vary', 'Origin'];
  if (origin !== undefined && isGranted(origin, server)) {
    const granted = [
      ...vary,
      'access-control-allow-origin',
      origin,
      'access-control-expose-headers',
      EXPOSED,
    ];
    return { error: undefined, headers: granted };
  }
  const foreignOrigin = origin !== undefined && !isSameOrigin(origin, headers.host ?? '');
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if ((!foreignOrigin && !foreignSite) || harmless) return { error: undefined, headers: vary };
  const error = sluiceError('forbidden', 'Web pages of other origins may not call this gateway.', {
    suggestion: 'Add the exact origin to server.cors.origins to allow it.',
  });
  return { error, headers: vary };
}

/** The headers of the answer to a CORS preflight from a granted origin. */
export function preflightHeaders(headers: IncomingHttpHeaders, methods: readonly string[]): RawHeaders {
  const asked = String(headers['access-control-request-headers'] ?? '').slice(0, 4096);
  const granted = asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => CORS_HEADER.test(name));
  const answer = ['access-control-allow-methods', methods.join(', '), 'access-control-max-age', '600'];
  if (granted.length > 0) answer.push('access-control-allow-headers', granted.join(', '));
  if (headers['access-control-request-private-network'] === 'true') {
    answer.push('access-control-allow-private-network', 'true');
  }
  return answer;
}
