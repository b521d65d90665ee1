// Takes credentials out of the headers and URLs of a request that is kept, by the names under which they travel. What
// stands in values under other names is found by the redactor, which knows the secrets themselves.

/** What stands where a credential stood. */
export const CREDENTIAL_MASK = '[redacted]';

/** One of these as a word of its name makes a header a credential ("proxy-authorization", "x-amz-security-token"). */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'authorization',
  'auth',
  'token',
  'secret',
  'password',
  'cookie',
  'cookies',
  'cookie2',
  'signature',
  'apikey',
]);
/** "x-api-key", "api-key", "ocp-apim-subscription-key"; not "idempotency-key". */
const SECRET_KEY = /(?:api|access|subscription|functions|account|auth|private|secret|csrf)[-_]?key$/;

const SECRET_PARAMETER =
  /([?&](?:key|api[-_]?key|apikey|(?:access|refresh|id|auth|session|x-amz-security)?[-_]?token|(?:client[-_]?)?secret|password|signature|sig|x-amz-signature|x-goog-signature|code)=)[^&#]*/gi;

/** True where the value of a header proves who somebody is. */
export function isCredentialHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_KEY.test(lower) || lower.split(/[-_]/).some((word) => SECRET_WORDS.has(word));
}

/** Headers of a flat list as pairs, in their order and letter case; values of credentials are replaced. */
export function maskedHeaders(headers: readonly string[]): (readonly [name: string, value: string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    pairs.push([name, isCredentialHeader(name) ? CREDENTIAL_MASK : (headers[at + 1] ?? '')]);
  }
  return pairs;
}

/** A path with query, or a query alone with its question mark; values of credentials are replaced. */
export function maskedTarget(target: string): string {
  return target.includes('?') ? target.replace(SECRET_PARAMETER, `$1${CREDENTIAL_MASK}`) : target;
}
