// The headers of a request to an upstream: the client's own, what the provider needs, the credential, the operator's
// wishes. What a target adds or takes is the same for every request and is worked out once.

import type { UpstreamKey } from '../config/settings.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import { credentialHeaders } from '../core/providers/credential.ts';
import { providerHeaders } from '../core/providers/provider-headers.ts';
import type { Target } from './context.ts';
import type { AccountUse, RawHeaders } from './ports.ts';

/** Names are lower-case where they are compared. */
interface Changes {
  /** Names that the client cannot set: the credential, and what the operator sets or removes. */
  readonly taken: ReadonlySet<string>;
  /** Sent always. */
  readonly set: RawHeaders;
  /** Sent when the client does not send the like. */
  readonly defaults: readonly { readonly lower: string; readonly name: string; readonly value: string }[];
}

/** A key object belongs to one upstream of one configuration, so what is kept here goes when that configuration goes. */
const kept = new WeakMap<UpstreamKey, Map<DialectId, Changes>>();

function pairs(headers: RawHeaders): [name: string, value: string][] {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) list.push([headers[i] ?? '', headers[i + 1] ?? '']);
  return list;
}

function changesOf({ upstream, key }: Pick<Target, 'upstream' | 'key'>, dialect: DialectId): Changes {
  // The operator has the last word, also about the credential.
  const own: Record<string, string | null> = {};
  for (const [name, value] of pairs(credentialHeaders(upstream.provider, dialect, key.secret)))
    own[name.toLowerCase()] = value;
  Object.assign(own, upstream.headers, {
    'accept-encoding': upstream.headers['accept-encoding'] ?? 'identity',
  });
  const taken = new Set(Object.keys(own));
  const set = Object.entries(own).flatMap(([name, value]) => (value === null ? [] : [name, value]));
  const defaults = pairs(providerHeaders(upstream.provider, dialect, []))
    .map(([name, value]) => ({ lower: name.toLowerCase(), name, value }))
    .filter(({ lower }) => !taken.has(lower));
  return { taken, set, defaults };
}

function changesFor(target: Pick<Target, 'upstream' | 'key'>, dialect: DialectId): Changes {
  let byDialect = kept.get(target.key);
  if (byDialect === undefined) {
    byDialect = new Map();
    kept.set(target.key, byDialect);
  }
  let changes = byDialect.get(dialect);
  if (changes === undefined) {
    changes = changesOf(target, dialect);
    byDialect.set(dialect, changes);
  }
  return changes;
}

/** Headers for a target in a dialect; `client` are those that the client sent, as they stood. */
export function headersFor(
  client: RawHeaders,
  target: Pick<Target, 'upstream' | 'key'>,
  dialect: DialectId,
): string[] {
  const { taken, set, defaults } = changesFor(target, dialect);
  const headers: string[] = [];
  let missing = defaults;
  for (let i = 0; i + 1 < client.length; i += 2) {
    const name = client[i] ?? '';
    const lower = name.toLowerCase();
    if (taken.has(lower)) continue;
    headers.push(name, client[i + 1] ?? '');
    if (missing.some((header) => header.lower === lower))
      missing = missing.filter((header) => header.lower !== lower);
  }
  for (const { name, value } of missing) headers.push(name, value);
  for (const word of set) headers.push(word);
  return headers;
}

/** The member of a request that is sent with a login in the place of a key; nothing for a key, whose header is there. */
export function accountOf({ upstream, key }: AccountUse): { readonly account?: AccountUse } {
  return key.account === undefined ? {} : { account: { upstream, key } };
}
