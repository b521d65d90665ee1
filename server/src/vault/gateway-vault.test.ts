import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLiveSettings, readSettings } from '../config/live-settings.ts';
import { watchConfig } from '../config/watch.ts';
import { withAdded } from './changes.ts';
import { createGatewayVault, type GatewayVault, type SettingsSources } from './gateway-vault.ts';
import { openVault, type Vault } from './vault.ts';

interface Place {
  readonly vault: Vault;
  readonly gateway: GatewayVault;
  readonly sources: SettingsSources;
  add(upstream: string, secret: string): Promise<unknown>;
}

/** A configuration file in a folder of its own, with the ledger and the vault beside it. */
function place(upstreams: readonly object[], otherwise?: SettingsSources['otherwise']): Place {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-gateway-vault-'));
  const file = join(folder, 'sluice.jsonc');
  writeFileSync(file, JSON.stringify({ storage: { url: 'sqlite:data/sluice.db' }, upstreams }), {
    mode: 0o600,
  });
  const vault = openVault(join(folder, 'data'));
  const env = {};
  return {
    vault,
    gateway: createGatewayVault(),
    sources: {
      env,
      read: (hasKeysElsewhere) => readSettings(file, { env, hasKeysElsewhere }),
      ...(otherwise === undefined ? {} : { otherwise }),
    },
    add: (upstream, secret) =>
      vault.change(
        (now, seal) =>
          withAdded(now, { upstream, name: undefined, value: { secret }, nowMs: 0 }, seal, false),
        true,
      ),
  };
}

describe('the vault of a gateway', () => {
  test('is beside the ledger, gets its secret.key at the first reading, and completes an upstream without keys', async () => {
    const { vault, gateway, sources, add } = place([{ id: 'openai', provider: 'openai' }]);
    const without = await gateway.merged(sources);
    expect(without).toMatchObject({
      ok: false,
      problems: [{ message: 'OpenAI needs a key: "keys" is missing.' }],
    });
    expect(gateway.token()).toBe((await vault.read()).token);
    expect(gateway.token()).toMatch(/^[0-9a-f]{64}$/);
    await add('openai', 'sk-stored-0001');
    const reading = await gateway.merged(sources);
    expect(reading).toMatchObject({
      ok: true,
      warnings: [],
      settings: { upstreams: [{ id: 'openai', enabled: true, keys: [{ secret: 'sk-stored-0001' }] }] },
    });
  });

  test('5.9 a key that is added, disabled or removed while the gateway runs counts within two seconds', async () => {
    const { gateway, sources, add, vault } = place([], (settings) =>
      Promise.resolve({ ...settings, origin: { file: undefined, notices: ['the demo'] } }),
    );
    const initial = await gateway.merged(sources);
    if (!initial.ok) throw new Error(JSON.stringify(initial.problems));
    expect(initial.settings.origin.notices).toEqual(['the demo']);
    const live = createLiveSettings({ initial, read: () => gateway.merged(sources) });
    const onChange = async (): Promise<void> => void (await live.reload());
    const watch = watchConfig({ lastRead: () => gateway.lastRead(), onChange });
    const swapped = (): Promise<number> => {
      const sinceMs = performance.now();
      return new Promise((resolve) => {
        const remove = live.onSwap(() => {
          remove();
          resolve(performance.now() - sinceMs);
        });
      });
    };
    await watch.check();
    let swap = swapped();
    await add('openai', 'sk-stored-0001');
    await swap;
    const [openai] = live.current().upstreams;
    expect(openai).toMatchObject({ id: 'openai', enabled: true, keys: [{ secret: 'sk-stored-0001' }] });
    const id = openai?.keys[0]?.id ?? '';
    swap = swapped();
    expect(await gateway.switchKey('openai', id, true)).toBeUndefined();
    await swap;
    expect(live.current().upstreams[0]).toMatchObject({ enabled: false, keys: [{ disabled: true }] });
    swap = swapped();
    await vault.change(() => ({ contents: { keys: [], disabled: [] }, value: 0 }), false);
    await swap;
    expect(live.current().origin.notices).toEqual(['the demo']);
    watch.close();
  });

  test('that is damaged while the gateway runs takes no key from it, and is told of', async () => {
    const { gateway, sources, add, vault } = place([]);
    await add('openai', 'sk-stored-0001');
    const initial = await gateway.merged(sources);
    if (!initial.ok) throw new Error(JSON.stringify(initial.problems));
    const live = createLiveSettings({ initial, read: () => gateway.merged(sources) });
    writeFileSync(vault.places.keys, 'not json');
    expect(await live.reload()).toMatchObject({ swapped: false, problems: [{ file: vault.places.keys }] });
    expect(live.current().upstreams).toHaveLength(1);
    expect(await gateway.switchKey('openai', 'k_00000000', true)).toMatchObject({ code: 'internal' });
  });

  test('that is damaged at the start is a warning where something else can be served, else the reason not to start', async () => {
    const one = place([{ id: 'local', provider: 'ollama' }]);
    await one.vault.prepare();
    writeFileSync(one.vault.places.keys, 'not json');
    expect(await one.gateway.merged(one.sources)).toMatchObject({
      ok: true,
      warnings: [{ severity: 'warning', file: one.vault.places.keys }],
    });
    const two = place([], (settings) => Promise.resolve(settings));
    await two.add('openai', 'sk-stored-0001');
    rmSync(two.vault.places.secret);
    expect(await two.gateway.merged(two.sources)).toMatchObject({
      ok: false,
      problems: [{ severity: 'error' }, { severity: 'warning' }],
    });
    expect(two.gateway.token()).toBeUndefined();
  });
});
