// clients of the file → Client: keys become hashes, and keys that anyone would guess are refused.

import { createHash } from 'node:crypto';
import type { Budget } from '../core/budgets/budget.ts';
import { nanoUsdOf } from '../core/pricing/money.ts';
import { matchesGlob } from '../core/routing/glob.ts';
import { isLoopbackHost } from './exposure.ts';
import type { Findings } from './findings.ts';
import { limitsOf } from './resolve-limits.ts';
import type { ClientConfig } from './schema/client.ts';
import type { Client } from './settings.ts';

/** Shortest client key that is not called weak, in characters. */
const MIN_KEY_LENGTH = 16;

/** Keys from examples and habits. */
const GUESSABLE: readonly string[] = [
  ...['sk-123', 'sk-1234', 'sk-12345', 'sk-123456', 'sk-12345678', 'sk-1234567890', 'sk-xxx', 'sk-test'],
  ...['123456', '12345678', '1234567890', 'admin', 'changeme', 'change-me', 'dummy', 'dummy-key', 'example'],
  ...['letmein', 'none', 'password', 'secret', 'sk-no-key-required', 'test', 'your-api-key', 'your_api_key'],
];

/** SHA-256 of a key in hex: the form in which client keys are kept and compared. */
export function hashKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

const guessableHashes: ReadonlySet<string> = new Set(GUESSABLE.map(hashKey));

/** Resolves all clients; wrong ones are reported. `host` is the address that the gateway will listen on, `upstreamIds` are all there are. */
export function resolveClients(
  clients: readonly ClientConfig[],
  host: string,
  findings: Findings,
  upstreamIds: readonly string[] = [],
): readonly Client[] {
  const ids = new Map<string, number>();
  const owners = new Map<string, number>();
  return clients.map((client, index) => {
    const path = ['clients', index];
    const earlier = ids.get(client.id);
    if (earlier !== undefined) {
      findings.add([...path, 'id'], `Is already the id of clients[${earlier}].`);
    }
    ids.set(client.id, index);
    const keyHash = client.keyHash?.slice('sha256:'.length).toLowerCase() ?? hashKey(client.key ?? '');
    const member = client.keyHash === undefined ? 'key' : 'keyHash';
    if (client.enabled) {
      checkKey(client, keyHash, [...path, member], host, findings);
      const owner = owners.get(keyHash);
      if (owner !== undefined)
        findings.add([...path, member], `Is the same key as that of clients[${owner}].`);
      owners.set(keyHash, index);
    }
    const limits = limitsOf(client.limits);
    const expiresAtMs = expiryOf(client, path, findings);
    const budgets = budgetsOf(client, path, findings);
    checkUpstreams(client, upstreamIds, path, findings);
    return {
      id: client.id,
      enabled: client.enabled,
      keyHash,
      ...(limits && { limits }),
      ...(client.name !== undefined && { name: client.name }),
      ...(expiresAtMs !== undefined && { expiresAtMs }),
      ...(client.models && { models: client.models }),
      ...(client.upstreams && { upstreams: client.upstreams }),
      ...(budgets.length > 0 && { budgets, unpricedModels: client.unpricedModels }),
    };
  });
}

/** A date and time with its zone, as in RFC 3339; a date alone would mean another moment everywhere. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Ms since 1970 of a moment as it is written in the file; undefined where it is none. */
export function momentOf(text: string): number | undefined {
  const epochMs = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function expiryOf(
  { expiresAt }: ClientConfig,
  path: readonly (string | number)[],
  findings: Findings,
): number | undefined {
  if (expiresAt === undefined) return undefined;
  const epochMs = momentOf(expiresAt);
  if (epochMs !== undefined) return epochMs;
  const suggestion = 'Write it with its zone, as in "2027-01-31T18:00:00Z" or "2027-01-31T18:00:00+01:00".';
  findings.add([...path, 'expiresAt'], 'Is not a date and time.', { suggestion });
  // Whoever meant to limit a key did not mean it to work for ever.
  return 0;
}

function budgetsOf(
  { budgets }: ClientConfig,
  path: readonly (string | number)[],
  findings: Findings,
): readonly Budget[] {
  return budgets.map(({ period, usd, warnAt, status }, index) => {
    const earlier = budgets.findIndex((other) => other.period === period);
    if (earlier < index)
      findings.add(
        [...path, 'budgets', index, 'period'],
        `There is a budget for this period already: budgets[${earlier}].`,
      );
    return { period, nanoUsd: nanoUsdOf(usd), warnAt, status };
  });
}

/** A glob that fits no upstream shuts the client out, which is seldom meant. */
function checkUpstreams(
  { upstreams = [] }: ClientConfig,
  ids: readonly string[],
  path: readonly (string | number)[],
  findings: Findings,
): void {
  for (const [index, glob] of upstreams.entries())
    if (!ids.some((id) => matchesGlob(glob, id)))
      findings.add([...path, 'upstreams', index], 'No upstream is called so.', { severity: 'warning' });
}

function checkKey(
  client: ClientConfig,
  keyHash: string,
  path: readonly (string | number)[],
  host: string,
  findings: Findings,
): void {
  const { key } = client;
  if (key === '') {
    findings.add(path, `The client has no key: ${findings.emptyReason(path)}.`);
  } else if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    findings.add(path, 'The key holds a space or a character that a header cannot carry.');
  } else if (isWeak(key, keyHash)) {
    const severity = isLoopbackHost(host) ? 'warning' : 'error';
    const suggestion = 'Use a random key: "openssl rand -hex 24" or "sluice init" makes one.';
    findings.add(path, 'The key is easy to guess.', { severity, suggestion });
  }
}

/** True for a client key that is easy to guess. */
export function isWeakKey(key: string): boolean {
  return isWeak(key, hashKey(key));
}

function isWeak(key: string | undefined, keyHash: string): boolean {
  if (guessableHashes.has(keyHash)) return true;
  return key !== undefined && (key.length < MIN_KEY_LENGTH || new Set(key).size < 6);
}
