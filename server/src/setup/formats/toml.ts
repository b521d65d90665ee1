// Files of TOML. A new table is put at the end; single values are changed where they stand. Whatever happens, lines that
// hold nothing of ours must come out as they went in, or the change is refused.

import { parse, patch } from '@decimalturn/toml-patch';
import { diffArrays } from 'diff';
import { jsonOf } from '../../config/document.ts';
import { isObject } from '../../core/model/json.ts';
import {
  type Changed,
  digestOf,
  type MemberChange,
  type ReadValues,
  type TextFormat,
  valueAt,
} from '../plan.ts';
import { ended, lineBreakIn, linesOf } from './lines.ts';

/** TOML. */
export const tomlFormat: TextFormat = { read, change };

function read(text: string): ReadValues {
  try {
    // Dates become texts: they are only ever compared.
    const values = jsonOf(JSON.parse(JSON.stringify(parse(text), plain)));
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) return { ok: true, values };
  } catch (error) {
    const [first = ''] = error instanceof Error ? error.message.split('\n') : [];
    return { ok: false, message: `It is not TOML: ${first.replace(/:$/, '')}.` };
  }
  return { ok: false, message: 'It is not TOML.' };
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function change(text: string | undefined, changes: readonly MemberChange[]): Changed {
  const before = text ?? '';
  const was = read(before);
  if (!was.ok) return was;
  const gone = removed(before, changes);
  let message = 'Its way of writing leaves no room for the change.';
  // By lines where that is enough; values that are written in another way are left to the library.
  for (const placed of [
    (from: string) => appended(placedByLines(from, changes), changes),
    (from: string) => appended(placedByLibrary(from, here(from, changes)), changes),
    // Tables within another one cannot be appended as blocks.
    (from: string) =>
      placedByLibrary(
        from,
        changes.filter(({ value }) => value !== undefined),
      ),
  ]) {
    try {
      const now = placed(gone);
      const fault = judge(before, now, changes);
      if (fault === undefined) return { ok: true, text: now };
      message = fault;
    } catch {
      // The library did not find a way.
    }
  }
  return { ok: false, message };
}

/** Changes that belong to the root, and to tables that are there. */
function here(text: string, changes: readonly MemberChange[]): readonly MemberChange[] {
  const was = read(text);
  if (!was.ok) return [];
  return changes.filter(
    ({ path, value }) =>
      value !== undefined && (path.length === 1 || valueAt(was.values, path.slice(0, -1)) !== undefined),
  );
}

/** Puts values on lines of their own, or in the place of another value on its line. */
function placedByLines(text: string, changes: readonly MemberChange[]): string {
  const lines = [...linesOf(text)];
  const eol = lineBreakIn(text);
  for (const { path, value } of here(text, changes)) {
    const at = lineOf(lines, path);
    const written = JSON.stringify(value);
    if (at !== undefined) {
      lines[at] = (lines[at] ?? '').replace(ONE_VALUE, (_, start: string) => start + written);
      continue;
    }
    const header = path.slice(0, -1).join('.');
    const place = header === '' ? endOfRoot(lines) : lines.findIndex((line) => headerIn(line) === header) + 1;
    const last = lines[place - 1];
    if (last !== undefined) lines[place - 1] = ended(last, eol);
    lines.splice(place, 0, `${path.at(-1)} = ${written}${eol}`);
  }
  return lines.join('');
}

/** A value of one line, with what stands before it. */
const ONE_VALUE = /^(\s*[\w-]+\s*=\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|true|false|[\w+.:-]+)/;

