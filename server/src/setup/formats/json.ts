// Files of JSON, with comments or without. What is put in is JSON proper; what stands there stays as it is.

import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { type JsonValue, jsonOf, offsetBeyondDepth } from '../../config/document.ts';
import { changeText, type Edit } from '../../config/edit/change-text.ts';
import { isObject } from '../../core/model/json.ts';
import { type Changed, type MemberChange, type ReadValues, type TextFormat, valueAt } from '../plan.ts';

/** JSON and JSONC. */
export const jsonFormat: TextFormat = { read, change };

function read(text: string): ReadValues {
  if (text.trim() === '') return { ok: true, values: {} };
  if (offsetBeyondDepth(text) !== undefined) return { ok: false, message: 'It is nested too deep.' };
  const errors: ParseError[] = [];
  const parsed: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length;
    return { ok: false, message: `Line ${line} is not JSON: ${printParseErrorCode(first.error)}.` };
  }
  const values = jsonOf(parsed);
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    return { ok: false, message: 'It does not hold an object.' };
  return { ok: true, values };
}

function change(text: string | undefined, changes: readonly MemberChange[]): Changed {
  const blank = text === undefined || text.trim() === '';
  if (blank) {
    const values = nested(changes);
    return { ok: true, text: `${JSON.stringify(values, undefined, 2)}\n` };
  }
  const now = read(text);
  if (!now.ok) return now;
  const obstacle = changes.find((one) => one.value !== undefined && isBlocked(now.values, one.path));
  if (obstacle !== undefined)
    return { ok: false, message: `A part of "${obstacle.path.join('.')}" is there and is no object.` };
  return changeText(text, editsFor(now.values, changes), 'json');
}

/** True where something that is no object stands on the way to a place. */
function isBlocked(values: { readonly [name: string]: JsonValue }, path: readonly string[]): boolean {
  return path.slice(0, -1).some((_, index) => {
    const found = valueAt(values, path.slice(0, index + 1));
    return found !== undefined && !isObject(found);
  });
}

/** One edit for each member that is there; those of an object that has to be made are put in with it. */
function editsFor(
  values: { readonly [name: string]: JsonValue },
  changes: readonly MemberChange[],
): readonly Edit[] {
  const edits: Edit[] = [];
  const made = new Map<string, { readonly path: readonly string[]; readonly members: MemberChange[] }>();
  for (const one of changes) {
    const depth = one.path.findIndex(
      (_, index) => valueAt(values, one.path.slice(0, index + 1)) === undefined,
    );
    if (one.value === undefined || depth < 0 || depth === one.path.length - 1) {
      edits.push({ path: one.path, value: one.value });
      continue;
    }
    const path = one.path.slice(0, depth + 1);
    const name = JSON.stringify(path);
    const group = made.get(name) ?? { path, members: [] };
    group.members.push({ path: one.path.slice(depth + 1), value: one.value });
    made.set(name, group);
  }
  for (const { path, members } of made.values()) edits.push({ path, value: nested(members) });
  return edits;
}

function nested(changes: readonly MemberChange[]): { [name: string]: JsonValue } {
  const root: { [name: string]: JsonValue } = {};
  for (const { path, value } of changes) {
    if (value === undefined) continue;
    let at = root;
    for (const step of path.slice(0, -1)) {
      const next = at[step];
      const object = typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {};
      at[step] = object;
      at = object;
    }
    const last = path.at(-1);
    if (last !== undefined) at[last] = value;
  }
  return root;
}
