import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { type ConfigWatch, watchConfig } from './watch.ts';
import { watchPlaces } from './watch-places.ts';

const open: ConfigWatch[] = [];
afterEach(() => {
  for (const watch of open.splice(0)) watch.close();
});

/** Watches files and counts the changes; `changed(n)` resolves at the n-th. The poll is off unless given. */
async function watching(
  files: readonly string[],
  pollMs = 3_600_000,
): Promise<{ watch: ConfigWatch; count: () => number; changed: (count: number) => Promise<void> }> {
  let last: Snapshot = await takeSnapshot(files);
  let count = 0;
  let wake: () => void = () => {};
  const watch = watchConfig({
    debounceMs: 20,
    pollMs,
    lastRead: () => last,
    onChange: async () => {
      last = await takeSnapshot(files);
      count++;
      wake();
    },
  });
  open.push(watch);
  await watch.check();
  const changed = async (wanted: number): Promise<void> => {
    while (count < wanted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { watch, count: () => count, changed };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sluice-watch-'));
}

describe('a watched configuration', () => {
  it('is noticed when it is written in place', async () => {
    const file = join(newFolder(), 'sluice.jsonc');
    writeFileSync(file, '1');
    const { changed } = await watching([file]);
    writeFileSync(file, '2');
    await changed(1);
  });

  it('is noticed each time an editor replaces it by another file', async () => {
    const folder = newFolder();
    const file = join(folder, 'sluice.jsonc');
    writeFileSync(file, '0');
    const { changed } = await watching([file]);
    for (let round = 1; round <= 3; round++) {
      writeFileSync(join(folder, 'new'), String(round));
      renameSync(join(folder, 'new'), file);
      await changed(round);
    }
  });

  it('is noticed when it is deleted and when it is back', async () => {
    const file = join(newFolder(), 'sluice.jsonc');
    writeFileSync(file, '1');
    const { changed } = await watching([file]);
    unlinkSync(file);
    await changed(1);
    writeFileSync(file, '1');
    await changed(2);
  });

  it('is noticed behind a symbolic link, also when the link is turned', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const file = join(here, 'sluice.jsonc');
    writeFileSync(join(there, 'a'), 'a');
    writeFileSync(join(there, 'b'), 'b');
    symlinkSync(join(there, 'a'), file);
    const { changed } = await watching([file]);
    writeFileSync(join(there, 'a'), 'a2');
    await changed(1);
    symlinkSync(join(there, 'b'), join(here, 'new'));
    renameSync(join(here, 'new'), file);
    await changed(2);
    writeFileSync(join(there, 'b'), 'b2');
    await changed(3);
  });

  it('is noticed when Kubernetes swaps the folder of a mounted volume', async () => {
    const folder = newFolder();
    const file = join(folder, 'sluice.jsonc');
    const version = (name: string): void => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'sluice.jsonc'), name);
      symlinkSync(name, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    version('..1');
    symlinkSync('..data/sluice.jsonc', file);
    const { changed } = await watching([file]);
    version('..2');
    await changed(1);
    rmSync(join(folder, '..1'), { recursive: true });
    version('..3');
    await changed(2);
  });

  it('is noticed through the files that it refers to', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const [file, secret] = [join(here, 'sluice.jsonc'), join(there, 'key')];
    writeFileSync(file, '{}');
    const { changed } = await watching([file, secret]);
    writeFileSync(secret, 'k');
    await changed(1);
  });

  it('is noticed by the poll when its whole folder is replaced', async () => {
    const parent = newFolder();
    const folder = join(parent, 'etc');
    mkdirSync(folder);
    const file = join(folder, 'sluice.jsonc');
    writeFileSync(file, '1');
    const { changed } = await watching([file], 20);
    rmSync(folder, { recursive: true });
    await changed(1);
    mkdirSync(folder);
    writeFileSync(file, '2');
    await changed(2);
  });

  it('is no news when the same text is written again or a neighbour changes', async () => {
    const folder = newFolder();
    const file = join(folder, 'sluice.jsonc');
    writeFileSync(file, '1');
    const { watch, count } = await watching([file]);
    writeFileSync(file, '1');
    writeFileSync(join(folder, 'other'), '2');
    await watch.check();
    expect(count()).toBe(0);
  });

  it('that changed between being read and being watched is noticed', async () => {
    const file = join(newFolder(), 'sluice.jsonc');
    writeFileSync(file, '1');
    const before = await takeSnapshot([file]);
    writeFileSync(file, '2');
    let count = 0;
    const watch = watchConfig({
      lastRead: () => before,
      onChange: () => {
        count++;
      },
    });
    open.push(watch);
    await watch.check();
    expect(count).toBeGreaterThan(0);
  });

  it('is not looked at after close()', async () => {
    const file = join(newFolder(), 'sluice.jsonc');
    writeFileSync(file, '1');
    const { watch, count } = await watching([file]);
    watch.close();
    writeFileSync(file, '2');
    await watch.check();
    expect(count()).toBe(0);
  });
});

describe('the places to watch', () => {
  it('are every link on the way and the file at its end', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'file'), '');
    symlinkSync('real', join(folder, 'link'));
    const places = await watchPlaces([join(folder, 'link', 'file')]);
    expect([...(places.get(folder) ?? [])]).toEqual(['link']);
    expect([...(places.get(join(folder, 'real')) ?? [])]).toEqual(['file']);
  });

  it('are finite for links in a circle', async () => {
    const folder = newFolder();
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect((await watchPlaces([join(folder, 'a')])).size).toBe(1);
  });
});
