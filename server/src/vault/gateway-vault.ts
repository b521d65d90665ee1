// The vault as the running gateway has it: read with every reading of the settings, so that a key added while it runs is
// used at once, and written when the operator takes a key out of use through the gateway.

import type { Environment } from '../config/environment.ts';
import type { SettingsReading } from '../config/live-settings.ts';
import type { Problem } from '../config/problem.ts';
import type { Settings } from '../config/settings.ts';
import { type Snapshot, snapshotOf } from '../config/snapshot.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { openAccounts } from './accounts.ts';
import { withAccounts } from './accounts-merge.ts';
import { withDisabled, withEnabled } from './changes.ts';
import { stillTrue, withStoredKeys } from './merge.ts';
import { vaultFolder } from './places.ts';
import { openVault, type Vault, type VaultReading } from './vault.ts';

/** The vault of a gateway. Its folder is that of the settings which are read first. */
export interface GatewayVault {
  /** What was last read, for watchConfig(). */
  lastRead(): Snapshot;
  /** Proves its bearer to be the operator; undefined while nobody can be. */
  token(): string | undefined;
  /** The stored keys themselves; undefined before the first reading. */
  opened(): Vault | undefined;
  /** True when a key of this upstream was stored at the last reading. */
  has(upstreamId: string): boolean;
  /**
   * Reads the vault and then the settings, and merges. `read` is told which upstreams have stored keys; the settings of
   * `locate` (whatever keys they lack) say where the vault is, and are asked for once.
   */
  merged(sources: SettingsSources): Promise<SettingsReading>;
  /** Takes a key out of use or back into it; answers why that was not possible. */
  switchKey(upstreamId: string, keyId: string, disabled: boolean): Promise<SluiceError | undefined>;
}

/** Where settings come from. */
export interface SettingsSources {
  readonly env: Environment;
  read(hasKeysElsewhere: (upstreamId: string) => boolean): Promise<SettingsReading>;
  /** What is served where neither settings nor stored keys give an upstream. */
  otherwise?(settings: Settings): Promise<Settings>;
}

/** Makes the vault of a gateway; nothing is read yet. */
export function createGatewayVault(): GatewayVault {
  let vault: Vault | undefined;
  let last: VaultReading | undefined;
  let unprepared: string | undefined;

  /** Finds the vault at the first reading. */
  const find = async (read: SettingsSources['read']): Promise<Vault | undefined> => {
    if (vault !== undefined) return vault;
    const located = await read(() => true);
    if (!located.ok) return undefined;
    const found = openVault(vaultFolder(located.settings));
    unprepared = await found.prepare();
    vault = found;
    return found;
  };

  return {
    lastRead: () => last?.snapshot ?? snapshotOf([]),
    token: () => last?.token,
    opened: () => vault,
    has: (id) => storing(last).has(id),
    merged: async (sources) => {
      const first = last === undefined;
      const found = await find((hasKeys) => sources.read(hasKeys));
      const reading = await found?.read();
      const ids = storing(reading);
      const base = await sources.read((id) => ids.has(id));
      if (reading === undefined) return base;
      last = reading;
      if (!base.ok) return base;
      const notes = first && unprepared !== undefined ? [operatorless(unprepared)] : [];
      return join(base, { ...reading, problems: [...reading.problems, ...notes] }, sources, first);
    },
    switchKey: async (upstream, id, disabled) => {
      if (vault === undefined) return sluiceError('internal', 'The gateway keeps no keys.');
      const change = disabled ? withDisabled : withEnabled;
      const changed = await vault.change(
        (contents) => ({ contents: change(contents, { upstream, id }), value: undefined }),
        false,
      );
      if (changed.ok) return disabled ? undefined : await accountEnabled(vault, upstream, id);
      const { message, suggestion } = changed;
      return sluiceError('internal', message, suggestion === undefined ? {} : { suggestion });
    },
  };
}

/** An account has a switch of its own, which "sluice accounts disable" uses: who puts its key back means the account. */
async function accountEnabled(vault: Vault, upstream: string, id: string): Promise<SluiceError | undefined> {
  const accounts = openAccounts(vault);
  const entries = await accounts.list();
  if (typeof entries === 'string') return undefined;
  if (!entries.some((entry) => entry.id === id && entry.upstream === upstream && entry.disabled === true))
    return undefined;
  const changed = await accounts.change(id, ({ disabled: _, ...entry }) => entry);
  return changed.ok ? undefined : sluiceError('internal', changed.message);
}

/** Ids of the upstreams that keys or accounts are stored for. */
function storing(reading: VaultReading | undefined): ReadonlySet<string> {
  const { contents, accounts = [] } = reading ?? {};
  return new Set([...(contents?.keys ?? []), ...accounts].map(({ upstream }) => upstream));
}

/** Settings and stored keys as one reading. A damaged vault never takes keys out of a running gateway. */
async function join(
  base: SettingsReading & { readonly ok: true },
  reading: VaultReading,
  { env, otherwise }: SettingsSources,
  first: boolean,
): Promise<SettingsReading> {
  const { snapshot } = base;
  if (!reading.whole && !first) return { ok: false, problems: reading.problems, snapshot };
  const joined = withAccounts(base.settings, reading.accounts, env);
  const { settings, problems } = withStoredKeys(joined.settings, reading.stored, env);
  const served = settings.upstreams.some(({ enabled }) => enabled);
  if (!served && !reading.whole) return { ok: false, problems: reading.problems, snapshot };
  const doubts = stillTrue(base.warnings, settings);
  const warnings = [...doubts, ...joined.problems, ...problems, ...reading.problems.map(asWarning)];
  const empty = settings.upstreams.length === 0 && otherwise !== undefined;
  return { ok: true, settings: empty ? await otherwise(settings) : settings, warnings, snapshot };
}

function asWarning(problem: Problem): Problem {
  return { ...problem, severity: 'warning' };
}

function operatorless(message: string): Problem {
  return {
    severity: 'warning',
    file: undefined,
    line: undefined,
    column: undefined,
    path: '',
    message: `"sluice keys" cannot speak to this gateway: ${message}`,
  };
}
