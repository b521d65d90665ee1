// Sessions of the dashboard: in memory, by the hash of their token, for twelve hours after they were last used.

import { digestOf, newSecret } from './digest.ts';

/** How long a session lives without being used. */
export const SESSION_MS: number = 12 * 60 * 60_000;
/** Sessions at once; the one that was used longest ago ends first. */
const MOST_SESSIONS = 1_000;

/** One session. */
export interface Session {
  /** Names it in the audit log; proves nothing. */
  readonly publicId: string;
  /** What its page sends with everything that changes something. */
  readonly csrfToken: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** A session that has just begun. */
export interface BegunSession extends Session {
  /** For its cookie; known to nobody else. */
  readonly token: string;
}

/** All sessions. */
export interface Sessions {
  begin(): BegunSession;
  /** The session of a token, which thereby lives on. */
  find(digest: string): Session | undefined;
  end(digest: string): void;
  clear(): void;
}

interface Kept {
  readonly publicId: string;
  readonly csrfToken: string;
  dueMs: number;
}

/** Makes an empty book of sessions. */
export function createSessions(clock: { monotonicMs(): number; epochMs(): number }): Sessions {
  const byDigest = new Map<string, Kept>();
  const shown = ({ publicId, csrfToken }: Kept): Session => {
    return { publicId, csrfToken, expiresAtMs: clock.epochMs() + SESSION_MS };
  };
  return {
    begin() {
      const token = newSecret();
      const kept = { publicId: newSecret().slice(0, 8), csrfToken: newSecret(), dueMs: 0 };
      kept.dueMs = clock.monotonicMs() + SESSION_MS;
      const [oldest] = byDigest.keys();
      if (byDigest.size >= MOST_SESSIONS && oldest !== undefined) byDigest.delete(oldest);
      byDigest.set(digestOf(token), kept);
      return { token, ...shown(kept) };
    },
    find(digest) {
      const kept = byDigest.get(digest);
      if (kept === undefined) return undefined;
      byDigest.delete(digest);
      if (clock.monotonicMs() >= kept.dueMs) return undefined;
      kept.dueMs = clock.monotonicMs() + SESSION_MS;
      // To the end of the order: used last.
      byDigest.set(digest, kept);
      return shown(kept);
    },
    end: (digest) => void byDigest.delete(digest),
    clear: () => byDigest.clear(),
  };
}
