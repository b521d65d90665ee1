// `state` of the file → the server through which several gateways are one.

import type { Findings } from './findings.ts';
import type { StateConfig } from './schema/state.ts';
import type { StateSettings } from './settings.ts';
import { canBeDecoded } from './url-escapes.ts';

/** Resolves the section; undefined: this gateway is alone. A URL that cannot be one is reported. */
export function resolveState(
  { url, prefix, instances, timeoutMs }: StateConfig,
  findings: Findings,
): StateSettings | undefined {
  const given = url?.trim() || undefined;
  if (given === undefined) return undefined;
  if (isRedisUrl(given)) return { url: given, prefix, timeoutMs, ...(instances === 1 ? {} : { instances }) };
  const suggestion =
    'Write "redis://localhost:6379", or "rediss://" for TLS; in a password, "%" is written as %25.';
  findings.add(['state', 'url'], 'Is not the URL of a Redis server.', { suggestion });
  return undefined;
}

/** True for redis:// and rediss:// with a host, whose user and password can be decoded. */
export function isRedisUrl(text: string): boolean {
  return URL.canParse(text) && /^rediss?:\/\/[^/]/i.test(text) && canBeDecoded(text);
}
