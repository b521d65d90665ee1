// What was set up, so that it can be undone: a file in the data folder of the user. It names files and holds digests of
// what was written, never a secret.

import { readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../config/system-code.ts';
import { FileTrouble } from './on-disk.ts';
import type { FileFormat } from './plan.ts';
import type { OwnMember } from './take-out.ts';

/** A text that was kept, beside the file that it was in. */
export interface KeptText {
  /** Absolute path of the copy. */
  readonly backup: string;
  /** Names the text, as `etagOf` does. */
  readonly etag: string;
}

/** One file that was written. */
export interface FileRecord {
  /** Absolute path, before symbolic links are followed. */
  readonly path: string;
  readonly format: FileFormat;
  /** What stood there first of all, with its mode; null: there was no file. */
  readonly original: (KeptText & { readonly mode: number }) | null;
  /** The text without our edits, where somebody else changed the file between two set-ups; else that is the original. */
  readonly base?: KeptText | undefined;
  /** Folders that were made for it, the outermost first. */
  readonly madeFolders: readonly string[];
  readonly written: { readonly etag: string; readonly lines: readonly string[]; readonly mode: number };
  /**
   * What stood there when an earlier set-up had been there already: it still does, where this one was cut off before it wrote
   * the file. Names the text, as `etagOf` does.
   */
  readonly replaced?: string | undefined;
  readonly members: readonly OwnMember[];
}

/** One tool that was set up. */
export interface ToolRecord {
  /** When, ISO 8601. */
  readonly at: string;
  /** The gateway that it was pointed at. */
  readonly url: string;
  /** The client that was made for it in the configuration of the gateway. */
  readonly client?: string | undefined;
  readonly files: readonly FileRecord[];
}

/** True where nobody else has changed a file since the set-up, also where that was cut off before it wrote the file. */
export function isOurs({ written, replaced }: FileRecord, etag: string): boolean {
  return etag === written.etag || etag === replaced;
}

/** Every tool that is set up, by its id. */
export type SetupRecord = Readonly<Record<string, ToolRecord>>;

/** The way to disk: written as a whole and readable by the owner alone, one writer at a time. */
export interface RecordDisk {
  replacePrivate(path: string, text: string): Promise<void>;
  whileLocked<T>(lock: string, work: () => Promise<T>): Promise<T>;
}

/** Keeps the record. */
export interface RecordStore {
  /** Rejects with `FileTrouble` where it cannot be read. */
  read(): Promise<SetupRecord>;
  /** Puts a tool in, or takes it out. */
  put(tool: string, record: ToolRecord | undefined): Promise<void>;
  /** Runs while no other set-up does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

const kept = z.object({ backup: z.string(), etag: z.string() });
const fileRecord = z.object({
  path: z.string(),
  format: z.enum(['json', 'toml', 'dotenv', 'own']),
  original: kept.extend({ mode: z.number() }).nullable(),
  base: kept.optional(),
  madeFolders: z.array(z.string()),
  written: z.object({ etag: z.string(), lines: z.array(z.string()), mode: z.number() }),
  replaced: z.string().optional(),
  members: z.array(z.object({ path: z.array(z.string()), digest: z.string() })),
});
const toolRecord = z.object({
  at: z.string(),
  url: z.string(),
  client: z.string().optional(),
  files: z.array(fileRecord),
});
const recordFile = z.object({ version: z.literal(1), tools: z.record(z.string(), toolRecord) });

/** The record in a folder. */
export function openRecord(folder: string, disk: RecordDisk): RecordStore {
  const path = join(folder, 'setup.json');
  const read = async (): Promise<SetupRecord> => {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return {};
      throw new FileTrouble(`${path} cannot be read: the system says ${codeOf(error)}.`);
    }
    try {
      return recordFile.parse(JSON.parse(text)).tools;
    } catch {
      throw new FileTrouble(
        `${path} is not a record of set-ups. Move it away; what was set up can then be undone by hand from the .sluice.bak files.`,
      );
    }
  };
  return {
    read,
    put: async (tool, record) => {
      const { [tool]: _, ...others } = await read();
      const tools = record === undefined ? others : { ...others, [tool]: record };
      if (Object.keys(tools).length === 0) return await rm(path, { force: true });
      await disk.replacePrivate(path, `${JSON.stringify({ version: 1, tools }, undefined, 1)}\n`);
    },
    alone: async (work) => {
      const result = await disk.whileLocked(join(folder, 'setup.lock'), work);
      // Where nothing but this was ever kept, nothing is left.
      await rmdir(folder).catch(() => undefined);
      return result;
    },
  };
}
