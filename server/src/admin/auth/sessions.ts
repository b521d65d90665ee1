// Sessions of the dashboard, by the hash of their token, for twelve hours after they were last used. They are handed to a
// shelf, where there is one, so that a restart of the gateway does not end them.

import { digestOf, newSecret } from './digest.ts';

/** How long a session lives without being used. */
export const SESSION_MS: number = 12 * 60 * 60_000;
/** Sessions at once; the one that was used longest ago ends first. */
const MOST_SESSIONS = 1_000;
/** Use alone is handed to the shelf this often: so much earlier may a session end after a crash. */
const KEEP_USE_MS = 10 * 60_000;

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

/** A session as it is kept over a restart: nobody can sign in with it, and its CSRF token is made anew. */
export interface ShelvedSession {
  /** SHA-256 of its token, hex. */
  readonly digest: string;
  readonly publicId: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** Where sessions are kept over a restart. Nothing of it throws or rejects. */
export interface SessionShelf {
  /** Those of the process before, the one used last at the end. */
  readonly found: readonly ShelvedSession[];
  /** These, in place of those before. */
  keep(sessions: readonly ShelvedSession[]): void;
  /** Resolves when all is on disk. */
  flush(): Promise<void>;
}

/** All sessions. */
export interface Sessions {
  begin(): BegunSession;
  /** The session of a token, which thereby lives on. */
  find(digest: string): Session | undefined;
  end(digest: string): void;
  clear(): void;
  /** Hands all that there are to the shelf: the gateway ends. */
  shelve(): void;
}

interface Kept {
  readonly publicId: string;
  readonly csrfToken: string;
  dueMs: number;
}

interface Clock {
  monotonicMs(): number;
  epochMs(): number;
}

/** Makes the book of sessions, with those that stand on the shelf. */
export function createSessions(clock: Clock, shelf?: SessionShelf): Sessions {
  const byDigest = new Map<string, Kept>();
  let shelvedAtMs = clock.monotonicMs();
  let isShelved = shelf !== undefined && shelf.found.length > 0;
  for (const { digest, publicId, expiresAtMs } of shelf?.found ?? []) {
    // Whatever the clock has done in between, none lives longer than one that is used now.
    const leftMs = Math.min(SESSION_MS, expiresAtMs - clock.epochMs());
    if (leftMs > 0)
      byDigest.set(digest, { publicId, csrfToken: newSecret(), dueMs: clock.monotonicMs() + leftMs });
  }
  const shown = ({ publicId, csrfToken }: Kept): Session => {
    return { publicId, csrfToken, expiresAtMs: clock.epochMs() + SESSION_MS };
  };
  const shelve = (): void => {
    // A gateway that nobody administers leaves no file behind.
    if (byDigest.size === 0 && !isShelved) return;
    isShelved = true;
    shelvedAtMs = clock.monotonicMs();
    shelf?.keep(shelvedOf(byDigest, clock));
  };
  return {
    begin() {
      const token = newSecret();
      const kept = { publicId: newSecret().slice(0, 8), csrfToken: newSecret(), dueMs: 0 };
      kept.dueMs = clock.monotonicMs() + SESSION_MS;
      const [oldest] = byDigest.keys();
      if (byDigest.size >= MOST_SESSIONS && oldest !== undefined) byDigest.delete(oldest);
      byDigest.set(digestOf(token), kept);
      shelve();
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
      if (clock.monotonicMs() - shelvedAtMs >= KEEP_USE_MS) shelve();
      return shown(kept);
    },
    end(digest) {
      if (byDigest.delete(digest)) shelve();
    },
    clear() {
      byDigest.clear();
      shelve();
    },
    shelve,
  };
}

/** Those that have not ended, with their ends by the clock on the wall. */
function shelvedOf(byDigest: ReadonlyMap<string, Kept>, clock: Clock): readonly ShelvedSession[] {
  const nowMs = clock.monotonicMs();
  return [...byDigest]
    .filter(([, { dueMs }]) => dueMs > nowMs)
    .map(([digest, { publicId, dueMs }]) => ({
      digest,
      publicId,
      expiresAtMs: Math.round(clock.epochMs() + dueMs - nowMs),
    }));
}
