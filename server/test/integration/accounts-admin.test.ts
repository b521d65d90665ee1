// What the admin API tells of accounts, over the socket: how they stand and what is left of them, and nothing of the logins.

import { afterEach, describe, expect, it } from 'vitest';
import type { AccountQuotaView, AccountView } from '../../src/admin/contract/accounts.ts';
import { openAccountSeam } from '../../src/cli/account-seam.ts';
import { createTransport } from '../../src/upstream/transport/transport.ts';
import { openVault } from '../../src/vault/vault.ts';
import { accountVault, gatewayWithAccounts } from '../kit/accounts.ts';
import { AS_ADMIN, adminSetup, send } from '../kit/admin.ts';
import { ask } from '../kit/client.ts';
import { type CodexSimulator, startCodexSimulator } from '../kit/codex-account.ts';
import { gatewayWith } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const simulators: CodexSimulator[] = [];
afterEach(async () => {
  for (const one of simulators.splice(0)) await one.close();
});

describe('the admin API', () => {
  it('2.7 lists the accounts and asks for their quota, renewing what has ended, without any login', async () => {
    const vendor = await startCodexSimulator();
    simulators.push(vendor);
    const vault = accountVault();
    const words = new Set<string>();
    for (const [index, name] of ['one', 'two', 'three'].entries()) {
      const login = vendor.login(name);
      for (const word of [login.access, login.refresh]) words.add(word);
      await vault.store({
        id: `k_0000000${index + 1}`,
        kind: 'codex',
        tokens: vendor.tokens(login),
        priority: -index,
      });
    }
    const [one, two, three] = [...vendor.logins.values()];
    if (one === undefined || two === undefined || three === undefined) throw new Error('no logins');
    const seam = openAccountSeam({
      vault: () => openVault(vault.folder),
      transport: createTransport(),
      log: { warn: () => undefined, error: () => undefined },
    });
    const accounts = { list: () => seam.list(), quotas: () => seam.quotas(gateway.settings) };
    const gateway = await gatewayWithAccounts({
      vault,
      kind: 'codex',
      base: vendor.base,
      tokenUrl: vendor.tokenUrl,
      setup: { admin: adminSetup({ accounts }).admin, parts: { transport: seam.transport } },
    });
    one.spentUntilMs = Date.now() + 7_200_000;
    two.expiresAtMs = Date.now() - 1_000;
    three.revoked = true;
    await vault.accounts.write('k_00000002', { status: 'active', tokens: vendor.tokens(two) });
    await vault.accounts.write('k_00000003', {
      status: 'active',
      tokens: { ...vendor.tokens(three), expiresAtMs: Date.now() - 1_000 },
    });
    const sending = wires['openai-responses'].request('gpt-5.2-codex', false, 'Hello');
    expect((await ask(gateway.port, sending)).status).toBe(200);
    await expect.poll(async () => (await vault.state('k_00000001')).spentUntilMs).toBeGreaterThan(Date.now());

    const asked = await send(gateway.port, 'POST', '/admin/v1/accounts/quota', AS_ADMIN, {});
    const quotas = (asked.body as { accounts: AccountQuotaView[] }).accounts;
    expect(quotas).toMatchObject([
      { id: 'k_00000001', plan: 'plus', windows: [{ name: '5 hours', usedPercent: 100 }, { name: 'week' }] },
      { id: 'k_00000002', plan: 'plus', fault: null },
      { id: 'k_00000003', windows: [], fault: expect.stringContaining('sluice accounts login codex') },
    ]);
    const listed = await send(gateway.port, 'GET', '/admin/v1/accounts', AS_ADMIN);
    const views = (listed.body as { accounts: AccountView[] }).accounts;
    expect(views.map(({ id, state }) => [id, state])).toEqual([
      ['k_00000001', 'spent'],
      ['k_00000002', 'active'],
      ['k_00000003', 'invalid'],
    ]);
    const upstreams = await send(gateway.port, 'GET', '/admin/v1/upstreams', AS_ADMIN);
    expect(JSON.stringify(upstreams.body)).toContain('k_00000002');
    for (const word of [two.access, two.refresh]) words.add(word);
    expect(seam.tokens()).toEqual(expect.arrayContaining([two.access, two.refresh]));
    const all = JSON.stringify([asked.body, listed.body, upstreams.body]);
    for (const word of words) expect(all.includes(word)).toBe(false);
    const nobody = await send(gateway.port, 'GET', '/admin/v1/accounts', {});
    expect(nobody.status).toBe(401);
  });

  it('2.7 says so where the gateway keeps no accounts', async () => {
    const gateway = await gatewayWith({
      upstreams: [{ origin: 'http://127.0.0.1:1' }],
      admin: adminSetup().admin,
    });
    expect((await send(gateway.port, 'GET', '/admin/v1/accounts', AS_ADMIN)).status).toBe(501);
  });
});
