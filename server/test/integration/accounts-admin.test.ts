// What the admin API tells of accounts, over the socket: how they stand and what is left of them, and nothing of the logins.

import { afterEach, describe, expect, it } from 'vitest';
import type { AccountQuotaView, AccountView } from '../../src/admin/contract/accounts.ts';
import { createAccountControl } from '../../src/cli/account-control.ts';
import { type AccountSeam, openAccountSeam } from '../../src/cli/account-seam.ts';
import { createTransport } from '../../src/upstream/transport/transport.ts';
import { withAccounts } from '../../src/vault/accounts-merge.ts';
import { openVault } from '../../src/vault/vault.ts';
import { type AccountVault, accountVault, gatewayWithAccounts } from '../kit/accounts.ts';
import { AS_ADMIN, adminSetup, send } from '../kit/admin.ts';
import { ask } from '../kit/client.ts';
import { type CodexSimulator, startCodexSimulator } from '../kit/codex-account.ts';
import { gatewayWith } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const simulators: CodexSimulator[] = [];
/** A vendor, and a vault with so many of its logins. */
async function stored(count: number): Promise<{
  readonly vendor: CodexSimulator;
  readonly vault: AccountVault;
  readonly ids: readonly string[];
}> {
  const vendor = await startCodexSimulator();
  simulators.push(vendor);
  const vault = accountVault();
  const ids: string[] = [];
  for (let place = 1; place <= count; place += 1) {
    const tokens = vendor.tokens(vendor.login(`account-${place}`));
    ids.push(await vault.store({ id: `k_0000000${place}`, kind: 'codex', tokens }));
  }
  return { vendor, vault, ids };
}

const seamOf = (vault: AccountVault): AccountSeam =>
  openAccountSeam({
    vault: () => openVault(vault.folder),
    transport: createTransport(),
    log: { warn: () => undefined, error: () => undefined },
  });

