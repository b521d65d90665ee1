// A gateway with accounts: a real vault in a folder of its own, and the seam in front of the real transport.

import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Upstream } from '../../src/config/settings.ts';
import type { AccountEntry, AccountState, AccountTokens } from '../../src/core/providers/account.ts';
import { findProvider } from '../../src/core/providers/index.ts';
import { accountTransport } from '../../src/upstream/credentials/account-transport.ts';
import { createTransport } from '../../src/upstream/transport/transport.ts';
import { type Accounts, openAccounts } from '../../src/vault/accounts.ts';
import { withAccounts } from '../../src/vault/accounts-merge.ts';
import { openVault } from '../../src/vault/vault.ts';
import type { Gateway, GatewaySetup, UpstreamSetup } from './gateway.ts';
import { gatewayWith } from './setting.ts';

/** A vault for one test. */
export interface AccountVault {
  readonly folder: string;
  readonly accounts: Accounts;
  /** Stores an account and answers its id. */
  store(account: StoredSetup): Promise<string>;
  /** As it stands on the disk. */
  state(id: string): Promise<AccountState>;
  /** Everything that stands in the files of the folder. */
  text(): string;
  /** The modes of all files. */
  modes(): readonly number[];
}

/** What a test says of an account. */
export interface StoredSetup {
  readonly id: string;
  readonly kind: AccountEntry['kind'];
  readonly tokens: AccountTokens;
  readonly priority?: number;
  readonly proxy?: string;
  readonly spentUntilMs?: number;
}

/** Files below a folder. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Makes a vault, or opens the one of a folder. */
export function accountVault(folder: string = mkdtempSync(join(tmpdir(), 'sluice-accounts-'))): AccountVault {
  const accounts = openAccounts(openVault(folder));
  return {
    folder,
    accounts,
    store: async ({ id, kind, tokens, priority, proxy, spentUntilMs }) => {
      const addedAt = new Date().toISOString();
      const entry = { id, kind, upstream: kind, addedAt, ...(priority === undefined ? {} : { priority }) };
      const state = {
        status: 'active' as const,
        tokens,
        ...(spentUntilMs === undefined ? {} : { spentUntilMs }),
      };
      const added = await accounts.add({ entry, state, proxy });
      if (!added.ok) throw new Error(added.message);
      return id;
    },
    state: async (id) => {
      const found = await accounts.read(id);
      if (typeof found === 'string') throw new Error(found);
      return found.state;
    },
    text: () =>
      filesOf(folder)
        .map((path) => readFileSync(path, 'utf8'))
        .join('\n'),
    modes: () => filesOf(folder).map((path) => statSync(path).mode & 0o777),
  };
}

/** What a test says of the upstream of the accounts, and of the rest. */
export interface AccountSetup {
  readonly vault: AccountVault;
  readonly kind: AccountEntry['kind'];
  readonly base: string;
  readonly tokenUrl: string;
  readonly upstream?: Partial<Upstream>;
  readonly setup?: Partial<GatewaySetup>;
}

/** A gateway whose first upstream has the vault's accounts. */
export async function gatewayWithAccounts(setting: AccountSetup): Promise<Gateway> {
  const { vault, kind, base, tokenUrl, upstream, setup = {} } = setting;
  const preset = findProvider(kind);
  if (preset === undefined) throw new Error(`no provider ${kind}`);
  const { keys: _keys, timeouts: _times, provider: _preset, ...own } = upstream ?? {};
  const one: UpstreamSetup = {
    id: kind,
    origin: base,
    provider: preset,
    dialects: preset.dialects,
    baseUrls: Object.fromEntries(preset.dialects.map((dialect) => [dialect, base])),
    streaming: 'always',
    accounts: { tokenUrl },
    ...own,
  };
  let gateway: Gateway | undefined;
  const note = (message: string): void => void gateway?.logged.push(message);
  const transport = accountTransport(createTransport(), {
    store: () => vault.accounts,
    clock: { epochMs: () => Date.now() },
    log: { warn: note, error: note },
  });
  gateway = await gatewayWith({
    ...setup,
    upstreams: [one, ...(setup.upstreams ?? [])],
    parts: { transport, ...setup.parts },
  });
  const entries = await vault.accounts.list();
  if (typeof entries === 'string') throw new Error(entries);
  gateway.settings = withAccounts(gateway.settings, entries, {}).settings;
  return gateway;
}
