// The configuration file as bytes: read with its version, and replaced as a whole or not at all.

import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MAX_DEPTH, offsetBeyondDepth } from '../document.ts';
import { codeOf } from '../system-code.ts';
import { type Disk, nodeDisk } from './disk.ts';

/** What stands in the file. */
export interface ConfigText {
  readonly exists: boolean;
  /** Without byte order mark. */
  readonly text: string;
  /** Names this version: two texts have the same one only if they are the same. */
  readonly etag: string;
  /** It begins with a byte order mark. */
  readonly bom: boolean;
}

/** What became of a write. `changed`: the file is not the one any more that was to be replaced. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly why: 'changed' | string };

/** Largest file, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** The version of a file that is not there. */
export const NO_FILE_ETAG = '"none"';
const BOM = '\uFEFF';

/** The version of a text. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}

/** Reads the file; a text is why it cannot be read. */
export async function readConfigText(path: string): Promise<ConfigText | string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return { exists: false, text: '', etag: NO_FILE_ETAG, bom: false };
    return `${path} cannot be read: the system says ${code}.`;
  }
  if (bytes.length > MAX_BYTES) return `${path} is larger than 4 MiB.`;
  try {
    const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (offsetBeyondDepth(whole) !== undefined) return `${path} is nested deeper than ${MAX_DEPTH} levels.`;
    const bom = whole.startsWith(BOM);
    return { exists: true, text: bom ? whole.slice(1) : whole, etag: etagOf(whole), bom };
  } catch {
    return `${path} is not UTF-8 text.`;
  }
}

/** The text with the byte order mark and the line breaks of the one that it replaces. */
export function inStyleOf(before: ConfigText, text: string): string {
  const unix = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const breaks = before.text.match(/\r?\n/g) ?? [];
  const windows = breaks.filter((one) => one === '\r\n').length * 2 > breaks.length;
  return windows ? unix.replaceAll('\n', '\r\n') : unix;
}

/**
 * Replaces the file if it still is `before`: written beside it, synced, renamed over it. Mode and owner stay, links are
 * followed, and a crash at any moment leaves the old file or the new one.
 */
export async function replaceConfigText(
  path: string,
  before: ConfigText,
  text: string,
  disk: Disk = nodeDisk,
): Promise<Written> {
  const whole = before.bom ? BOM + text : text;
  let temporary: string | undefined;
  try {
    const target = before.exists ? await disk.resolve(path) : path;
    const facts = before.exists ? await disk.modeOf(target) : undefined;
    if (facts === undefined) await disk.makeFolder(dirname(target));
    temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    await disk.writeNew(temporary, whole, 0o600);
    if (facts !== undefined) {
      await disk.setOwner(temporary, facts.uid, facts.gid).catch(() => undefined);
      await disk.setMode(temporary, facts.mode & 0o7777);
    }
    const now = await readConfigText(path);
    const still = typeof now !== 'string' && now.etag === before.etag;
    const placed =
      still && (before.exists ? await renamed(temporary, target, disk) : await made(temporary, target, disk));
    if (!placed) {
      await disk.remove(temporary);
      return { ok: false, why: 'changed' };
    }
    await disk.syncFolder(target);
    return { ok: true };
  } catch (error) {
    if (temporary !== undefined) await disk.remove(temporary).catch(() => undefined);
    return { ok: false, why: reasonOf(path, codeOf(error)) };
  }
}

async function renamed(temporary: string, target: string, disk: Disk): Promise<boolean> {
  await disk.rename(temporary, target);
  return true;
}

/** A new file; false when somebody else has made one meanwhile. */
async function made(temporary: string, target: string, disk: Disk): Promise<boolean> {
  try {
    // Unlike a rename, a link never replaces what is there.
    await disk.link(temporary, target);
    await disk.remove(temporary);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    return await renamed(temporary, target, disk);
  }
}

function reasonOf(path: string, code: string): string {
  if (code === 'EBUSY')
    return `${path} is mounted by itself and cannot be replaced: mount its folder instead.`;
  if (code === 'EROFS') return `${path} is on a file system that cannot be written.`;
  if (code === 'EACCES' || code === 'EPERM') return `This user may not write in the folder of ${path}.`;
  return `${path} cannot be written: the system says ${code}.`;
}
