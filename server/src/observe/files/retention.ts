// Old files of the log folder are deleted by age. (pino-roll itself only counts files, and forgets those of other days
// when it starts.)

import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The kinds of files in the folder. */
export const FILE_KINDS: readonly FileKind[] = ['requests', 'errors', 'keys'];

/** requests: every exchange. errors: those that failed, with their attempts. keys: what happens to provider keys. */
export type FileKind = 'requests' | 'errors' | 'keys';

const NAME = /^(requests|errors|keys)\.(\d{4}-\d{2}-\d{2})\.(\d+)\.log$/;

/** One file of the folder. */
export interface LogFile {
  readonly path: string;
  readonly kind: FileKind;
  /** Local day as in its name. */
  readonly day: string;
  readonly number: number;
}

/** Our files in a folder, oldest first; whatever else is there is not ours. Empty where there is no folder. */
export async function filesOf(folder: string, kind?: FileKind): Promise<LogFile[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const files = names.flatMap((name): LogFile[] => {
    const [, found, day = '', number = ''] = NAME.exec(name) ?? [];
    const known = FILE_KINDS.find((one) => one === found);
    if (known === undefined || (kind !== undefined && known !== kind)) return [];
    return [{ path: join(folder, name), kind: known, day, number: Number(number) }];
  });
  return files.sort((a, b) => (a.day === b.day ? a.number - b.number : a.day < b.day ? -1 : 1));
}

const DAY_MS = 86_400_000;

/** Deletes files that were last written to before the last so many days. Answers how many. Never rejects. */
export async function deleteOld(folder: string, retentionDays: number, nowMs: number): Promise<number> {
  let deleted = 0;
  for (const { path } of await filesOf(folder)) {
    try {
      const { mtimeMs } = await stat(path);
      if (nowMs - mtimeMs <= retentionDays * DAY_MS) continue;
      await unlink(path);
      deleted += 1;
    } catch {
      // Somebody else has deleted it, or it cannot be: the next round tries again.
    }
  }
  return deleted;
}
