// Rows on their way to the database: those of the moment in memory, and what the database does not take on this machine's
// disk. Only what neither holds is lost, and counted.

import { Backlog, WAITING_LIMIT } from '../tables/backlog.ts';
import type { Batch, ToWriter } from '../tables/messages.ts';
import { Spool, type Spooled } from './spool.ts';

/** What comes from the main thread, looked at while an answer of the database takes long. */
export interface Inbox {
  next(): ToWriter | undefined;
  /** To be heard in its turn. */
  later(message: ToWriter): void;
}

/** The rows that wait. */
export class Overflow {
  readonly #folder: string;
  readonly #spool: Spool;
  readonly #backlog: Backlog = new Backlog();
  readonly #tell: (message: string) => void;
  /** Batches that are on the disk already, although they have not had their turn. */
  readonly #secured: Set<number> = new Set();
  #told = false;

  /** Throws what the file system throws. */
  constructor(folder: string, run: string, spoolBytes: number, tell: (message: string) => void) {
    this.#folder = folder;
    this.#tell = tell;
    this.#spool = new Spool(folder, run, spoolBytes);
  }

  /** The oldest in memory, at least one batch if there is one: for the database, when nothing older is on the disk. */
  some(rows: number): readonly Batch[] {
    const some: Batch[] = [];
    let count = 0;
    for (const batch of this.#backlog.batches) {
      count += batch.rows;
      if (some.length > 0 && count > rows) break;
      some.push(batch);
    }
    return some;
  }

  get onDisk(): boolean {
    return !this.#spool.empty;
  }

  get rows(): number {
    return this.#backlog.size + this.#spool.rows;
  }

  get lost(): number {
    return this.#backlog.lost;
  }

  accept(batch: Batch): void {
    if (!this.#secured.delete(batch.number)) this.#backlog.accept(batch);
  }

  /** So many of the oldest batches in memory are in the database. */
  written(batches: number): void {
    for (let i = 0; i < batches; i++) {
      this.#secured.delete(this.#backlog.batches[0]?.number ?? 0);
      this.#backlog.firstWritten();
    }
  }

  /** Moves all batches to the disk; false when it does not take them now. */
  spool(): boolean {
    try {
      const { batches } = this.#backlog;
      for (let batch = batches[0]; batch !== undefined; batch = batches[0]) {
        if (!this.#secured.delete(batch.number) && !this.#spool.append(batch)) {
          this.#complain(`The spool ${this.#folder} is full, and the database does not take its rows.`);
          return false;
        }
        this.#backlog.firstWritten();
      }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#complain(`The spool ${this.#folder} cannot be written (${detail}).`);
      return false;
    }
    return true;
  }

  /**
   * The database takes long: what it is given, and what comes meanwhile, goes to the disk, so that the end of this process
   * costs no more than it would otherwise. What is then written twice is counted once.
   */
  secure(inbox: Inbox | undefined): void {
    for (const batch of this.#backlog.batches) this.#secureBatch(batch);
    for (let message = inbox?.next(); message !== undefined; message = inbox?.next()) {
      if (message.kind === 'batch') this.#secureBatch(message.batch);
      inbox?.later(message);
    }
  }

  /** The oldest batches on the disk. Throws what the file system throws. */
  oldest(): Spooled | undefined {
    return this.#spool.oldest((path) =>
      this.#tell(`A part of the ledger's spool cannot be read. It was set aside as ${path}.`),
    );
  }

  /** Nothing waits any more; the next trouble is told again. */
  recovered(): void {
    this.#told = false;
  }

  /** Gives up what is in memory. */
  close(): void {
    this.#backlog.abandon();
    this.#spool.close();
  }

  #secureBatch(batch: Batch): void {
    if (this.#secured.has(batch.number)) return;
    try {
      if (this.#spool.append(batch)) this.#secured.add(batch.number);
    } catch {
      // It is met again in its turn.
    }
  }

  #complain(message: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#tell(`${message} The last ${WAITING_LIMIT} rows are kept in memory; older ones are lost.`);
  }
}
