// Works out what the edits of a plan make of the files as they stand, without writing anything.

import { FORMATS } from './formats/index.ts';
import { keptText } from './kept-text.ts';
import { type FileNow, FileTrouble, lookAt } from './on-disk.ts';
import { digestOf, type FileEdit, type MemberChange, valueAt } from './plan.ts';
import { type FileRecord, isOurs } from './record.ts';
import { type OwnMember, takeOut } from './take-out.ts';

/** One file, before and after. */
export interface PreparedFile {
  readonly edit: FileEdit;
  readonly before: FileNow;
  readonly after: string;
  /** The text without anything of ours; undefined: there would be no file. */
  readonly base: string | undefined;
  readonly members: readonly OwnMember[];
  /** What was recorded of it by an earlier set-up. */
  readonly record: FileRecord | undefined;
}

/** Works it out for one file. Rejects with `FileTrouble`. */
export async function prepareFile(edit: FileEdit, record: FileRecord | undefined): Promise<PreparedFile> {
  const before = await lookAt(edit.path);
  const base = await baseOf(before, record);
  if (edit.format === 'own') return { edit, before, after: edit.text, base, members: [], record };

  const format = FORMATS[edit.format];
  const read = format.read(before.text);
  if (!read.ok) throw new FileTrouble(`${edit.path}: ${read.message} Correct it first.`);
  const changes: MemberChange[] = edit.members.filter(
    ({ path, value }) => digestOf(valueAt(read.values, path)) !== digestOf(value),
  );
  const wanted = new Set(edit.members.map(({ path }) => JSON.stringify(path)));
  const baseValues = base === undefined ? undefined : format.read(base);
  for (const { path, digest } of record?.members ?? []) {
    if (wanted.has(JSON.stringify(path)) || digestOf(valueAt(read.values, path)) !== digest) continue;
    changes.push({ path, value: baseValues?.ok === true ? valueAt(baseValues.values, path) : undefined });
  }
  const members = edit.members.map(({ path, value }) => ({ path, digest: digestOf(value) }));
  if (changes.length === 0) return { edit, before, after: before.text, base, members, record };
  const changed = format.change(before.exists ? before.text : undefined, changes);
  if (!changed.ok) throw new FileTrouble(`${edit.path}: ${changed.message} Edit it by hand.`);
  const after = format.read(changed.text);
  const missed = edit.members.find(
    ({ path, value }) => !after.ok || digestOf(valueAt(after.values, path)) !== digestOf(value),
  );
  if (missed !== undefined)
    throw new FileTrouble(`${edit.path}: "${missed.path.join('.')}" stands there twice. Edit it by hand.`);
  return { edit, before, after: changed.text, base, members, record };
}

/** What the file would say if we had never been there. */
async function baseOf(before: FileNow, record: FileRecord | undefined): Promise<string | undefined> {
  const now = before.exists ? before.text : undefined;
  if (record === undefined) return now;
  const original = await keptText(record);
  if (isOurs(record, before.etag) || record.format === 'own') return original?.text;
  if (now === undefined) return undefined;
  const out = takeOut({
    format: record.format,
    members: record.members,
    original: original?.text,
    written: record.written.lines,
    now,
  });
  return out.ok ? out.text : now;
}
