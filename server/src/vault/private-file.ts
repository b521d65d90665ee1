// Files that belong to one user: written whole or not at all, on disk before they count, readable by their owner alone.

import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../config/system-code.ts';

/** How long a writer waits for another one. */
const LOCK_WAIT_MS = 10_000;
/** A lock that nobody has touched for this long belongs to a process that is gone. */
const LOCK_STALE_MS = 30_000;
/** So often its holder touches it. */
const LOCK_TOUCH_MS = 5_000;
const LOCK_POLL_MS = 20;

async function writeTemporary(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await writeNew(temporary, text);
  return temporary;
}

/** Writes a file that must not be there yet, down to the disk. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A folder is synced where the system can do that, so that a renamed file survives a power loss. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // Windows and some network file systems have no such thing.
  }
}

/** Replaces a file (or makes it), mode 0600: readers see the old text or the new one. Rejects with the system's error. */
export async function replacePrivate(path: string, text: string): Promise<void> {
  const temporary = await writeTemporary(path, text);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(path);
}

/** Makes a file that is not there yet, mode 0600. False: somebody else was faster, and theirs stays. */
export async function createPrivate(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text);
  try {
    // Unlike a rename, a link never replaces what is there.
    await link(temporary, path);
    await syncFolder(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    return await createWithoutLinks(path, text);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** For file systems without hard links, such as those of memory sticks. */
async function createWithoutLinks(path: string, text: string): Promise<boolean> {
  try {
    await writeNew(path, text);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Runs `work` while no other process holds the lock file. Rejects when it cannot be had in time. */
export async function whileLocked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
  const giveUpAtMs = performance.now() + LOCK_WAIT_MS;
  const mark = randomBytes(12).toString('hex');
  while (!(await takeLock(lock, mark))) {
    if (performance.now() > giveUpAtMs)
      throw Object.assign(new Error(`Another program holds ${lock}.`), { code: 'ELOCKED' });
    await pause(LOCK_POLL_MS);
  }
  // Work that takes long, such as asking a server, is not that of a process that is gone.
  const touching = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, LOCK_TOUCH_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await release(lock, mark);
  }
}

/** A process that was asleep for long may find the lock of somebody else. */
async function release(lock: string, mark: string): Promise<void> {
  const held = await readFile(lock, 'utf8').catch(() => mark);
  if (held === mark || held === '') await rm(lock, { force: true });
}

async function takeLock(lock: string, mark: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600);
    // A full disk takes no mark, and is no reason to do nothing at all.
    await file.writeFile(mark).catch(() => undefined);
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const touchedMs = await stat(lock).then(
    (found) => found.mtimeMs,
    () => undefined,
  );
  if (touchedMs === undefined || Date.now() - touchedMs < LOCK_STALE_MS) return false;
  // Of several who find it stale, the one whose rename succeeds clears it away; then all try again.
  const aside = `${lock}.${randomBytes(6).toString('hex')}`;
  await rename(lock, aside).then(
    () => rm(aside, { force: true }),
    () => undefined,
  );
  return false;
}
