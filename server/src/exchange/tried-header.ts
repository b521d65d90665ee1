// Tells a client whose request failed what was tried for it: "one/k1=rate_limit(429), two/k2=timeout".

import type { LedgerAttempt } from './ports.ts';

/** So many attempts are named, the last ones. */
const NAMED = 8;

/** The header; nothing where a single attempt says it all. Ids and reasons are words of our own, so they need no escapes. */
export function triedHeader(tries: readonly LedgerAttempt[]): readonly string[] {
  if (tries.length < 2) return [];
  return ['x-sluice-tried', tries.slice(-NAMED).map(wordOf).join(', ')];
}

function wordOf({ upstreamId, keyId, end, reason, errorCode, status }: LedgerAttempt): string {
  const why = reason ?? errorCode ?? end;
  return `${upstreamId}/${keyId}=${why}${status === undefined ? '' : `(${status})`}`;
}
