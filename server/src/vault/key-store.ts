// The stored keys as changes to the configuration need them: added, removed, and forgotten when their upstream moves.

import type { Forgotten, KeptKey, KeyStore, KeyStoreFailure } from '../config/edit/key-store.ts';
import type { Settings } from '../config/settings.ts';
import { lastFour } from '../core/last-four.ts';
import { keyIdOf, withAdded, withoutKey } from './changes.ts';
import type { Contents, StoredEntry } from './contents.ts';
import type { GatewayVault } from './gateway-vault.ts';
import type { Vault } from './vault.ts';

/** What a key store works with. */
export interface KeyStoreParts {
  readonly vault: Pick<GatewayVault, 'opened' | 'has'>;
  /** What is in force, to know which keys stand in the configuration. */
  settings(): Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  nowMs(): number;
}

const NO_VAULT: KeyStoreFailure = { ok: false, message: 'The gateway keeps no keys.' };

/** Makes a key store. */
export function createKeyStore(parts: KeyStoreParts): KeyStore {
  const within = <T>(work: (vault: Vault) => Promise<T>): Promise<T | KeyStoreFailure> => {
    const vault = parts.vault.opened();
    return vault === undefined ? Promise.resolve(NO_VAULT) : work(vault);
  };
  return {
    has: (upstreamId) => parts.vault.has(upstreamId),
    add: (upstream, value, name) =>
      within(async (vault): Promise<KeptKey | KeyStoreFailure> => {
        const id = keyIdOf(value);
        const secret = 'secret' in value ? value.secret : (parts.env[value.env] ?? '').trim();
        const key = { upstream, name, value, nowMs: parts.nowMs() };
        const changed = await vault.change(
          (contents, seal) => withAdded(contents, key, seal, isConfigured(parts, contents, upstream, id)),
          'secret' in value,
        );
        if (!changed.ok) return changed;
        return { ok: true, id, last4: lastFour(secret), what: changed.value.what };
      }),
    remove: (upstream, id) =>
      within(async (vault) => {
        const changed = await vault.change((contents) => {
          const left = withoutKey(contents, { upstream, id });
          return left === undefined ? { value: false } : { contents: left, value: true };
        }, false);
        return changed.ok ? { ok: true, removed: changed.value } : changed;
      }),
    forget: (upstreamIds) =>
      within(async (vault): Promise<Forgotten | KeyStoreFailure> => {
        const goes = ({ upstream }: StoredEntry): boolean => upstreamIds.includes(upstream);
        const changed = await vault.change((contents) => {
          const gone = contents.keys.filter(goes);
          const left: Contents = { ...contents, keys: contents.keys.filter((entry) => !goes(entry)) };
          return gone.length === 0 ? { value: gone } : { contents: left, value: gone };
        }, false);
        if (!changed.ok) return changed;
        const gone = changed.value;
        return {
          ok: true,
          keys: gone.map(({ upstream, id }) => ({ upstream, id })),
          putBack: async () => {
            if (gone.length > 0)
              await vault.change(
                (contents) => ({ contents: { ...contents, keys: [...contents.keys, ...gone] }, value: true }),
                false,
              );
          },
        };
      }),
  };
}

/** True when the key stands in the configuration and not here. */
function isConfigured(parts: KeyStoreParts, { keys }: Contents, upstreamId: string, id: string): boolean {
  if (keys.some((entry) => entry.upstream === upstreamId && entry.id === id)) return false;
  const upstream = parts.settings().upstreams.find((one) => one.id === upstreamId);
  return upstream?.keys.some((key) => key.id === id && key.secret !== '') === true;
}
