// The accounts of the stage: simulated vendors that give logins, quotas and answers, and the logins that the gateway has
// stored, as its operator would have left them.

import { join } from 'node:path';
import type { AccountEntry, AccountState } from '../../../server/src/core/providers/account.ts';
import { openAccounts } from '../../../server/src/vault/accounts.ts';
import { openVault } from '../../../server/src/vault/vault.ts';
import { type CodexSimulator, startCodexSimulator } from '../../../server/test/kit/codex-account.ts';
import { type KiroSimulator, startKiroSimulator } from '../../../server/test/kit/kiro-account.ts';

/** well: all of them can be used. mixed: some are used up, lost or out of use. none: upstreams without any. */
export type AccountMood = 'well' | 'mixed' | 'none';

/** The vendors. */
export interface AccountVendors {
  readonly codex: CodexSimulator;
  readonly kiro: KiroSimulator;
  stop(): Promise<void>;
}

/** Starts both vendors. */
export async function startAccountVendors(): Promise<AccountVendors> {
  const [codex, kiro] = await Promise.all([startCodexSimulator(), startKiroSimulator()]);
  return { codex, kiro, stop: async () => void (await Promise.all([codex.close(), kiro.close()])) };
}

/** Upstreams that take accounts, as they stand in the configuration. */
export function accountUpstreams({ codex, kiro }: AccountVendors): readonly object[] {
  return [
    {
      id: 'codex',
      provider: 'codex',
      baseUrl: codex.base,
      accounts: { tokenUrl: codex.tokenUrl },
      models: ['gpt-5.2-codex'],
      priority: 2,
    },
    {
      id: 'kiro',
      provider: 'kiro',
      baseUrl: kiro.origin,
      accounts: { tokenUrl: kiro.tokenUrl, usageUrl: `${kiro.origin}/getUsageLimits` },
      models: ['claude-sonnet-4.5'],
      priority: 1,
    },
  ];
}

/** Ids of the accounts of the stage. */
export const ACCOUNTS = {
  work: 'k_00000a01',
  home: 'k_00000a02',
  old: 'k_00000a03',
  free: 'k_00000b01',
} as const;

const HOURS_MS = 3_600_000;
/** Nobody listens there. */
const PROXY = 'http://127.0.0.1:9';

/** Stores the accounts where the gateway of this folder will look for them. */
export async function storeAccounts(
  folder: string,
  { codex, kiro }: AccountVendors,
  mood: AccountMood,
): Promise<void> {
  if (mood === 'none') return;
  const vault = openAccounts(openVault(join(folder, 'data', 'sluice')));
  const put = async (
    entry: Pick<AccountEntry, 'id' | 'kind'> & Partial<AccountEntry>,
    state: AccountState,
    proxy?: string,
  ): Promise<void> => {
    const addedAt = new Date().toISOString();
    const added = await vault.add({ entry: { upstream: entry.kind, addedAt, ...entry }, state, proxy });
    if (!added.ok) throw new Error(added.message);
  };
  const login = (name: string): AccountState => {
    const tokens = codex.tokens(codex.login(name));
    return { status: 'active', tokens: { ...tokens, email: `${name}@example.org`, plan: 'plus' } };
  };
  await put({ id: ACCOUNTS.work, kind: 'codex', name: 'work', priority: 10 }, login('work'));
  const home = login('home');
  const free = kiro.tokens(kiro.login('free', 'social'));
  if (mood === 'well') {
    await put({ id: ACCOUNTS.home, kind: 'codex', name: 'home' }, home);
  } else {
    const spentUntilMs = Date.now() + 3 * HOURS_MS;
    const used = codex.logins.get('home');
    if (used !== undefined) used.spentUntilMs = spentUntilMs;
    await put({ id: ACCOUNTS.home, kind: 'codex', name: 'home' }, { ...home, spentUntilMs });
    const note = 'The provider does not renew the login (status 401).';
    const lost = login('an-old-account-with-a-long-address');
    const old = { id: ACCOUNTS.old, kind: 'codex', priority: -5, proxied: true } as const;
    await put(old, { ...lost, status: 'invalid', note }, PROXY);
  }
  await put(
    { id: ACCOUNTS.free, kind: 'kiro' },
    { status: 'active', tokens: { ...free, email: 'free@example.org' } },
  );
}