/** A gateway with an admin API whose accounts are those of the vault, as `sluice serve` puts it together. */
async function deskWith(vendor: CodexSimulator, vault: AccountVault, seam: AccountSeam) {
  const switched: string[] = [];
  /** Accounts that the switch of keys has taken out of use. */
  const marks = new Set<string>();
  const reload = async (): Promise<{ swapped: boolean; problems: never[] }> => {
    const entries = await vault.accounts.list();
    if (typeof entries === 'string') throw new Error(entries);
    const { settings } = withAccounts(gateway.settings, entries, {});
    const upstreams = settings.upstreams.map((upstream) => {
      const keys = upstream.keys.map((key) =>
        marks.has(key.id) ? { ...key, disabled: true as const } : key,
      );
      return { ...upstream, keys, enabled: true };
    });
    gateway.settings = { ...settings, upstreams };
    return { swapped: true, problems: [] };
  };
  const opened = openVault(vault.folder);
  const accounts = createAccountControl({
    seam,
    vault: {
      opened: () => opened,
      switchKey: async (upstream, id, disabled) => {
        switched.push(`${upstream}/${id} ${disabled ? 'off' : 'on'}`);
        if (disabled) marks.add(id);
        else marks.delete(id);
        return undefined;
      },
    },
    live: { current: () => gateway.settings, reload },
  });
  const setup = adminSetup({ accounts });
  const gateway = await gatewayWithAccounts({
    vault,
    kind: 'codex',
    base: vendor.base,
    tokenUrl: vendor.tokenUrl,
    setup: { admin: setup.admin, parts: { transport: seam.transport } },
  });
  const quotas = async (): Promise<readonly AccountQuotaView[]> => {
    const { body } = await send(
      gateway.port,
      'POST',
      '/admin/v1/accounts/quota?upstream=codex',
      AS_ADMIN,
      {},
    );
    return (body as { accounts: AccountQuotaView[] }).accounts;
  };
  return { gateway, audited: setup.audited, switched, marks, reload, quotas };
}

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
    const seam = seamOf(vault);
    const { gateway } = await deskWith(vendor, vault, seam);
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
    for (const { askedAt } of quotas) expect(Date.parse(askedAt)).not.toBeNaN();
    const listed = await send(gateway.port, 'GET', '/admin/v1/accounts', AS_ADMIN);
    const views = (listed.body as { accounts: AccountView[] }).accounts;
    expect(views.map(({ id, state, remedy }) => [id, state, remedy])).toEqual([
      ['k_00000001', 'spent', null],
      ['k_00000002', 'active', null],
      ['k_00000003', 'invalid', 'sluice accounts login codex'],
    ]);
    // What was told last stays to be seen without anybody being asked.
    expect(views.map(({ quota }) => quota)).toEqual(quotas);
    const upstreams = await send(gateway.port, 'GET', '/admin/v1/upstreams', AS_ADMIN);
    expect(upstreams.body).toMatchObject({ upstreams: [{ id: 'codex', accounts: 'codex' }] });
    expect(JSON.stringify(upstreams.body)).toContain('k_00000002');
    for (const word of [two.access, two.refresh]) words.add(word);
    expect(seam.tokens()).toEqual(expect.arrayContaining([two.access, two.refresh]));
    const all = JSON.stringify([asked.body, listed.body, upstreams.body]);
    for (const word of words) expect(all.includes(word)).toBe(false);
    const nobody = await send(gateway.port, 'GET', '/admin/v1/accounts', {});
    expect(nobody.status).toBe(401);
  });

  it('2.7 asks for the quota with the login that another process has renewed meanwhile', async () => {
    const { vendor, vault, ids } = await stored(1);
    const [login] = [...vendor.logins.values()];
    if (login === undefined) throw new Error('no login');
    const { quotas } = await deskWith(vendor, vault, seamOf(vault));
    expect(await quotas()).toMatchObject([{ id: ids[0], fault: null }]);
    // The vendor takes the old tokens no more; the new ones are on the disk, as another process of this gateway left them.
    Object.assign(login, { access: `${login.access}-next`, refresh: `${login.refresh}-next` });
    await vault.accounts.write(ids[0] ?? '', { status: 'active', tokens: vendor.tokens(login) });
    expect(await quotas()).toMatchObject([{ id: ids[0], fault: null, windows: [{}, {}] }]);
    expect(vendor.renewals).toEqual([]);
  });

  it('2.7 switches accounts, puts them into another order, renews and removes them, and notes it', async () => {
    const { vendor, vault, ids } = await stored(2);
    const [first = '', second = ''] = ids;
    const { gateway, audited, switched } = await deskWith(vendor, vault, seamOf(vault));
    const on = (method: string, path: string, body?: unknown) =>
      send(gateway.port, method, `/admin/v1/accounts${path}`, AS_ADMIN, body);
    const keys = (): readonly string[] =>
      (gateway.settings.upstreams[0]?.keys ?? []).map(
        ({ id, disabled }) => `${id}${disabled === true ? ' off' : ''}`,
      );
    expect(keys()).toEqual([first, second]);

    expect((await on('PATCH', `/${second}`, { priority: 5 })).body).toMatchObject({ priority: 5 });
    expect(keys()).toEqual([second, first]);
    expect((await on('PATCH', `/${second}`, { enabled: false })).body).toMatchObject({ state: 'disabled' });
    expect(keys()).toEqual([`${second} off`, first]);
    const back = await on('PATCH', `/${second}`, { enabled: true });
    expect(back.body).toMatchObject({ state: 'active', priority: 5 });
    expect(keys()).toEqual([second, first]);
    expect(switched).toEqual([]);

    await vault.accounts.write(first, {
      ...(await vault.state(first)),
      spentUntilMs: Date.now() + 7_200_000,
    });
    expect((await on('POST', `/${first}/renew`)).body).toMatchObject({ id: first, state: 'active' });
    expect(vendor.renewals).toHaveLength(1);
    expect(await vault.state(first)).not.toHaveProperty('spentUntilMs');
    for (const login of vendor.logins.values()) login.revoked = true;
    const refused = await on('POST', `/${first}/renew`);
    expect([refused.status, refused.body]).toEqual([
      409,
      { error: expect.objectContaining({ message: expect.stringContaining('sluice accounts login codex') }) },
    ]);

    expect((await on('DELETE', `/${first}`)).body).toEqual({ upstream: 'codex', id: first });
    expect(keys()).toEqual([second]);
    expect(await vault.accounts.read(first)).toBe('The account has been removed.');
    expect(vault.text()).not.toContain(first);
    for (const [method, path] of [
      ['PATCH', `/${first}`],
      ['DELETE', `/${first}`],
      ['POST', `/${first}/renew`],
    ] as const)
      expect((await on(method, path, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    expect((await on('PATCH', `/${second}`, { priority: 1.5 })).status).toBe(400);
    expect(audited.map(({ action, status }) => `${action} ${status}`)).toContain('accounts.remove 200');
    expect(audited.find(({ action }) => action === 'accounts.change')?.detail).toContain(second);
  });

  it('2.7 an account that the switch of its key took out of use is put back with it', async () => {
    const { vendor, vault, ids } = await stored(1);
    const [id = ''] = ids;
    const { gateway, switched, marks, reload } = await deskWith(vendor, vault, seamOf(vault));
    marks.add(id);
    await reload();
    const listed = await send(gateway.port, 'GET', '/admin/v1/accounts', AS_ADMIN);
    expect(listed.body).toMatchObject({ accounts: [{ id, state: 'disabled' }] });
    const back = await send(gateway.port, 'PATCH', `/admin/v1/accounts/${id}`, AS_ADMIN, { enabled: true });
    expect(back.body).toMatchObject({ state: 'active' });
    expect(switched).toEqual([`codex/${id} on`]);
  });

  it('2.7 says so where the gateway keeps no accounts', async () => {
    const gateway = await gatewayWith({
      upstreams: [{ origin: 'http://127.0.0.1:1' }],
      admin: adminSetup().admin,
    });
    expect((await send(gateway.port, 'GET', '/admin/v1/accounts', AS_ADMIN)).status).toBe(501);
  });
});
