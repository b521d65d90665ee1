// What a tool's set-up comes to, as data: which members of which files get which values. Nothing here touches a disk, so
// that what will be done can be shown, tested and taken back.

import { createHash } from 'node:crypto';
import type { JsonValue } from '../config/document.ts';

/** How a file is written. `own`: a file that is ours alone, written as a whole. */
export type FileFormat = 'json' | 'toml' | 'dotenv' | 'own';

/** One value at its place in a file: the names that lead to it from the root. */
export interface Member {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** What is done to one file. */
export type FileEdit =
  | {
      /** Absolute path, before symbolic links are followed. */
      readonly path: string;
      readonly format: Exclude<FileFormat, 'own'>;
      readonly members: readonly Member[];
    }
  | { readonly path: string; readonly format: 'own'; readonly text: string };

/** The set-up of one tool. */
export interface Plan {
  readonly edits: readonly FileEdit[];
  /** Sentences about what stands in the way or is to be known. */
  readonly notices: readonly string[];
}

/** A change of a member; undefined takes it out. */
export interface MemberChange {
  readonly path: readonly string[];
  readonly value: JsonValue | undefined;
}

/** A changed text, or why the change was not possible. */
export type Changed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** A text as values, or why it cannot be read. */
export type ReadValues =
  | { readonly ok: true; readonly values: { readonly [name: string]: JsonValue } }
  | { readonly ok: false; readonly message: string };

/** Knows one way of writing files. Texts are without byte order mark. */
export interface TextFormat {
  read(text: string): ReadValues;
  /** Changes members and leaves all other lines as they are; undefined: there is no file yet. */
  change(text: string | undefined, changes: readonly MemberChange[]): Changed;
}

/** The value at a place; undefined where there is none. */
export function valueAt(
  values: { readonly [name: string]: JsonValue },
  path: readonly string[],
): JsonValue | undefined {
  let found: JsonValue | undefined = { ...values };
  for (const step of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, step))
      return undefined;
    found = found[step];
  }
  return found;
}

/** Names a value: two values have the same digest only if they are the same, in whatever order their members stand. */
export function digestOf(value: JsonValue | undefined): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}
