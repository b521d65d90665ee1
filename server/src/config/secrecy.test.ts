import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from './load.ts';
import type { Problem } from './problem.ts';
import { checkSecrecy } from './secrecy.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What is said of a file with these contents and this mode. */
async function saidOf(value: object, mode: number): Promise<Problem | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-secrecy-'));
  folders.push(folder);
  const file = join(folder, 'sluice.jsonc');
  writeFileSync(file, JSON.stringify(value));
  chmodSync(file, mode);
  const loaded = await loadConfig(file, { PASSWORD: 'pw' });
  if (!loaded.ok) throw new Error('It cannot be loaded.');
  return checkSecrecy(loaded.value);
}

describe.skipIf(process.platform === 'win32')('a file that others can read', () => {
  test.each([
    ['state', 'redis://:pw@shared:6379'],
    ['cache', 'rediss://somebody:pw@shared:6379'],
  ])('is warned of where the address of %s has a password in it', async (section, url) => {
    expect(await saidOf({ [section]: { url } }, 0o644)).toMatchObject({ severity: 'warning' });
    expect(await saidOf({ [section]: { url } }, 0o600)).toBeUndefined();
  });

  test('is as it should be where passwords are references, or there are none', async () => {
    expect(await saidOf({ state: { url: 'redis://:${PASSWORD}@shared:6379' } }, 0o644)).toBeUndefined();
    expect(await saidOf({ state: { url: 'redis://shared:6379' } }, 0o644)).toBeUndefined();
  });

  test('is warned of where a key of an upstream stands in it, which the word for none is not', async () => {
    const upstream = { id: 'a', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' };
    const said = (key: string): Promise<Problem | undefined> =>
      saidOf({ upstreams: [{ ...upstream, keys: [key] }] }, 0o644);
    expect(await said('sk-of-mine-0123456789')).toMatchObject({ severity: 'warning' });
    expect(await said('none')).toBeUndefined();
  });
});
