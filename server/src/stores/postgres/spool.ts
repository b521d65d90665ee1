// What the database does not take now, on the disk of this machine: batches in the order in which they came, in files of a
// megabyte that this user alone may read. They are there again after a restart, and are written to the database in order.

import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Batch } from '../tables/messages.ts';
import { inPresentShape } from './older-rows.ts';

const MIB: number = 1024 * 1024;
export const SPOOL_BYTES: number = 256 * MIB;
/** A longer file is followed by another one. One is written to the database at a time, in one transaction. */
const FILE_BYTES: number = MIB;
const HEADER_BYTES = 16;
const ENDING = '.rows';

interface SpoolFile {
  readonly name: string;
  readonly run: string;
  bytes: number;
  rows: number;
}

/** The batches of one file, all of one run of a gateway. */
export interface Spooled {
  readonly run: string;
  readonly batches: readonly Batch[];
  /** They are in the database. */
  done(): void;
}

/** True when a folder holds rows that wait. */
export function holdsRows(folder: string): boolean {
  return namesIn(folder).length > 0;
}

/** Takes the files of another spool that nobody uses any more, behind one's own. */
export function takeOver(from: string, to: string): void {
  for (const name of namesIn(from)) {
    const number = Math.max(0, ...namesIn(to).map(numberOf)) + 1;
    renameSync(join(from, name), join(to, fileName(number, runOf(name))));
  }
}

/** One gateway's spool. The methods throw what the file system throws. */
export class Spool {
  readonly #folder: string;
  readonly #limitBytes: number;
  readonly #run: string;
  #files: SpoolFile[] = [];
  #open: { readonly file: SpoolFile; readonly descriptor: number } | undefined;

  constructor(folder: string, run: string, limitBytes: number = SPOOL_BYTES) {
    this.#folder = folder;
    this.#run = run;
    this.#limitBytes = limitBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#files = namesIn(folder).map((name) => {
      const path = join(folder, name);
      return { name, run: runOf(name), bytes: statSync(path).size, rows: rowsIn(path) };
    });
  }

  /** Rows that wait. */
  get rows(): number {
    return this.#files.reduce((sum, { rows }) => sum + rows, 0);
  }

  get empty(): boolean {
    return this.#files.length === 0;
  }

  /** Takes a batch; false when there is no room. */
  append(batch: Batch): boolean {
    const content = serialize(batch);
    const taken = this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (taken + content.length + HEADER_BYTES > this.#limitBytes) return false;
    const open = this.#fileToWrite();
    const record = Buffer.concat([header(content, batch.rows), content]);
    try {
      for (let at = 0; at < record.length; ) at += writeSync(open.descriptor, record, at);
      fsyncSync(open.descriptor);
    } catch (error) {
      // What stands at its end may be half a batch: nothing is to follow it.
      this.#endFile();
      throw error;
    }
    open.file.bytes += record.length;
    open.file.rows += batch.rows;
    return true;
  }

  /** The oldest batches; undefined when nothing waits. `unread` hears of a file that is damaged and therefore set aside. */
  oldest(unread: (path: string) => void): Spooled | undefined {
    const file = this.#files[0];
    if (file === undefined) return undefined;
    if (this.#open?.file === file) this.#endFile();
    const path = join(this.#folder, file.name);
    const { batches, whole } = batchesIn(path);
    return {
      run: file.run,
      batches,
      done: () => {
        this.#files = this.#files.filter((other) => other !== file);
        if (whole) rmSync(path, { force: true });
        else {
          renameSync(path, `${path}.unread`);
          unread(`${path}.unread`);
        }
      },
    };
  }

  close(): void {
    this.#endFile();
  }

  #fileToWrite(): { readonly file: SpoolFile; readonly descriptor: number } {
    if (this.#open !== undefined && this.#open.file.bytes < FILE_BYTES) return this.#open;
    this.#endFile();
    const last = this.#files.at(-1);
    const name = fileName((last === undefined ? 0 : numberOf(last.name)) + 1, this.#run);
    const descriptor = openSync(join(this.#folder, name), 'ax', 0o600);
    const file = { name, run: this.#run, bytes: 0, rows: 0 };
    this.#files.push(file);
    this.#open = { file, descriptor };
    return this.#open;
  }

  #endFile(): void {
    if (this.#open !== undefined) closeSync(this.#open.descriptor);
    this.#open = undefined;
  }
}

function fileName(number: number, run: string): string {
  return `${String(number).padStart(10, '0')}-${run}${ENDING}`;
}

function numberOf(name: string): number {
  return Number.parseInt(name, 10);
}

function runOf(name: string): string {
  return name.slice(name.indexOf('-') + 1, -ENDING.length);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{10}-/.test(name) && name.endsWith(ENDING))
      .sort();
  } catch {
    return [];
  }
}

/** Length, rows, and eight bytes that tell whether all of it is there. */
function header(content: Uint8Array, rows: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(content.length, 0);
  bytes.writeUInt32LE(rows, 4);
  createHash('sha256').update(content).digest().copy(bytes, 8, 0, 8);
  return bytes;
}

/** By the headers alone. */
function rowsIn(path: string): number {
  const file = openSync(path, 'r');
  try {
    const size = statSync(path).size;
    const bytes = Buffer.alloc(HEADER_BYTES);
    let rows = 0;
    for (let at = 0; readSync(file, bytes, 0, HEADER_BYTES, at) === HEADER_BYTES; ) {
      at += HEADER_BYTES + bytes.readUInt32LE(0);
      if (at <= size) rows += bytes.readUInt32LE(4);
    }
    return rows;
  } finally {
    closeSync(file);
  }
}

/** The batches up to the first damage. What a crash left half-written at the end was never confirmed to anybody. */
function batchesIn(path: string): { readonly batches: Batch[]; readonly whole: boolean } {
  const bytes = readFileSync(path);
  const batches: Batch[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const content = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + bytes.readUInt32LE(at));
    if (!header(content, bytes.readUInt32LE(at + 4)).equals(bytes.subarray(at, at + HEADER_BYTES))) break;
    try {
      // Written by append() of this program.
      batches.push(inPresentShape(deserialize(content) as Batch));
    } catch {
      break;
    }
    at += HEADER_BYTES + content.length;
  }
  // The beginning of a last batch is what any crash may leave: nothing is told of it.
  const torn = at + HEADER_BYTES > bytes.length || at + HEADER_BYTES + bytes.readUInt32LE(at) > bytes.length;
  return { batches, whole: torn };
}
