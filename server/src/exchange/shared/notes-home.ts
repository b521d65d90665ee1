// A conversation that other gateways have served stays with the key that has its prompt cache.

import type { Exchange } from '../context.ts';
import type { Pool, Selection } from '../pool/pool.ts';
import type { SharedNotes } from '../ports.ts';

/** Learns where the conversation of a request is at home; undefined where that is known here, or nobody can be asked. */
export function recallHome(
  { ports: { sharedNotes }, memory: { pool } }: Pick<Exchange, 'ports' | 'memory'>,
  selection: Selection,
): Promise<void> | undefined {
  const { conversation } = selection;
  if (sharedNotes === undefined || conversation === undefined || pool.knowsHome(selection)) return undefined;
  return recall(sharedNotes, pool, selection, conversation);
}

async function recall(
  notes: SharedNotes,
  pool: Pool,
  selection: Selection,
  conversation: string,
): Promise<void> {
  const keyName = (await notes.find('affinity', [conversation])).get(conversation);
  // Another request of the same conversation may have been answered meanwhile.
  if (keyName !== undefined && !pool.knowsHome(selection)) pool.adoptHome(conversation, keyName);
}

/** Tells other gateways where conversations are at home. */
export function tellHomes(pool: Pool, notes: SharedNotes): void {
  pool.settled = (conversation, keyName, ttlMs) => notes.put('affinity', conversation, keyName, ttlMs);
}
