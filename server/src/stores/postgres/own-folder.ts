// The folder in which a gateway keeps its spool, and who it is. Several gateways may run on one machine with one data folder:
// each has a folder of its own, and one that follows finds the folder of the one before, with what that one left there.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claim, type Ownership } from '../tables/owner.ts';
import { holdsRows, takeOver } from './spool.ts';

/** More gateways on one machine are refused: somebody starts them without end. */
const FOLDERS_LIMIT = 256;

/** A claimed folder. */
export interface OwnFolder {
  readonly folder: string;
  /** This gateway, also after a restart. */
  readonly gateway: string;
  release(): void;
}

/**
 * Claims the first folder of a database that no living gateway has, and takes over what waits in those of dead ones.
 * Undefined when there is none. Throws what the file system throws.
 */
export async function claimFolder(dataFolder: string, mark: string): Promise<OwnFolder | undefined> {
  const parent = join(dataFolder, 'postgres');
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  let own: { readonly folder: string; readonly ownership: Ownership } | undefined;
  for (let number = 1; number <= FOLDERS_LIMIT; number++) {
    const folder = join(parent, `${mark}-${number}`);
    if (own !== undefined && !existsSync(folder)) break;
    if (own !== undefined && !holdsRows(folder)) continue;
    const ownership = await claim(folder, 'postgres');
    if (!('release' in ownership)) continue;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (own === undefined) {
      own = { folder, ownership };
      continue;
    }
    takeOver(folder, own.folder);
    ownership.release();
  }
  if (own === undefined) return undefined;
  const { folder, ownership } = own;
  return { folder, gateway: gatewayOf(folder), release: () => ownership.release() };
}

/** The first folder of a database in which rows wait for it; undefined when none do. */
export function folderWithRows(dataFolder: string, mark: string): string | undefined {
  for (let number = 1; number <= FOLDERS_LIMIT; number++) {
    const folder = join(dataFolder, 'postgres', `${mark}-${number}`);
    if (!existsSync(folder)) return undefined;
    if (holdsRows(folder)) return folder;
  }
  return undefined;
}

function gatewayOf(folder: string): string {
  const path = join(folder, 'gateway');
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f]{16}$/.test(text)) return text;
  } catch {
    // It is the first time.
  }
  const gateway = randomBytes(8).toString('hex');
  rmSync(path, { force: true });
  writeFileSync(path, `${gateway}\n`, { mode: 0o600, flag: 'wx' });
  return gateway;
}
