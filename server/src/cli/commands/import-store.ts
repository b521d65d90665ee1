// Stores the keys of an import in the vault that the written configuration will have.

import type { ImportResult } from '../../import/import.ts';
import { keyIdOf, withAdded, withDisabled } from '../../vault/changes.ts';
import type { Contents } from '../../vault/contents.ts';
import { vaultFolder } from '../../vault/places.ts';
import { openVault } from '../../vault/vault.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';

/** What was stored, and where. */
export interface Stored {
  readonly count: number;
  readonly place: string;
}

/** Stores all keys in one step; tells why that was not possible, and then answers undefined. */
export async function storeKeys(
  terminal: Terminal,
  { store, settings }: ImportResult,
): Promise<Stored | undefined> {
  const vault = openVault(vaultFolder(settings));
  if (store.length === 0) return { count: 0, place: vault.places.keys };
  const changed = await vault.change((before, seal) => {
    let contents: Contents = before;
    for (const { upstream, secret, enabled } of store) {
      const key = { upstream, name: undefined, value: { secret }, nowMs: Date.now() };
      contents = withAdded(contents, key, seal, false).contents ?? contents;
      if (!enabled) contents = withDisabled(contents, { upstream, id: keyIdOf({ secret }) });
    }
    return { contents, value: store.length };
  }, true);
  if (!changed.ok) return fail(terminal, changed.message, changed.suggestion);
  return { count: changed.value, place: vault.places.keys };
}
