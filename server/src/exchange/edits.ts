// Splices text into bytes without touching the rest of them.

import type { Edit } from '../core/dialects/dialect.ts';

/** The bytes with the edits applied, as parts in order; the untouched ranges are views, not copies. Edits must not overlap. */
export function applyEdits(bytes: Buffer, edits: readonly Edit[]): Buffer[] {
  if (edits.length === 0) return [bytes];
  const ordered = edits.length === 1 ? edits : [...edits].sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [];
  let at = 0;
  for (const edit of ordered) {
    if (edit.start > at) parts.push(bytes.subarray(at, edit.start));
    if (edit.text !== '') parts.push(Buffer.from(edit.text));
    at = edit.end;
  }
  if (at < bytes.length) parts.push(bytes.subarray(at));
  return parts;
}

/** The same as one buffer. */
export function applied(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const parts = applyEdits(bytes, edits);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
