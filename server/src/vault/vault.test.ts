import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type NewKey, withAdded, withDisabled, withEnabled, withoutKey } from './changes.ts';
import { operatorToken, seal, unseal } from './seal.ts';
import { openVault, type Vault } from './vault.ts';

const SECRET = 'sk-canary-5f1d0c77aa61';

const freshFolder = (): string => join(mkdtempSync(join(tmpdir(), 'sluice-vault-')), 'data');

const newKey = (more: Partial<NewKey> = {}): NewKey => ({
  upstream: 'openai',
  name: undefined,
  value: { secret: SECRET },
  nowMs: Date.UTC(2026, 10, 21),
  ...more,
});

const add = (vault: Vault, more: Partial<NewKey> = {}): ReturnType<Vault['change']> =>
  vault.change((contents, sealEntry) => withAdded(contents, newKey(more), sealEntry, false), true);

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a vault', () => {
  test('5.2 a stored key comes back as it was, and stands nowhere on disk as it is', async () => {
    const folder = freshFolder();
    const added = await add(openVault(folder), { name: 'main' });
    expect(added).toMatchObject({ ok: true, value: { what: 'added' } });
    const reading = await openVault(folder).read();
    expect(reading).toMatchObject({ whole: true, problems: [] });
    expect(reading.stored.keys).toEqual([
      {
        id: expect.stringMatching(/^k_[0-9a-f]{8}$/),
        upstream: 'openai',
        name: 'main',
        addedAt: '2026-11-21T00:00:00.000Z',
        secret: SECRET,
      },
    ]);
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'latin1'), name).not.toContain('canary');
  });

  test.skipIf(process.platform === 'win32')(
    'is readable by its owner alone, and leaves nothing behind',
    async () => {
      const folder = freshFolder();
      const vault = openVault(folder);
      await add(vault);
      await add(vault, { value: { secret: 'sk-second-key-00' } });
      expect(modeOf(folder)).toBe(0o700);
      expect(modeOf(vault.places.keys)).toBe(0o600);
      expect(modeOf(vault.places.secret)).toBe(0o600);
      expect(readdirSync(folder).sort()).toEqual(['keys.json', 'secret.key']);
      chmodSync(vault.places.secret, 0o644);
      const { problems, whole } = await vault.read();
      expect(whole).toBe(true);
      expect(problems).toMatchObject([{ severity: 'warning', suggestion: 'Run "chmod 600" on it.' }]);
    },
  );

  test('says clearly when secret.key is another one or gone, and neither writes nor makes a new one', async () => {
    const folder = freshFolder();
    const vault = openVault(folder);
    await add(vault);
    await add(vault, { value: { env: 'SOME_KEY' } });
    const before = readFileSync(vault.places.keys, 'utf8');
    writeFileSync(vault.places.secret, `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    const other = await vault.read();
    expect(other.whole).toBe(false);
    expect(other.stored.keys).toMatchObject([{ env: 'SOME_KEY' }]);
    expect(other.problems[0]?.message).toBe(
      '1 stored key cannot be opened: they were not sealed with the secret.key that is there now.',
    );
    expect(await add(vault, { value: { secret: 'sk-third-key-000' } })).toMatchObject({ ok: false });
    const { rmSync } = await import('node:fs');
    rmSync(vault.places.secret);
    expect(await vault.prepare()).toContain('is not there, and stored keys are sealed with it');
    expect(await add(vault, { value: { secret: 'sk-third-key-000' } })).toMatchObject({ ok: false });
    expect(existsSync(vault.places.secret)).toBe(false);
    expect(readFileSync(vault.places.keys, 'utf8')).toBe(before);
    // What cannot be opened can be removed.
    const id = other.contents.keys[0]?.id ?? '';
    await vault.change(
      (now) => ({ contents: withoutKey(now, { upstream: 'openai', id }) ?? now, value: 0 }),
      false,
    );
    expect((await vault.read()).contents.keys).toMatchObject([{ env: 'SOME_KEY' }]);
  });

  test.each([
    ['half a file', '{"version":1,"keys":[{"id":"k_'],
    ['another file', '[]'],
    ['a later version', '{"version":2,"keys":[]}'],
    [
      'an entry of another shape',
      '{"version":1,"keys":[{"id":"k_00000000","upstream":"a","addedAt":"x","sealed":"v1.a"}]}',
    ],
    [
      'a key written out',
      `{"version":1,"keys":[{"id":"k_00000000","upstream":"a","addedAt":"2026-11-21T00:00:00.000Z","secret":"${SECRET}"}]}`,
    ],
    ['nothing', ''],
  ])('with %s in keys.json reports it, repeats none of it, and never writes over it', async (_what, text) => {
    const folder = freshFolder();
    const vault = openVault(folder);
    await vault.prepare();
    writeFileSync(vault.places.keys, text);
    const reading = await vault.read();
    expect(reading).toMatchObject({ whole: false, readable: false, stored: { keys: [], disabled: [] } });
    expect(reading.problems).toMatchObject([{ severity: 'error', file: vault.places.keys }]);
    expect(JSON.stringify(reading.problems)).not.toContain('canary');
    expect(await add(vault)).toMatchObject({ ok: false });
    const disabled = await vault.change(
      (now) => ({ contents: withDisabled(now, { upstream: 'a', id: 'k_00000000' }), value: 0 }),
      false,
    );
    expect(disabled).toMatchObject({ ok: false });
    expect(readFileSync(vault.places.keys, 'utf8')).toBe(text);
  });

  test('5.11 keeps the key of every one of several writers at once', async () => {
    const folder = freshFolder();
    const secrets = Array.from({ length: 12 }, (_, index) => `sk-writer-${index}-0000000`);
    const results = await Promise.all(secrets.map((secret) => add(openVault(folder), { value: { secret } })));
    expect(results.every(({ ok }) => ok)).toBe(true);
    const { stored } = await openVault(folder).read();
    expect(stored.keys.map((key) => ('secret' in key ? key.secret : '')).sort()).toEqual(secrets.sort());
  });

  test('takes over the lock of a writer that is gone', async () => {
    const folder = freshFolder();
    const vault = openVault(folder);
    await vault.prepare();
    writeFileSync(vault.places.lock, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(vault.places.lock, longAgo, longAgo);
    expect(await add(vault)).toMatchObject({ ok: true });
    expect(existsSync(vault.places.lock)).toBe(false);
  });

  test('makes one secret.key, however many ask for it at once', async () => {
    const folder = freshFolder();
    await Promise.all(Array.from({ length: 8 }, () => openVault(folder).prepare()));
    const tokens = await Promise.all(
      Array.from({ length: 4 }, async () => (await openVault(folder).read()).token),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('changes', () => {
  test('13.3 a key that is there already is enabled again and renamed', async () => {
    const vault = openVault(freshFolder());
    const first = await add(vault);
    const id = first.ok ? (first.value as { id: string }).id : '';
    await vault.change(
      (now) => ({ contents: withDisabled(now, { upstream: 'openai', id }), value: 0 }),
      false,
    );
    expect((await vault.read()).stored.keys).toMatchObject([{ id, disabled: true }]);
    expect(await add(vault, { name: 'again' })).toMatchObject({
      ok: true,
      value: { id, what: 'renewed', wasDisabled: true },
    });
    const { keys } = (await vault.read()).stored;
    expect(keys).toMatchObject([{ id, name: 'again', secret: SECRET }]);
    expect(keys[0]).not.toHaveProperty('disabled');
  });

  test('a key that is not stored is disabled beside the entries, once, and enabled again', () => {
    const key = { upstream: 'openai', id: 'k_11111111' };
    const disabled = withDisabled(withDisabled({ keys: [], disabled: [] }, key), key);
    expect(disabled).toEqual({ keys: [], disabled: [key] });
    expect(withEnabled(disabled, key)).toEqual({ keys: [], disabled: [] });
  });
});

describe('sealing', () => {
  const secretKey = Buffer.alloc(32, 7);

  test('is different every time, and opens only with the same key, purpose and bytes', () => {
    const sealed = seal(SECRET, 'key a k_1', secretKey);
    expect(seal(SECRET, 'key a k_1', secretKey)).not.toBe(sealed);
    expect(unseal(sealed, 'key a k_1', secretKey)).toBe(SECRET);
    expect(unseal(sealed, 'key b k_1', secretKey)).toBeUndefined();
    expect(unseal(sealed, 'key a k_1', Buffer.alloc(32, 8))).toBeUndefined();
    for (let at = 3; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'Q' : 'A';
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      const opened = unseal(changed, 'key a k_1', secretKey);
      // The last character has bits that belong to no byte.
      if (at < sealed.length - 1) expect(opened).toBeUndefined();
    }
    for (const broken of ['', 'v1.', 'v1.AAAA', 'v2.AAAA'])
      expect(unseal(broken, 'x', secretKey)).toBeUndefined();
  });

  test('the token of the operator says nothing of the key and differs by key', () => {
    expect(operatorToken(secretKey)).toMatch(/^[0-9a-f]{64}$/);
    expect(operatorToken(secretKey)).not.toBe(operatorToken(Buffer.alloc(32, 8)));
  });
});
