// Files of tools on the disk: symbolic links are followed and stay, what is written is whole or not at all, and folders
// that had to be made are known, so that they can go again.

import { lstat, readlink, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type ConfigText, etagOf, readConfigText, replaceConfigText } from '../config/edit/config-text.ts';
import { nodeDisk } from '../config/edit/disk.ts';
import { codeOf } from '../config/system-code.ts';

/** Most symbolic links that are followed. */
const MOST_LINKS = 40;
/** Files that hold a token are their owner's alone. */
const PRIVATE = 0o600;

/** A file as it stands. */
export interface FileNow extends ConfigText {
  /** Where it really is. */
  readonly target: string;
  /** Permission bits; those of a new file where there is none. */
  readonly mode: number;
}

/** Why a file cannot be read or written. */
export class FileTrouble extends Error {}

/** What went wrong with a file, for people. What is no such failure is thrown again. */
export function troubleIn(error: unknown): string {
  if (error instanceof FileTrouble) return error.message;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return `A file cannot be read or written: ${error.message}.`;
  throw error;
}

/** Reads a file. Rejects with `FileTrouble`. */
export async function lookAt(path: string): Promise<FileNow> {
  const target = await targetOf(path);
  // To read a pipe or a device may never end.
  const found = await stat(target).catch(() => undefined);
  if (found !== undefined && !found.isFile() && !found.isDirectory())
    throw new FileTrouble(`${path} is no ordinary file.`);
  const read = await readConfigText(target);
  if (typeof read === 'string') throw new FileTrouble(read);
  const mode = read.exists ? (await stat(target)).mode & 0o7777 : PRIVATE;
  return { ...read, target, mode };
}

/** Where a path leads, also where nothing is there yet. */
async function targetOf(path: string): Promise<string> {
  let now = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const found = await lstat(now).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
      throw new FileTrouble(`${path} cannot be read: the system says ${codeOf(error)}.`);
    });
    if (found?.isSymbolicLink() !== true) return now;
    now = resolve(dirname(now), await readlink(now));
  }
  throw new FileTrouble(`${path} is a symbolic link that leads round in a circle.`);
}

/** The text with its byte order mark. */
export function wholeOf({ text, bom }: Pick<ConfigText, 'text' | 'bom'>): string {
  return bom ? `\uFEFF${text}` : text;
}

/** Names a text in the way that `ConfigText.etag` does. */
export function etagFor(now: Pick<ConfigText, 'bom'>, text: string): string {
  return etagOf(wholeOf({ text, bom: now.bom }));
}

/** Replaces a file that still is as it was seen, and gives it a mode. Rejects with `FileTrouble`. */
export async function writeOver(now: FileNow, text: string, mode: number): Promise<void> {
  const { target } = now;
  // Before the text, so that a secret in it is never readable by others.
  const narrower = now.mode & mode;
  if (now.exists && narrower !== now.mode) await nodeDisk.setMode(target, narrower);
  const written = await replaceConfigText(target, now, text);
  if (!written.ok) {
    if (now.exists && narrower !== now.mode) await nodeDisk.setMode(target, now.mode);
    throw new FileTrouble(
      written.why === 'changed' ? `${target} was changed by somebody else at this moment.` : written.why,
    );
  }
  if ((now.exists ? narrower : PRIVATE) !== mode) await nodeDisk.setMode(target, mode);
}

/** The folders that have to be made for a file, the outermost first. */
export async function missingFolders(target: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    const there = await stat(folder).then(
      () => true,
      () => false,
    );
    if (there || folder === dirname(folder)) return missing.reverse();
    missing.push(folder);
  }
}

/** Removes a file, and those of the folders that are empty then. */
export async function removeFile(target: string, folders: readonly string[]): Promise<void> {
  await rm(target, { force: true });
  for (const folder of folders.toReversed()) {
    try {
      await rmdir(folder);
    } catch {
      // Somebody else has put something into it.
      return;
    }
  }
}

/** Keeps a text in a file that is not there yet; of the names, the first that is free or holds the same text. */
export async function keepText(names: readonly string[], whole: string): Promise<string> {
  for (const path of names) {
    const there = await readConfigText(path);
    if (typeof there !== 'string' && there.exists && wholeOf(there) === whole) return path;
    if (typeof there === 'string' || there.exists) continue;
    try {
      await nodeDisk.writeNew(path, whole, PRIVATE);
      await nodeDisk.syncFolder(path);
      return path;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST')
        throw new FileTrouble(`${path} cannot be written: the system says ${codeOf(error)}.`);
    }
  }
  throw new FileTrouble(`There is no free name for a copy of the file beside ${names[0] ?? ''}.`);
}
