// What is secret in an upstream's configuration beside its keys: headers whose names say so, and parts of its addresses.

import { unescape as decoded } from 'node:querystring';

/** Names of headers and parameters whose values are secrets. */
const SECRET_NAME = /auth|key|token|secret|cookie|passw/i;

/**
 * The password of a URL, as it is written and as it is meant (a "%" in it need not begin an escape), and what stands in its
 * query under the name of a secret.
 */
function secretsInUrl(url: string): string[] {
  const { password, searchParams } = new URL(url);
  const inQuery = [...searchParams].flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
  return [...new Set([password, decoded(password)]), ...inQuery];
}

/** All of them, without empty ones. */
export function secretWords(
  headers: Readonly<Record<string, string | null>>,
  urls: readonly string[],
): readonly string[] {
  const inHeaders = Object.entries(headers).map(([name, value]) =>
    SECRET_NAME.test(name) ? (value ?? '') : '',
  );
  return [...inHeaders, ...urls.flatMap(secretsInUrl)].filter((secret) => secret !== '');
}
