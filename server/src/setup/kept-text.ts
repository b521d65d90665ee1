// The text that a file goes back to: the copy that was kept of it, if that is still the text that was kept.

import { readConfigText } from '../config/edit/config-text.ts';
import type { FileRecord, KeptText } from './record.ts';

/** The text without our edits; undefined: there was no file, or the copy is gone or changed. */
export async function keptText({
  base,
  original,
}: Pick<FileRecord, 'base' | 'original'>): Promise<
  { readonly text: string; readonly bom: boolean } | undefined
> {
  const from: KeptText | null = base ?? original;
  if (from === null) return undefined;
  const copy = await readConfigText(from.backup);
  return typeof copy !== 'string' && copy.exists && copy.etag === from.etag ? copy : undefined;
}
