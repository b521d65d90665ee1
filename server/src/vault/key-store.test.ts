import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsOf } from '../../test/kit/gateway.ts';
import { createKeyStore } from './key-store.ts';
import { openVault } from './vault.ts';

function storeWith(env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  const vault = openVault(folder);
  const store = createKeyStore({
    vault: { opened: () => vault, has: () => true },
    settings: () => settingsOf({ upstreams: [] }),
    env,
    nowMs: () => 0,
  });
  return { store, vault, text: () => readFileSync(join(folder, 'keys.json'), 'utf8') };
}

const idsOf = async (vault: ReturnType<typeof openVault>) =>
  (await vault.read()).contents.keys.map(({ upstream, id }) => `${upstream}/${id}`);

describe('the key store', () => {
  test('5.2 seals what it keeps, and shows only how it ends', async () => {
    const { store, text } = storeWith({ GROQ_KEY: 'sk-from-the-environment-9876' });
    expect(await store.add('one', { secret: 'sk-CANARY-1234' }, 'mine')).toMatchObject({
      ok: true,
      last4: '1234',
    });
    expect(await store.add('one', { secret: 'short' })).toMatchObject({ ok: true, last4: '' });
    expect(await store.add('groq', { env: 'GROQ_KEY' })).toMatchObject({ ok: true, last4: '9876' });
    expect(await store.add('one', { secret: 'sk-CANARY-1234' })).toMatchObject({ what: 'renewed' });
    expect(text()).not.toContain('CANARY');
  });

  test('forgets the keys of an upstream, and can put them back', async () => {
    const { store, vault } = storeWith();
    await store.add('one', { secret: 'sk-first-0001' });
    await store.add('two', { secret: 'sk-second-0002' });
    const before = await idsOf(vault);
    const gone = await store.forget(['one']);
    if (!gone.ok) throw new Error(gone.message);
    expect(gone.keys.map(({ upstream }) => upstream)).toEqual(['one']);
    expect(await idsOf(vault)).toEqual(before.slice(1));
    await gone.putBack();
    expect((await idsOf(vault)).toSorted()).toEqual(before.toSorted());
    expect((await vault.read()).whole).toBe(true);
  });

  test('says so where there is no vault, and where there is no such key', async () => {
    const { store } = storeWith();
    expect(await store.remove('one', 'k_00000000')).toEqual({ ok: true, removed: false });
    const none = createKeyStore({
      vault: { opened: () => undefined, has: () => false },
      settings: () => settingsOf({ upstreams: [] }),
      env: {},
      nowMs: () => 0,
    });
    expect(await none.add('one', { secret: 'sk-CANARY-1234' })).toMatchObject({ ok: false });
  });
});
