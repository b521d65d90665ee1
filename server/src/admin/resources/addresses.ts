// Where the gateway can be called, and how the libraries of each format are pointed at it.

import { networkInterfaces } from 'node:os';
import { isLoopbackHost } from '../../config/exposure.ts';
import { DIALECT_IDS, type DialectId } from '../../core/model/dialect-id.ts';
import { keyHeaderFor } from '../../core/providers/credential.ts';
import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { addressesSchema, type FormatAddress, type GatewayAddress } from '../contract/surroundings.ts';
import type { AdminParts } from '../parts.ts';

/** Registers the endpoint. */
export function registerAddresses(app: AdminApp, { settings, listening }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/addresses',
    name: 'addresses.get',
    summary: 'Where the gateway can be called, and how the libraries of each format are pointed at it',
    answer: addressesSchema,
    run: async (call) => {
      const { server, clients } = settings();
      const bound = listening?.() ?? server;
      const origin = originOf(call.origin, call.header('x-forwarded-proto'));
      return told({
        port: bound.port,
        scheme: origin.startsWith('https:') ? 'https' : 'http',
        keyRequired: clients.length > 0,
        open: clients.length === 0 && server.allowOpen,
        listens: isLoopbackHost(bound.host) ? 'loopback' : 'network',
        addresses: addressesOf(networkInterfaces(), bound, origin),
        formats: DIALECT_IDS.map((dialect) => formatAt(dialect, origin)),
      });
    },
  });
}

/** A proxy in front that ends TLS says so; the answer goes back to the same caller only, so it may be believed. */
function originOf(origin: string, forwardedProto: string | undefined): string {
  return forwardedProto === 'https' ? origin.replace(/^http:/, 'https:') : origin;
}

interface Format {
  readonly name: string;
  /** What the libraries want behind the origin. */
  readonly base: string;
  readonly path: string;
}

const FORMATS: Readonly<Record<DialectId, Format>> = {
  'openai-chat': { name: 'OpenAI Chat Completions', base: '/v1', path: '/v1/chat/completions' },
  'openai-responses': { name: 'OpenAI Responses', base: '/v1', path: '/v1/responses' },
  'anthropic-messages': { name: 'Anthropic Messages', base: '', path: '/v1/messages' },
  gemini: { name: 'Google Gemini', base: '', path: '/v1beta/models/{model}:generateContent' },
};

function formatAt(dialect: DialectId, origin: string): FormatAddress {
  const { name, base, path } = FORMATS[dialect];
  return { dialect, name, baseUrl: `${origin}${base}`, path, keyHeader: keyHeaderFor({}, dialect) };
}

/** What Node tells of the interfaces of the machine. */
type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * Loopback first, then what other machines would use, then the name under which the caller came where that is none of them.
 * Link-local addresses are left out: they mean nothing without an interface at the other end.
 */
export function addressesOf(
  interfaces: Interfaces,
  bound: { readonly host: string; readonly port: number },
  origin: string,
): readonly GatewayAddress[] {
  const found: GatewayAddress[] = [];
  for (const [name, addresses] of Object.entries(interfaces))
    for (const { address, family, internal } of addresses ?? []) {
      const isV6 = family === 'IPv6';
      if (/^(?:fe80:|169\.254\.)/i.test(address)) continue;
      const kind = internal ? 'loopback' : isPrivate(address) ? 'lan' : 'other';
      found.push({
        url: `http://${isV6 ? `[${address}]` : address}:${bound.port}`,
        kind,
        interface: name,
        reachable: hears(bound.host, address, isV6),
      });
    }
  found.sort((left, right) => rank(left) - rank(right));
  const isKnown = found.some(({ url }) => url === origin) || isLoopbackOrigin(origin);
  return isKnown ? found : [...found, { url: origin, kind: 'other', reachable: true }];
}

const KINDS: readonly GatewayAddress['kind'][] = ['loopback', 'lan', 'other'];

/** By kind, and the shorter addresses of IPv4 before those of IPv6. */
function rank({ kind, url }: GatewayAddress): number {
  return 2 * KINDS.indexOf(kind) + (url.includes('[') ? 1 : 0);
}

/** True where a gateway that is bound to a host hears what is sent to an address of its machine. */
function hears(host: string, address: string, isV6: boolean): boolean {
  if (host === '::') return true;
  if (host === '0.0.0.0') return !isV6;
  if (host === 'localhost') return address === '127.0.0.1' || address === '::1';
  return host === address;
}

/** Addresses that are given out within a house or a company. https://www.rfc-editor.org/rfc/rfc1918, rfc4193 */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i.test(address);
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return true;
  const { hostname } = new URL(origin);
  return hostname.endsWith('.localhost') || isLoopbackHost(hostname);
}
