// Writes what was prepared: a copy of the original first, then the record, then the files; if one of them cannot be
// written, those before it are put back.

import { rm } from 'node:fs/promises';
import { etagOf } from '../config/edit/config-text.ts';
import { etagFor, keepText, missingFolders, wholeOf, writeOver } from './on-disk.ts';
import type { PreparedFile } from './prepare.ts';
import type { FileRecord, KeptText, RecordStore, ToolRecord } from './record.ts';
import { isEmpty, lineMarks } from './take-out.ts';
import { undoTool } from './undo.ts';

/** What is applied. */
export interface Applying {
  readonly tool: string;
  readonly url: string;
  readonly client: string | undefined;
  readonly files: readonly PreparedFile[];
  readonly records: RecordStore;
  readonly nowMs: number;
}

/** Writes the files. Rejects with `FileTrouble`; then nothing has changed. */
export async function applyPlan({ tool, url, client, files, records, nowMs }: Applying): Promise<void> {
  const known = (await records.read())[tool];
  const at = new Date(nowMs).toISOString();
  const mine: FileRecord[] = [];
  for (const file of files) mine.push(await recordFor(file, at));
  const paths = new Set(mine.map(({ path }) => path));
  // Files of an earlier set-up that are not part of this one stay undoable.
  const others = (known?.files ?? []).filter(({ path }) => !paths.has(path));
  const made = client ?? known?.client;
  const record: ToolRecord = {
    at,
    url,
    ...(made === undefined ? {} : { client: made }),
    files: [...mine, ...others],
  };
  await records.put(tool, record);
  let written = 0;
  try {
    for (const file of files) {
      const { before, after } = file;
      if (!before.exists || after !== before.text || modeFor(file) !== before.mode)
        await writeOver(before, after, modeFor(file));
      written++;
    }
  } catch (error) {
    await takeBack({ tool, records, known, record, files, mine, written });
    throw error;
  }
  await forgetOldBases(files, mine);
}

/** Half a set-up is none: a first one goes again, of a later one the record tells which files it has reached. */
async function takeBack(half: {
  readonly tool: string;
  readonly records: RecordStore;
  readonly known: ToolRecord | undefined;
  readonly record: ToolRecord;
  readonly files: readonly PreparedFile[];
  readonly mine: readonly FileRecord[];
  /** How many of the files were written. */
  readonly written: number;
}): Promise<void> {
  const { tool, records, known, record, files, mine, written } = half;
  const done = mine.slice(0, written);
  for (const [index, { original }] of mine.entries())
    if (index >= written && files[index]?.record === undefined && original !== null)
      await rm(original.backup, { force: true });
  const paths = new Set(done.map(({ path }) => path));
  const before = (known?.files ?? []).filter(({ path }) => !paths.has(path));
  await records.put(tool, { ...record, files: [...done, ...before] });
  if (known === undefined) await undoTool({ tool, records, force: false });
}

/** A file that holds a token is nobody else's; the bits of its owner stay. */
function modeFor({ before }: PreparedFile): number {
  return before.mode & 0o700;
}

async function recordFor(file: PreparedFile, at: string): Promise<FileRecord> {
  const { edit, before, after, base, members, record } = file;
  const { path, format } = edit;
  const original = record === undefined ? await originalOf(file, at) : record.original;
  const firstEtag = original?.etag;
  const baseEtag = base === undefined ? undefined : etagFor(before, base);
  const sameBase = baseEtag === firstEtag || (original === null && isEmpty(base ?? ''));
  return {
    path,
    format,
    original,
    ...(base === undefined || sameBase ? {} : { base: await keepBase(file, base, at) }),
    madeFolders: record?.madeFolders ?? (await missingFolders(before.target)),
    ...(record === undefined ? {} : { replaced: before.etag }),
    written: { etag: etagFor(before, after), lines: lineMarks(after), mode: modeFor(file) },
    members,
  };
}

async function originalOf({ edit, before }: PreparedFile, at: string): Promise<FileRecord['original']> {
  if (!before.exists) return null;
  const backup = await keepText([`${edit.path}.sluice.bak`, stamped(edit.path, at)], wholeOf(before));
  return { backup, etag: before.etag, mode: before.mode };
}

async function keepBase({ edit, before, record }: PreparedFile, base: string, at: string): Promise<KeptText> {
  const whole = wholeOf({ text: base, bom: before.bom });
  const etag = etagOf(whole);
  if (record?.base?.etag === etag) return record.base;
  return { backup: await keepText([stamped(edit.path, at)], whole), etag };
}

/** A name with the moment in it: 20260131T180000123. */
function stamped(path: string, at: string): string {
  return `${path}.sluice.${at.replace(/[^0-9T]/g, '')}.bak`;
}

async function forgetOldBases(files: readonly PreparedFile[], mine: readonly FileRecord[]): Promise<void> {
  for (const [index, { record }] of files.entries()) {
    const old = record?.base?.backup;
    if (old !== undefined && old !== mine[index]?.base?.backup) await rm(old, { force: true });
  }
}