/** Behind the last line of the root that says something: where a new one can stand before all tables. */
function endOfRoot(lines: readonly string[]): number {
  const root = (end: number): string => lines.slice(0, end).join('');
  for (const [index, line] of lines.entries()) {
    // A line in the middle of a long text or list may look like a header: what is above it is then no whole file.
    if (!/^\s*\[/.test(line) || !read(root(index)).ok) continue;
    let end = index;
    while (end > 0 && /^\s*(?:#.*)?\r?\n?$/.test(lines[end - 1] ?? '')) end--;
    return end;
  }
  return lines.length;
}

/** The same by the library, which knows every way of writing; tables on the way are made. */
function placedByLibrary(text: string, changes: readonly MemberChange[]): string {
  const root: Record<string, unknown> = parse(text);
  for (const { path, value } of changes) {
    let table = root;
    for (const step of path.slice(0, -1)) {
      const next = table[step];
      const inner: Record<string, unknown> = isObject(next) ? next : {};
      table[step] = inner;
      table = inner;
    }
    const last = path.at(-1);
    if (last !== undefined) table[last] = value;
  }
  return patch(text, root);
}

/** Tables that are not there yet, each as a block of its own at the end. */
function appended(text: string, changes: readonly MemberChange[]): string {
  const was = read(text);
  if (!was.ok) return text;
  const blocks = new Map<string, string[]>();
  for (const { path, value } of changes) {
    const table = path.slice(0, -1);
    if (value === undefined || table.length === 0 || valueAt(was.values, table) !== undefined) continue;
    const name = table.join('.');
    const lines = blocks.get(name) ?? [`[${name}]`];
    lines.push(`${path.at(-1)} = ${JSON.stringify(value)}`);
    blocks.set(name, lines);
  }
  const eol = lineBreakIn(text);
  let now = text;
  for (const lines of blocks.values()) {
    const gap = now.trim() === '' ? '' : eol;
    now = `${ended(now)}${gap}${lines.join(eol)}${eol}`;
  }
  return now;
}

/** Takes members out by their lines, and the headers of tables that are empty then. */
function removed(text: string, changes: readonly MemberChange[]): string {
  const gone = changes.filter(({ value }) => value === undefined);
  if (gone.length === 0) return text;
  const lines = [...linesOf(text)];
  for (const { path } of gone) {
    const at = lineOf(lines, path);
    if (at !== undefined) lines.splice(at, 1);
  }
  for (const name of new Set(gone.map(({ path }) => path.slice(0, -1).join('.')))) {
    const at = name === '' ? -1 : lines.findIndex((line) => headerIn(line) === name);
    if (at < 0) continue;
    const next = lines.findIndex((line, index) => index > at && line.trim() !== '');
    if (next >= 0 && headerIn(lines[next] ?? '') === undefined) continue;
    const gap = (lines[at - 1] ?? '').trim() === '' && at > 0 ? 1 : 0;
    lines.splice(at - gap, 1 + gap);
  }
  return lines.join('');
}

function headerIn(line: string): string | undefined {
  return /^\s*\[([^[\]]+)\]\s*(?:#.*)?\r?\n?$/.exec(line)?.[1]?.replace(/\s/g, '');
}

/** The line on which a value of one line stands. */
function lineOf(lines: readonly string[], path: readonly string[]): number | undefined {
  const table = path.slice(0, -1).join('.');
  let current = '';
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[/.test(line) ? (headerIn(line) ?? 'another') : undefined;
    if (header !== undefined) current = header;
    else if (current === table && /^\s*([A-Za-z0-9_-]+)\s*=/.exec(line)?.[1] === path.at(-1)) return index;
  }
  return undefined;
}

/** Why the new text is not what was wanted, or undefined. */
function judge(before: string, after: string, changes: readonly MemberChange[]): string | undefined {
  const was = read(before);
  const now = read(after);
  if (!was.ok || !now.ok) return 'The change would make the file unreadable.';
  const missed = changes.find(({ path, value }) => digestOf(valueAt(now.values, path)) !== digestOf(value));
  if (missed !== undefined) return `"${missed.path.join('.')}" cannot be changed as it is written there.`;
  const names = new Set(changes.flatMap(({ path }) => path));
  const tables = changes.map(({ path }) => path.slice(0, -1).join('.'));
  for (const part of diffArrays(stripped(before), stripped(after))) {
    if (!part.removed) continue;
    for (const line of part.value) {
      const header = headerIn(line);
      const ours =
        header === undefined ? names.has(/[\w-]+(?=\s*=)/.exec(line)?.[0] ?? '') : tables.includes(header);
      if (!ours && line.trim() !== '') return 'The change would touch lines of others.';
    }
  }
  return undefined;
}

/** Lines whose last one is ended, for comparison: a text may end without a line break. */
function stripped(text: string): string[] {
  return [...linesOf(ended(text))];
}
