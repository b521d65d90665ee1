// clients of the file → Client: keys become hashes, and keys that anyone would guess are refused.

import { createHash } from 'node:crypto';
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

/** Resolves all clients; wrong ones are reported. `host` is the address that the gateway will listen on. */
export function resolveClients(
  clients: readonly ClientConfig[],
  host: string,
  findings: Findings,
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
    return { id: client.id, enabled: client.enabled, keyHash, ...(limits && { limits }) };
  });
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

function isWeak(key: string | undefined, keyHash: string): boolean {
  if (guessableHashes.has(keyHash)) return true;
  return key !== undefined && (key.length < MIN_KEY_LENGTH || new Set(key).size < 6);
}
