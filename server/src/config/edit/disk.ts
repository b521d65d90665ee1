// What writing a configuration asks of the disk, one operation each, so that tests can let any of them fail.

import { chmod, chown, link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The operations. All reject with the error of the system. */
export interface Disk {
  /** Where a path leads when symbolic links are followed. */
  resolve(path: string): Promise<string>;
  modeOf(path: string): Promise<{ readonly mode: number; readonly uid: number; readonly gid: number }>;
  makeFolder(path: string): Promise<void>;
  /** Writes a file that must not be there yet, down to the disk. */
  writeNew(path: string, text: string, mode: number): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setOwner(path: string, uid: number, gid: number): Promise<void>;
  /** Replaces in one step. */
  rename(from: string, to: string): Promise<void>;
  /** A second name, which must not be there yet. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the names in the folder of a path last. */
  syncFolder(path: string): Promise<void>;
}

/** The disk itself. */
export const nodeDisk: Disk = {
  resolve: (path) => realpath(path),
  modeOf: (path) => stat(path),
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  writeNew: async (path, text, mode) => {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  setMode: (path, mode) => chmod(path, mode),
  setOwner: (path, uid, gid) => chown(path, uid, gid),
  rename: (from, to) => rename(from, to),
  link: (from, to) => link(from, to),
  remove: (path) => rm(path, { force: true }),
  syncFolder: async (path) => {
    const folder = await open(dirname(path), 'r').catch(() => undefined);
    // Windows and some network file systems have no such thing.
    await folder?.sync().catch(() => undefined);
    await folder?.close();
  },
};
