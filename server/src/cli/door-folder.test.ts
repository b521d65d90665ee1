import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeDoorFolder, removeLeftDoors } from './door-folder.ts';

/** Larger than any that systems give. */
const NOBODY = 999_999_999;
const LATER_MS = 3_600_000;

const folders: string[] = [];
const newParent = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-doors-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with the socket of a process that was killed. */
async function killed(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  mkdirSync(folder, { mode: 0o700 });
  const script = `require('node:net').createServer().listen(process.argv[1], () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', script, join(folder, 'door')]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return folder;
}

describe.skipIf(process.platform === 'win32')('the folders of processes that relay', () => {
  test('are of their owner only, and are gone at the end', () => {
    const parent = newParent();
    const { door, remove } = makeDoorFolder(parent);
    const [name = ''] = readdirSync(parent);
    expect(statSync(join(parent, name)).mode & 0o777).toBe(0o700);
    expect(door).toBe(join(parent, name, 'door'));
    // The longest path that a socket has on every system.
    expect(door.length - parent.length).toBeLessThan(40);
    remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  test('are removed when their process was killed, with the socket in them', async () => {
    const parent = newParent();
    const folder = await killed(parent, `sluice-door-${NOBODY}-abcDEF`);
    expect(existsSync(join(folder, 'door'))).toBe(true);
    await removeLeftDoors(parent);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('are removed also where a later process has the number, as in a container', async () => {
    const parent = newParent();
    await killed(parent, `sluice-door-${process.pid}-abcdef`);
    await removeLeftDoors(parent);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('are removed without a socket when their process is gone, but not while it may be starting', async () => {
    const parent = newParent();
    const [gone, living] = [`sluice-door-${NOBODY}-abcdef`, `sluice-door-${process.ppid}-abcdef`];
    for (const name of [gone, living]) mkdirSync(join(parent, name));
    await removeLeftDoors(parent);
    expect(readdirSync(parent)).toEqual([gone, living].sort());
    await removeLeftDoors(parent, Date.now() + LATER_MS);
    expect(readdirSync(parent)).toEqual([living]);
  });

  test('stay while somebody listens, whatever number he has', async () => {
    const parent = newParent();
    const folder = join(parent, `sluice-door-${NOBODY}-abcdef`);
    mkdirSync(folder);
    const server = createServer().listen(join(folder, 'door'));
    await once(server, 'listening');
    await removeLeftDoors(parent, Date.now() + LATER_MS);
    expect(existsSync(join(folder, 'door'))).toBe(true);
    server.close();
  });

  test('stay when they are none: other names, other content, links and files', async () => {
    const parent = newParent();
    const name = (end: string): string => `sluice-door-${NOBODY}-${end}`;
    for (const folder of ['sluice-backup', 'sluice-run-abcdef', name('toolong'), name('filled')])
      mkdirSync(join(parent, folder));
    writeFileSync(join(parent, name('filled'), 'letter'), 'dear');
    writeFileSync(join(parent, name('nosock')), '');
    mkdirSync(join(parent, name('nodoor')));
    writeFileSync(join(parent, name('nodoor'), 'door'), 'not a socket');
    symlinkSync(join(parent, 'sluice-backup'), join(parent, name('linked')));
    const before = readdirSync(parent).sort();
    await removeLeftDoors(parent, Date.now() + LATER_MS);
    expect(readdirSync(parent).sort()).toEqual(before);
    await removeLeftDoors(join(parent, 'nowhere'));
  });
});
