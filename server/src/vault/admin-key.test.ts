import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adminKeyPath, openAdminKey, replaceAdminKey } from './admin-key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-admin-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function opened(
  given?: string,
): Promise<Extract<Awaited<ReturnType<typeof openAdminKey>>, { ok: true }>> {
  const result = await openAdminKey(folder, given);
  if (!result.ok) throw new Error(result.message);
  return result;
}

describe('the admin key', () => {
  test('22 is made at the first start, shown once and kept as a hash in a file of its owner', async () => {
    const first = await opened();
    expect(first.created).toMatch(/^sk-sluice-admin-[\w-]{32}$/);
    expect(first.key.digest()).toBe(sha256(first.created ?? ''));
    const path = adminKeyPath(folder);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain(first.created ?? '?');
    const second = await opened();
    expect([second.created, second.key.digest()]).toEqual([undefined, first.key.digest()]);
  });

  test('is the same for two gateways that start at once', async () => {
    const [one, other] = await Promise.all([opened(), opened()]);
    expect(one.key.digest()).toBe(other.key.digest());
    expect([one.created, other.created].filter((key) => key !== undefined)).toHaveLength(1);
  });

  test('is renewed while the gateway runs, and by a command while it does not', async () => {
    const { key, created } = await opened();
    const renewed = await key.renew();
    expect(renewed).toEqual({ ok: true, key: expect.not.stringMatching(created ?? '') });
    expect(key.digest()).toBe(sha256(renewed.ok ? renewed.key : ''));
    const replaced = await replaceAdminKey(folder);
    expect((await opened()).key.digest()).toBe(sha256(replaced));
  });

  test('comes from the environment where that gives one, which must not be weak', async () => {
    const given = 'a-key-of-my-own-that-is-long-enough';
    const { key, created } = await opened(given);
    expect([key.digest(), created]).toEqual([sha256(given), undefined]);
    expect(await key.renew()).toMatchObject({
      ok: false,
      message: expect.stringContaining('SLUICE_ADMIN_KEY'),
    });
    for (const weak of ['', '   ', 'admin', 'x'.repeat(21)])
      expect(await openAdminKey(folder, weak), weak).toMatchObject({ ok: false });
  });

  test('is nobody’s where its file is damaged', async () => {
    await writeFile(adminKeyPath(folder), '{"sha256":"abc"}');
    const { key, trouble } = await opened();
    expect([key.digest(), trouble]).toEqual([undefined, expect.stringContaining('damaged')]);
  });
});
