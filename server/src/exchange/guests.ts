// Clients that no configuration knows: they live in memory for an hour and end with the process. The playground of the
// dashboard sends its requests as one of them.

import type { Client } from '../config/settings.ts';
import type { Clock } from './ports.ts';

/** The id of every guest, as the ledger shows it. A configured client of this id takes its place. */
export const PLAYGROUND: string = 'playground';
/** How long a guest may stay. */
export const GUEST_MS: number = 60 * 60_000;
/** Guests at once; the one that came first goes first. */
export const MOST_GUESTS: number = 16;

/** The guests of a gateway. */
export interface Guests {
  /** Lets a guest in for an hour. `keyHash`: SHA-256 of its key, hex; the key itself is known to its bearer alone. */
  admit(keyHash: string): Client & { readonly expiresAtMs: number };
  /** Those who may still stay; the same empty list while there are none. */
  present(): readonly Client[];
}

interface Guest {
  readonly client: Client & { readonly expiresAtMs: number };
  /** Of the clock that nobody can set back. */
  readonly dueMs: number;
}

const NOBODY: readonly Client[] = [];

/** Makes an empty house. */
export function createGuests(clock: Pick<Clock, 'monotonicMs' | 'epochMs'>): Guests {
  let guests: readonly Guest[] = [];
  let list = NOBODY;

  function keep(kept: readonly Guest[]): void {
    guests = kept;
    list = kept.length === 0 ? NOBODY : kept.map(({ client }) => client);
  }

  const isDue = ({ dueMs }: Guest): boolean => clock.monotonicMs() >= dueMs;

  return {
    admit(keyHash) {
      const expiresAtMs = clock.epochMs() + GUEST_MS;
      const client = { id: PLAYGROUND, enabled: true, keyHash, expiresAtMs };
      const guest = { client, dueMs: clock.monotonicMs() + GUEST_MS };
      keep([...guests.filter((one) => !isDue(one)), guest].slice(-MOST_GUESTS));
      return client;
    },
    present() {
      // They leave in the order in which they came, so that the first one tells of all.
      const [first] = guests;
      if (first !== undefined && isDue(first)) keep(guests.filter((one) => !isDue(one)));
      return list;
    },
  };
}

/** Those who may still stay, or nobody where a configured client has their id: it would be taken for them. */
export function welcomeGuests(guests: Guests | undefined, configured: readonly Client[]): readonly Client[] {
  const present = guests?.present() ?? NOBODY;
  return present.length > 0 && isTaken(configured) ? NOBODY : present;
}

/** True where a configured client has the id of the guests. */
export function isTaken(configured: readonly Client[]): boolean {
  return configured.some(({ id }) => id === PLAYGROUND);
}
