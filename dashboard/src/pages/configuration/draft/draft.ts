// What was edited and is not in force yet. It outlives the tabs of the page: the form's single edits and the text of the
// editor are one draft of one file.

import { type ParseError, parse } from 'jsonc-parser';
import type { ConfigFileView } from '../../../../../server/src/admin/contract.ts';
import { createStore } from '../../../app/store.ts';
import { mergeOnTop } from './merge.ts';
import { withEdits } from './text-edits.ts';
import { changesBetween, type Edit, isWithin, type Path, same, valueAt, withEdit } from './values.ts';

/** The draft. Edits of the form come on top of what was typed. */
export interface Draft {
  /** The file with which it began. */
  readonly base: ConfigFileView;
  readonly typed: string | undefined;
  readonly edits: readonly Edit[];
}

/** The draft, or undefined before the file was read. */
export const draftStore = createStore<Draft | undefined>(undefined);

/** A text as JSON with comments; undefined where it has mistakes. */
export function parsed(text: string): { readonly value: unknown } | undefined {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  return errors.length > 0 ? undefined : { value: value ?? {} };
}

/** The text before the form's edits. */
function beneath({ base, typed }: Draft): string {
  return typed ?? base.text;
}

/** The text as it would be. */
export function draftText(draft: Draft): string {
  return withEdits(beneath(draft), draft.edits);
}

/** The value as it would be; undefined where the text has mistakes, so that no form can show it. */
export function draftValue(draft: Draft): unknown {
  const read = parsed(beneath(draft));
  return read === undefined ? undefined : draft.edits.reduce(withEdit, read.value);
}

/** True where something would be lost. */
export function isUnsaved(draft: Draft | undefined): boolean {
  if (draft === undefined) return false;
  return draft.edits.length > 0 || (draft.typed !== undefined && draft.typed !== draft.base.text);
}

/** How many places differ from the file; undefined where the text cannot be read. 0: comments or layout alone. */
export function countChanges(draft: Draft): number | undefined {
  const [before, after] = [parsed(draft.base.text), draftValue(draft)];
  return after === undefined ? undefined : changesBetween(before?.value, after).length;
}

/** The file was read: it is what drafts begin with, unless there is one of another version. */
export function readFile(file: ConfigFileView): void {
  const draft = draftStore.get();
  if (isUnsaved(draft)) return;
  if (draft === undefined || draft.base.etag !== file.etag || draft.base.text !== file.text)
    draftStore.set({ base: file, typed: undefined, edits: [] });
}

/** Everything back to the file. */
export function discard(file?: ConfigFileView): void {
  const base = file ?? draftStore.get()?.base;
  draftStore.set(base === undefined ? undefined : { base, typed: undefined, edits: [] });
}

/** The text was edited; single edits are part of it from now on. */
export function type(text: string): void {
  const draft = draftStore.get();
  if (draft === undefined || draftText(draft) === text) return;
  draftStore.set({ base: draft.base, typed: text === draft.base.text ? undefined : text, edits: [] });
}

/** A place was edited in the form; undefined takes it out of the file, so that the default holds. */
export function edit(path: Path, value: unknown): void {
  const draft = draftStore.get();
  if (draft === undefined) return;
  const others = draft.edits.filter((one) => !isWithin(one.path, path));
  const beneathValue = valueAt(others.reduce(withEdit, parsed(beneath(draft))?.value), path);
  const edits = same(beneathValue, value)
    ? others
    : [...others, value === undefined ? { path } : { path, value }];
  draftStore.set({ ...draft, edits });
}

/** The draft on top of another version of the file; undefined where it leans on a secret that is gone, or on mistakes. */
export function onTopOf(draft: Draft, file: ConfigFileView): Draft | undefined {
  const [base, mine, theirs] = [parsed(draft.base.text), draftValue(draft), parsed(file.text)];
  if (base === undefined || mine === undefined || theirs === undefined) return undefined;
  const merged = mergeOnTop(base.value, mine, theirs.value);
  if (!merged.ok) return undefined;
  return { base: file, typed: undefined, edits: changesBetween(theirs.value, merged.value) };
}
