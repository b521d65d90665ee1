// Keeps what the pool knows across restarts: what has changed is handed to the store once a second, all together.

import { Purse } from '../../core/budgets/purse.ts';
import type { LimitPolicy } from '../../core/routing/policy.ts';
import { restore, save } from '../../core/routing/standing.ts';
import type { SavedState, StateStore } from '../ports.ts';
import type { Pool } from './pool.ts';

/** How a client's place is called, and under which name its money is saved. */
const CLIENT = 'client\n';
const PURSE = 'purse\n';

/** Puts back what was saved before. */
export async function restorePool(pool: Pool, store: StateStore, policy: LimitPolicy): Promise<void> {
  const now = pool.now();
  for (const { kind, key, text } of await store.load()) {
    if (kind === 'use' && text !== undefined && key.startsWith(PURSE)) {
      const owner = pool.places.at('client', key.slice(PURSE.length));
      owner.purse ??= new Purse();
      owner.purse.restore(text, policy.timeZone, now.epochMs);
      continue;
    }
    const place = pool.places.named(key);
    if (place === undefined || text === undefined) continue;
    if (kind === 'use') place.counting(policy, now).restore(text, now);
    // What other gateways have told meanwhile is newer.
    else place.standing ??= restore(text, now.ms, now.epochMs);
  }
}

/** Hands over what has changed. */
export function savePool(pool: Pool, store: StateStore): void {
  const places = pool.standings.unsaved.take();
  if (places.length === 0) return;
  const now = pool.now();
  const states: SavedState[] = [];
  for (const place of places) {
    const { name, standing, meter, unsaved } = place;
    place.unsaved = 'no';
    if (unsaved === 'all') {
      const text = standing === undefined ? undefined : save(standing, now.ms, now.epochMs);
      states.push({ kind: 'standing', key: name, text });
    }
    if (meter !== undefined) states.push({ kind: 'use', key: name, text: meter.save(now) });
    if (place.purse !== undefined)
      states.push({ kind: 'use', key: name.replace(CLIENT, PURSE), text: place.purse.save() });
  }
  store.save(states);
}
