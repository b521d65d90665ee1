// What a JSON web token says of itself. Nothing is verified: the vendor made it for itself, and here only its end and its
// labels are of use. https://datatracker.ietf.org/doc/html/rfc7519

import { isObject, type JsonObject, parseJson } from '../../core/model/json.ts';

/** The claims of a token; an empty object where it is none. */
export function claimsOf(token: string): JsonObject {
  const [, payload = ''] = token.split('.');
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  return isObject(claims) ? claims : {};
}

/** When a token ends (ms since 1970), by its own word or by that of the answer that brought it. */
export function endOf(token: string, expiresInSeconds: unknown, epochNowMs: number): number | undefined {
  const { exp } = claimsOf(token) as { readonly exp?: unknown };
  if (typeof exp === 'number') return momentAt(exp * 1000);
  return typeof expiresInSeconds === 'number' ? momentAt(epochNowMs + expiresInSeconds * 1000) : undefined;
}

/** Undefined for a moment that no calendar has. */
function momentAt(epochMs: number): number | undefined {
  return Number.isNaN(new Date(epochMs).getTime()) ? undefined : epochMs;
}
