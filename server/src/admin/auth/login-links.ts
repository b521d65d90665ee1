// One-time links to the dashboard: whoever opens one in time has a session. Only hashes are kept, and only in memory.

import { digestOf, newSecret } from './digest.ts';

/** How long a link can be used. */
export const LINK_MS: number = 15 * 60_000;
/** Links that can be used at once; the oldest is forgotten first. */
const MOST_LINKS = 100;

/** A link that was made. */
export interface LoginLink {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** The links that can still be used. */
export interface LoginLinks {
  make(): LoginLink;
  /** True once for each token that was made, as long as it is not too old. */
  use(token: string): boolean;
  clear(): void;
}

/** Makes an empty book of links. */
export function createLoginLinks(clock: { monotonicMs(): number; epochMs(): number }): LoginLinks {
  const dueMs = new Map<string, number>();
  return {
    make() {
      const token = newSecret();
      const [oldest] = dueMs.keys();
      if (dueMs.size >= MOST_LINKS && oldest !== undefined) dueMs.delete(oldest);
      dueMs.set(digestOf(token), clock.monotonicMs() + LINK_MS);
      return { token, expiresAtMs: clock.epochMs() + LINK_MS };
    },
    use(token) {
      // Found by its hash: how long that takes tells nothing of any token.
      const digest = digestOf(token);
      const due = dueMs.get(digest);
      dueMs.delete(digest);
      return due !== undefined && clock.monotonicMs() < due;
    },
    clear: () => dueMs.clear(),
  };
}
