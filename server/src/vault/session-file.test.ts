import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSessionFile, type SessionFile } from './session-file.ts';

const KEY = 'a'.repeat(64);
const session = (letter: string): { digest: string; publicId: string; expiresAtMs: number } => ({
  digest: letter.repeat(64),
  publicId: `id-${letter}`,
  expiresAtMs: 1_800_000_000_000,
});

describe('The file of sessions', () => {
  let folder: string;
  let troubles: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-sessions-'));
    troubles = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const path = (): string => join(folder, 'sessions.json');
  const open = (key: string | undefined = KEY): Promise<SessionFile> =>
    openSessionFile({ folder, keyDigest: () => key, onTrouble: (message) => troubles.push(message) });

  test('gives back what was kept last, and is for its owner alone', async () => {
    const file = await open();
    expect(file.found).toEqual([]);
    file.keep([session('b')]);
    file.keep([session('b'), session('c')]);
    await file.flush();
    expect((await open()).found).toEqual([session('b'), session('c')]);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  test('holds neither the digest of the admin key nor sessions of another key', async () => {
    const file = await open();
    file.keep([session('b')]);
    await file.flush();
    expect(await readFile(path(), 'utf8')).not.toContain(KEY);
    expect((await open('d'.repeat(64))).found).toEqual([]);
    const without = await openSessionFile({ folder, keyDigest: () => undefined, onTrouble: () => undefined });
    expect(without.found).toEqual([]);
  });

  test('counts as empty where it is damaged, and leaves out what is no session', async () => {
    const file = await open();
    file.keep([session('b')]);
    await file.flush();
    const whole = await readFile(path(), 'utf8');
    await writeFile(path(), whole.slice(0, -20));
    expect((await open()).found).toEqual([]);
    const odd = JSON.parse(whole) as { sessions: unknown[] };
    odd.sessions.push({ ...session('c'), digest: 'short' }, null, { ...session('c'), expiresAtMs: 'soon' });
    await writeFile(path(), JSON.stringify(odd));
    expect((await open()).found).toEqual([session('b')]);
  });

  test('a folder that is a file is trouble in words, not a failure', async () => {
    await writeFile(join(folder, 'taken'), '');
    const file = await openSessionFile({
      folder: join(folder, 'taken'),
      keyDigest: () => KEY,
      onTrouble: (message) => troubles.push(message),
    });
    file.keep([session('b')]);
    await file.flush();
    expect(troubles[0]).toContain('sessions will end with the gateway');
  });
});
