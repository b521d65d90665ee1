// The data folder and the files with secrets in it: room, leave to write, and who else may read.

import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { adminKeyPath } from '../vault/admin-key.ts';
import { vaultPlaces } from '../vault/places.ts';
import { type Finding, finderOf } from './finding.ts';

/** What was learnt of a folder. */
export interface FolderFacts {
  readonly folder: string;
  /** False: it is made at the first start. */
  readonly exists: boolean;
  /** Why it, or the folder that it will be made in, cannot be written: the system's code. */
  readonly writeFault: string | undefined;
  /** undefined: the system does not say. */
  readonly freeBytes: number | undefined;
}

/** A file that is meant for its owner alone. */
export interface PrivateFile {
  readonly path: string;
  /** Permission bits; undefined: there is no such file, or the system has none. */
  readonly mode: number | undefined;
}

const MIB = 1024 * 1024;
const LEAST_BYTES = 100 * MIB;
const LITTLE_BYTES = 1024 * MIB;

/** Looks at the folder. */
export async function folderFacts(folder: string): Promise<FolderFacts> {
  const near = await nearest(folder);
  const writeFault = await access(near, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
  );
  const freeBytes = await statfs(near).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
  return { folder, exists: near === folder, writeFault, freeBytes };
}

/** The folder itself, or the first one above it that is there. */
async function nearest(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  const above = dirname(folder);
  return found !== undefined || above === folder ? folder : await nearest(above);
}

/** About the folder. */
export function folderFindings({ folder, exists, writeFault, freeBytes }: FolderFacts): readonly Finding[] {
  const { ok, warning, problem } = finderOf('data-folder');
  const found: Finding[] = [];
  if (writeFault !== undefined)
    found.push(
      problem(
        `This user cannot write to ${folder} (${writeFault}), where the ledger and the stored keys are.`,
        'Give the folder to the user who runs the gateway, or set storage.url to another place.',
      ),
    );
  if (freeBytes !== undefined && freeBytes < LEAST_BYTES)
    found.push(
      problem(
        `Only ${mib(freeBytes)} are free for ${folder}.`,
        'Make room: a full disk stops the ledger, not the requests.',
      ),
    );
  else if (freeBytes !== undefined && freeBytes < LITTLE_BYTES)
    found.push(
      warning(`Only ${mib(freeBytes)} are free for ${folder}.`, 'Make room, or set storage.maxBytes.'),
    );
  if (found.length > 0) return found;
  const room = freeBytes === undefined ? '' : `, ${gib(freeBytes)} free`;
  return [ok(`${folder} ${exists ? 'can be written' : 'can be made'}${room}.`)];
}

const mib = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`;
const gib = (bytes: number): string => `${(bytes / MIB / 1024).toFixed(1)} GiB`;

/** Looks at the files that hold secrets: those of the vault, of each account, and of whoever administers. */
export async function privateFiles(folder: string): Promise<readonly PrivateFile[]> {
  const { secret, keys, accounts, accountsFolder } = vaultPlaces(folder);
  const ofAccounts = await readdir(accountsFolder).catch(() => []);
  const paths = [secret, keys, accounts, adminKeyPath(folder), join(folder, 'sessions.json')];
  return await Promise.all(
    [...paths, ...ofAccounts.map((name) => join(accountsFolder, name))].map(async (path) => {
      const found = process.platform === 'win32' ? undefined : await stat(path).catch(() => undefined);
      return { path, mode: found?.isFile() === true ? found.mode & 0o777 : undefined };
    }),
  );
}

/** About them. */
export function secretFindings(files: readonly PrivateFile[]): readonly Finding[] {
  const { ok, warning, skipped } = finderOf('secrets');
  const there = files.filter(({ mode }) => mode !== undefined);
  if (there.length === 0) return [skipped('There are no files with secrets yet.')];
  const open = there.filter(({ mode }) => ((mode ?? 0) & 0o077) !== 0);
  if (open.length === 0) return [ok('The files with secrets are readable by their owner alone.')];
  return open.map(({ path, mode }) =>
    warning(
      `Other users of this machine may read ${path} (mode ${(mode ?? 0).toString(8).padStart(4, '0')}).`,
      `Run: chmod 600 ${path}`,
    ),
  );
}
