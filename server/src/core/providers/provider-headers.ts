// Headers that a provider needs or wants and that the client did not send.

import type { DialectId } from '../model/dialect-id.ts';
import type { Provider } from './provider.ts';

/** Sent to Messages upstreams when the client names no version; they refuse requests without one. */
const ANTHROPIC_VERSION = '2023-06-01';

function has(headers: readonly string[], name: string): boolean {
  const wanted = name.toLowerCase();
  for (let i = 0; i + 1 < headers.length; i += 2) if (headers[i]?.toLowerCase() === wanted) return true;
  return false;
}

/**
 * What is to be added to a client's headers (both flat lists: name, value, …) for this provider and dialect. Never
 * repeats a header that the client sent; the operator's own headers are applied after these.
 */
export function providerHeaders(
  provider: Pick<Provider, 'headers'>,
  dialect: DialectId,
  client: readonly string[],
): string[] {
  const added: string[] = [];
  if (dialect === 'anthropic-messages' && !has(client, 'anthropic-version')) {
    added.push('anthropic-version', ANTHROPIC_VERSION);
  }
  for (const [name, value] of Object.entries(provider.headers ?? {})) {
    if (!has(client, name)) added.push(name, value);
  }
  return added;
}
