// Reads values of a tool's files for what has to be decided before a plan is made. Files that cannot be read count as
// empty here; whoever changes them says what is wrong.

import type { JsonValue } from '../../config/document.ts';
import type { Looking } from '../facts.ts';
import { FORMATS } from '../formats/index.ts';
import { type FileFormat, valueAt } from '../plan.ts';

/** Looks up a text in a file, by the names that lead to it. */
export type LookUp = (...path: readonly string[]) => string | undefined;

/** Looks up texts in a file. */
export function textsIn(looking: Looking, file: string, format: Exclude<FileFormat, 'own'>): LookUp {
  const read = FORMATS[format].read((looking.read(file) ?? '').replace(/^\uFEFF/, ''));
  const values: { readonly [name: string]: JsonValue } = read.ok ? read.values : {};
  return (...path) => {
    const value = valueAt(values, path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}
