// Takes our edits out of a file that somebody has changed since: by lines where ours still stand as they were written, so
// that every other byte stays; else member by member, and what was changed by somebody else stays theirs.

import { createHash } from 'node:crypto';
import { diffArrays } from 'diff';
import { FORMATS } from './formats/index.ts';
import { lineBreakIn, linesOf } from './formats/lines.ts';
import { digestOf, type FileFormat, type MemberChange, valueAt } from './plan.ts';

/** A member that we set, and what we set it to. */
export interface OwnMember {
  readonly path: readonly string[];
  readonly digest: string;
}

/** What is taken out of what. */
export interface TakingOut {
  readonly format: Exclude<FileFormat, 'own'>;
  readonly members: readonly OwnMember[];
  /** The text before our edits; undefined: there was no file. */
  readonly original: string | undefined;
  /** Marks of the lines as we wrote them. */
  readonly written: readonly string[];
  /** The text as it is now. */
  readonly now: string;
}

/** The text without our edits. */
export type TakenOut =
  | {
      readonly ok: true;
      readonly text: string;
      /** Places that hold somebody else's value by now, and keep it. */
      readonly kept: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

const MARK_CHARACTERS = 11;

/** Marks of the lines of a text: enough to see which of them are the same, and nothing of what they say. */
export function lineMarks(text: string): readonly string[] {
  return linesOf(text).map((line) =>
    createHash('sha256').update(line).digest('base64url').slice(0, MARK_CHARACTERS),
  );
}

/** True for a text that says nothing: what is left of a file that was made for us alone. */
export function isEmpty(text: string): boolean {
  return /^\s*(?:\{\s*\}\s*)?$/.test(text);
}

/** Takes them out. */
export function takeOut(taking: TakingOut): TakenOut {
  const format = FORMATS[taking.format];
  const now = format.read(taking.now);
  if (!now.ok) return now;
  const original = format.read(taking.original ?? '');
  if (!original.ok) return original;

  const byLines = outByLines(taking);
  if (byLines !== undefined) {
    const left = format.read(byLines);
    const clean =
      left.ok &&
      taking.members.every(
        ({ path }) => digestOf(valueAt(left.values, path)) === digestOf(valueAt(original.values, path)),
      );
    if (clean) return { ok: true, text: byLines, kept: [] };
  }

  const kept: string[] = [];
  const changes: MemberChange[] = [];
  for (const { path, digest } of taking.members) {
    const value = valueAt(now.values, path);
    if (value === undefined) continue;
    if (digestOf(value) === digest) changes.push({ path, value: valueAt(original.values, path) });
    else kept.push(path.join('.'));
  }
  const changed = format.change(taking.now, changes);
  if (!changed.ok) return changed;
  const emptied = withoutEmptied(taking, changed.text, changes, original.values);
  return emptied.ok ? { ...emptied, kept } : emptied;
}

/** Takes out the objects that were made for our members, where nothing is in them any more. */
function withoutEmptied(
  { format }: TakingOut,
  text: string,
  changes: readonly MemberChange[],
  original: Parameters<typeof valueAt>[0],
): ReturnType<(typeof FORMATS)['json']['change']> {
  if (format !== 'json') return { ok: true, text };
  const parents = new Map<string, readonly string[]>();
  for (const { path } of changes)
    for (let depth = 1; depth < path.length; depth++) {
      const parent = path.slice(0, depth);
      if (valueAt(original, parent) === undefined) parents.set(JSON.stringify(parent), parent);
    }
  let now = text;
  for (const path of [...parents.values()].toSorted((left, right) => right.length - left.length)) {
    const read = FORMATS.json.read(now);
    if (!read.ok) return read;
    const value = valueAt(read.values, path);
    if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) continue;
    const changed = FORMATS.json.change(now, [{ path, value: undefined }]);
    if (!changed.ok) return changed;
    now = changed.text;
  }
  return { ok: true, text: now };
}

/** A run of lines of the text that we wrote, and the lines that stood in its place. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly before: readonly string[];
}

/** By lines; undefined where ours are not all as they were written. */
function outByLines({ original = '', written, now }: TakingOut): string | undefined {
  const hunks = hunksBetween(original, written);
  const lines = [...linesOf(now)];
  const place = placesIn(written, lineMarks(now));
  const cuts: { at: number; count: number; before: readonly string[] }[] = [];
  for (const { from, to, before } of hunks) {
    // A hunk counts with its neighbours where it has no lines of its own.
    const first = place(from);
    if (first === undefined) return undefined;
    for (let index = from; index < to; index++) if (place(index) !== first + index - from) return undefined;
    if (from === to && from > 0 && place(from - 1) !== first - 1) return undefined;
    cuts.push({ at: first, count: to - from, before });
  }
  for (const { at, count, before } of cuts.reverse()) lines.splice(at, count, ...before);
  // A last line that had no end gets one where something was put behind it.
  const end = lineBreakIn(now);
  return lines
    .map((line, index) => (index < lines.length - 1 && !line.endsWith('\n') ? line + end : line))
    .join('');
}

function hunksBetween(original: string, written: readonly string[]): readonly Hunk[] {
  const before = linesOf(original);
  const hunks: Hunk[] = [];
  let inBefore = 0;
  let inWritten = 0;
  let open: { from: number; lines: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) hunks.push({ from: open.from, to: inWritten, before: open.lines });
    open = undefined;
  };
  for (const part of diffArrays([...lineMarks(original)], [...written])) {
    const count = part.value.length;
    if (!part.added && !part.removed) {
      close();
      inBefore += count;
      inWritten += count;
      continue;
    }
    open ??= { from: inWritten, lines: [] };
    if (part.removed) {
      open.lines.push(...before.slice(inBefore, inBefore + count));
      inBefore += count;
    } else inWritten += count;
  }
  close();
  return hunks;
}

/** Where a line of the written text stands now; the one behind the last stands behind the last. */
function placesIn(written: readonly string[], now: readonly string[]): (line: number) => number | undefined {
  const places = new Map<number, number>([[written.length, now.length]]);
  let inWritten = 0;
  let inNow = 0;
  for (const part of diffArrays([...written], [...now])) {
    const count = part.value.length;
    if (part.added) inNow += count;
    else if (part.removed) inWritten += count;
    else
      for (let index = 0; index < count; index++) {
        places.set(inWritten, inNow);
        inWritten++;
        inNow++;
      }
  }
  return (line) => places.get(line);
}
