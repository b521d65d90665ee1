// Headers of a request with others in their place.

import type { RawHeaders } from '../../exchange/ports.ts';

/** The headers without those names (lower-case), followed by what stands in their place. */
export function withHeaders(
  headers: RawHeaders,
  without: ReadonlySet<string>,
  added: RawHeaders,
): readonly string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (!without.has(name.toLowerCase())) kept.push(name, headers[i + 1] ?? '');
  }
  return [...kept, ...added];
}
