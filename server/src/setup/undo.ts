// Takes a set-up back: byte for byte where nobody has touched the files since, else our edits alone, and says which.

import { rm } from 'node:fs/promises';
import { keptText } from './kept-text.ts';
import { type FileNow, FileTrouble, lookAt, removeFile, troubleIn, writeOver } from './on-disk.ts';
import { type FileRecord, isOurs, type RecordStore } from './record.ts';
import { isEmpty, takeOut } from './take-out.ts';

/** What became of a file. */
export interface UndoneFile {
  readonly path: string;
  /**
   * restored: as it was, byte for byte. removed: it had not been there. edited: our edits are out, what others changed
   * since has stayed. left: nothing was done. failed: it could not be done.
   */
  readonly what: 'restored' | 'removed' | 'edited' | 'left' | 'failed';
  /** More to say about it. */
  readonly note?: string;
}

/** What is undone. */
export interface Undoing {
  readonly tool: string;
  readonly records: RecordStore;
  /** Put the first original back, whatever was changed since. */
  readonly force: boolean;
}

/** Undoes a tool; undefined: it is not set up. What failed stays recorded, so that it can be tried again. */
export async function undoTool({
  tool,
  records,
  force,
}: Undoing): Promise<readonly UndoneFile[] | undefined> {
  const known = (await records.read())[tool];
  if (known === undefined) return undefined;
  const undone: UndoneFile[] = [];
  const failed: FileRecord[] = [];
  for (const record of known.files) {
    try {
      undone.push(await undoFile(record, force));
    } catch (error) {
      failed.push(record);
      undone.push({ path: record.path, what: 'failed', note: troubleIn(error) });
    }
  }
  await records.put(tool, failed.length === 0 ? undefined : { ...known, files: failed });
  return undone;
}

async function undoFile(record: FileRecord, force: boolean): Promise<UndoneFile> {
  const now = await lookAt(record.path);
  if (force) return forced(record, now);
  const goal = record.base ?? record.original;
  if (!now.exists) {
    await forgetCopies(record, record.original === null);
    if (goal === null) return { path: record.path, what: 'removed' };
    return left(record, 'It has been removed since, and stays so.');
  }
  if (goal !== null && now.etag === goal.etag) {
    await restoreMode(record, now);
    return finished(record, 'restored');
  }
  const text = await keptText(record);
  if (isOurs(record, now.etag) && (goal === null || text !== undefined)) {
    if (goal === null || text === undefined) return removedFile(record, now);
    await writeOver(now, text.text, modeAfter(record, now));
    return finished(record, 'restored');
  }
  if (record.format === 'own')
    return left(record, 'It has been changed since. Remove it by hand, or use --force.');
  const out = takeOut({
    format: record.format,
    members: record.members,
    original: text?.text,
    written: record.written.lines,
    now: now.text,
  });
  if (!out.ok) throw new FileTrouble(`${record.path}: ${out.message} Edit it by hand, or use --force.`);
  if (record.original === null && isEmpty(out.text)) return removedFile(record, now);
  await writeOver(now, out.text, modeAfter(record, now));
  return edited(record, out.kept, goal !== null && text === undefined);
}

async function edited(
  record: FileRecord,
  kept: readonly string[],
  withoutCopy: boolean,
): Promise<UndoneFile> {
  await forgetCopies(record, record.original === null);
  const notes = ['It has been changed since; only what Sluice had put in was taken out.'];
  if (kept.length > 0) notes.push(`Others have changed ${kept.join(', ')}, which stays.`);
  if (withoutCopy) notes.push('The copy of the original is gone, so nothing could be put back in its place.');
  else if (record.original !== null) notes.push(`The first original is in ${record.original.backup}.`);
  return { path: record.path, what: 'edited', note: notes.join(' ') };
}

async function forced(record: FileRecord, now: FileNow): Promise<UndoneFile> {
  const { original } = record;
  if (original === null) return removedFile({ ...record, base: undefined }, now);
  const text = await keptText({ original, base: undefined });
  if (text === undefined)
    throw new FileTrouble(`${original.backup} is gone or changed, so the original cannot be put back.`);
  // The byte order mark is the original's, not that of the file as it is now.
  if (now.bom === text.bom) await writeOver(now, text.text, original.mode);
  else await writeOver({ ...now, bom: text.bom }, text.text, original.mode);
  await forgetCopies(record, true);
  return { path: record.path, what: 'restored' };
}

async function removedFile(record: FileRecord, now: FileNow): Promise<UndoneFile> {
  await removeFile(now.target, record.madeFolders);
  return finished(record, 'removed');
}

/** Whoever has changed the mode since keeps it. */
function modeAfter({ original, written }: FileRecord, now: FileNow): number {
  return original !== null && now.mode === written.mode ? original.mode : now.mode;
}

async function restoreMode(record: FileRecord, now: FileNow): Promise<void> {
  if (modeAfter(record, now) !== now.mode) await writeOver(now, now.text, modeAfter(record, now));
}

async function left(record: FileRecord, note: string): Promise<UndoneFile> {
  return { path: record.path, what: 'left', note };
}

async function finished(record: FileRecord, what: 'restored' | 'removed'): Promise<UndoneFile> {
  const isFirst = record.base === undefined;
  await forgetCopies(record, isFirst);
  const note =
    isFirst || record.original === null
      ? {}
      : {
          note: `It holds what others changed between the set-ups; the first original is in ${record.original.backup}.`,
        };
  return { path: record.path, what, ...note };
}

/** Removes the copies that nobody needs any more; the first original only where it has been put back. */
async function forgetCopies({ base, original }: FileRecord, first: boolean): Promise<void> {
  if (base !== undefined) await rm(base.backup, { force: true });
  if (first && original !== null) await rm(original.backup, { force: true });
}
