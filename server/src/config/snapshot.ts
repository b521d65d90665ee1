// Reads configuration files so that a half-written one is not taken for a whole one, and fingerprints what was read.

import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FileContent } from './references.ts';

/** Largest file that is read, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A file must not have changed for this long before it is believed to be complete. */
const SETTLE_MS = 50;
/** How often reading is repeated while the file keeps changing. */
const MAX_ATTEMPTS = 40;

/** What one file held. `watched` is false for pipes and devices, which cannot be read again. */
export type FileReading = FileContent & { readonly watched: boolean };

/** Reads a UTF-8 text file that may be in the middle of being written. Never rejects: failures are words for people. */
export async function readSettled(path: string): Promise<FileReading> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const reading = await readOnce(path);
    if (reading !== 'unsettled') return reading;
    await pause(SETTLE_MS);
  }
  return { failure: 'it is being written to all the time', watched: true };
}

/** What was read from disk, so that a change can be told from noise. */
export interface Snapshot {
  /** Absolute paths of the files that can be read again. */
  readonly files: readonly string[];
  /** SHA-256 over paths and contents. */
  readonly fingerprint: string;
}

/** Fingerprints what was read. Pipes and devices are left out. */
export function snapshotOf(readings: readonly (readonly [path: string, reading: FileReading])[]): Snapshot {
  const files: string[] = [];
  const hash = createHash('sha256');
  for (const [path, reading] of readings) {
    if (!reading.watched) continue;
    const content = 'text' in reading ? `text ${reading.text}` : `failure ${reading.failure}`;
    hash.update(`${path.length} ${path} ${content.length} ${content}`);
    files.push(path);
  }
  return { files, fingerprint: hash.digest('hex') };
}

/** Reads files again: the same files with the same contents give the same fingerprint. */
export async function takeSnapshot(paths: readonly string[]): Promise<Snapshot> {
  const readings = await Promise.all(paths.map(async (path) => [path, await readSettled(path)] as const));
  return snapshotOf(readings);
}

async function readOnce(path: string): Promise<FileReading | 'unsettled'> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const before = await handle.stat({ bigint: true });
    if (before.isDirectory()) return { failure: 'it is a folder', watched: true };
    if (before.size > BigInt(MAX_BYTES)) return { failure: 'it is larger than 4 MiB', watched: true };
    const bytes = await handle.readFile();
    const watched = before.isFile();
    if (watched && !settled(before, await handle.stat({ bigint: true }), bytes.length)) return 'unsettled';
    return { ...decode(bytes), watched };
  } catch (error) {
    return { failure: failureText(error), watched: true };
  } finally {
    await handle?.close();
  }
}

/** True when nothing was written while reading nor just before. A clock that is behind the file system's counts as settled. */
function settled(before: BigIntStats, after: BigIntStats, length: number): boolean {
  const same =
    before.mtimeNs === after.mtimeNs && before.size === after.size && after.size === BigInt(length);
  const ageMs = Date.now() - Number(after.mtimeMs);
  return same && (ageMs >= SETTLE_MS || ageMs < -SETTLE_MS);
}

function decode(bytes: Uint8Array): FileContent {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) return { failure: 'it is UTF-16 text; save it as UTF-8' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { failure: 'it is not UTF-8 text' };
  }
}

function failureText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  return typeof code === 'string' ? `the system says ${code}` : 'the path is not valid';
}
