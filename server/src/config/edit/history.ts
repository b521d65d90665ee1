// What the configuration was before: every text that was put in place through the gateway, and those that it found
// changed by hand. One file each, readable by their owner alone, for they may hold secrets.

import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../system-code.ts';
import type { Trace } from './compare.ts';
import type { Disk } from './disk.ts';

/** One state of the configuration, and who put it in place. */
export interface HistoryEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** Who: "file" for one that was found changed. */
  readonly by: string;
  readonly note?: string | undefined;
  /** What it changed against the one before. */
  readonly changedPaths: readonly string[];
}

/** An entry with what is needed to go back to it. */
export interface HistoryRecord extends HistoryEntry {
  readonly traces: readonly Trace[];
  readonly text: string;
}

/** The entries of one folder. */
export interface History {
  /** Oldest first. Files that cannot be read are passed over. */
  records(): Promise<readonly HistoryRecord[]>;
  /** Adds one; answers why that was not possible. The oldest go when there are too many. */
  add(entry: Omit<HistoryRecord, 'id' | 'at'>): Promise<HistoryEntry | string>;
}

/** Made by others in the configuration file. */
export const BY_FILE = 'file';

const MOST_ENTRIES = 200;
const NAME = /^\d{8}T\d{9}Z-[0-9a-f]{6}$/;

const recordSchema = z.object({
  at: z.string(),
  by: z.string(),
  note: z.string().optional(),
  changedPaths: z.array(z.string()),
  traces: z.array(z.object({ place: z.string(), hash: z.string() })),
  text: z.string(),
});

/** Opens the history of a folder; nothing is made yet. */
export function openHistory(folder: string, disk: Disk, nowMs: () => number): History {
  const known = new Map<string, HistoryRecord>();

  const names = async (): Promise<readonly string[]> => {
    const files = await readdir(folder).catch(() => []);
    return files
      .flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
      .filter((name) => NAME.test(name))
      .sort();
  };

  const record = async (id: string): Promise<HistoryRecord | undefined> => {
    const held = known.get(id);
    if (held !== undefined) return held;
    const text = await readFile(join(folder, `${id}.json`), 'utf8').catch(() => '');
    const read = recordSchema.safeParse(jsonIn(text));
    if (!read.success) return undefined;
    const found = { id, ...read.data };
    known.set(id, found);
    return found;
  };

  const prune = async (): Promise<void> => {
    const all = await names();
    for (const id of all.slice(0, Math.max(0, all.length - MOST_ENTRIES))) {
      known.delete(id);
      await disk.remove(join(folder, `${id}.json`)).catch(() => undefined);
    }
  };

  return {
    records: async () => {
      const found = await Promise.all((await names()).map(record));
      return found.filter((one) => one !== undefined);
    },
    add: async (entry) => {
      // Two within one millisecond, or a clock that was set back, must not change their order.
      const last = (await names()).at(-1);
      const id = idAfter(last, nowMs());
      const at = new Date(timeOf(id)).toISOString();
      const path = join(folder, `${id}.json`);
      const temporary = `${path}.tmp`;
      try {
        await disk.makeFolder(folder);
        await disk.writeNew(temporary, `${JSON.stringify({ at, ...entry })}\n`, 0o600);
        await disk.rename(temporary, path);
        await disk.syncFolder(path);
      } catch (error) {
        await disk.remove(temporary).catch(() => undefined);
        return `The change could not be written down in ${folder}: the system says ${codeOf(error)}.`;
      }
      known.set(id, { id, at, ...entry });
      await prune();
      return { id, at, by: entry.by, note: entry.note, changedPaths: entry.changedPaths };
    },
  };
}

function idAfter(last: string | undefined, nowMs: number): string {
  const atMs = last === undefined ? nowMs : Math.max(nowMs, timeOf(last) + 1);
  const text = new Date(atMs).toISOString().replace(/[-:.]/g, '');
  return `${text}-${randomBytes(3).toString('hex')}`;
}

/** Epoch milliseconds of "20261121T123000123Z-…". */
function timeOf(id: string): number {
  const iso = id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z');
  return Date.parse(iso);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
