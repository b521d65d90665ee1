// The ledger on SQLite, as the main thread sees it: records are collected into two arrays and handed to the writer's thread
// a few times a second, so that an exchange costs the relay about a microsecond and no disk can hold it up.

import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Ledger, LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import { troubleOf, unusable } from './database.ts';
import type { Batch, FromWriter, WriterCounts } from './messages.ts';
import { hasNodeSqlite } from './open-driver.ts';
import { claim, type Ownership } from './owner.ts';
import { redactClosing, redactOpening } from './redacted.ts';
import { type StartWriter, startWriter, type WriterThread } from './thread.ts';

/** Together with the time of one write this stays well below the 250 ms that a kill may cost. */
const BATCH_EVERY_MS = 100;
const BATCH_RECORDS = 500;
/** Records kept until the writer confirms them, in case its thread dies. */
const UNCONFIRMED_LIMIT = 100_000;
const RESTART_AFTER_MS = 1_000;
const CLOSE_WITHIN_MS = 5_000;

/** How the ledger is opened. */
export interface LedgerOptions {
  /** Path of the SQLite file; missing folders are made, for this user only. */
  readonly path: string;
  /** Rows older than this are deleted; 0 keeps them for ever. */
  readonly retentionDays: number;
  /** Hears, once per occasion, what the operator should know; the text says what to do. */
  onTrouble(message: string): void;
  /** Applied to texts that clients and upstreams choose (models, conversation and agent ids). */
  redact?(text: string): string;
  /** Where the writer runs; the default suits how Sluice was started. */
  readonly startWriter?: StartWriter;
}

/** Figures for the status page. */
export interface LedgerStats extends WriterCounts {
  /** Records that the writer has not confirmed. */
  readonly unconfirmed: number;
}

/** A ledger with an end. */
export interface StoredLedger extends Ledger {
  /** Rows that were in flight when the last gateway died, found at the start. */
  readonly interrupted: number;
  stats(): LedgerStats;
  /** Writes what is left (for at most five seconds), closes the file and lets go of it. */
  shut(): Promise<void>;
}

/** A ledger, or why there is none, in words for the operator. */
export type LedgerOpened =
  | { readonly ok: true; readonly ledger: StoredLedger }
  | { readonly ok: false; readonly message: string };

/** Opens the ledger and starts its writer. Never throws. */
export async function openLedger(options: LedgerOptions): Promise<LedgerOpened> {
  const path = resolve(options.path);
  let owner: Awaited<ReturnType<typeof claim>>;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    owner = await claim(path, hasNodeSqlite() ? 'node' : 'wasm');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, message: unusable(path, troubleOf(error), detail) };
  }
  if (!('release' in owner)) {
    return {
      ok: false,
      message: `The ledger ${path} is in use by another gateway (process ${owner.pid} on ${owner.host}). Stop that gateway, or set storage.url to another file for this one.`,
    };
  }
  const ledger = new SqliteLedger(path, options, owner);
  const failure = await ledger.start();
  return failure === undefined ? { ok: true, ledger } : { ok: false, message: failure };
}

class SqliteLedger implements StoredLedger {
  readonly #path: string;
  readonly #options: LedgerOptions;
  readonly #owner: Ownership;
  #thread: WriterThread | undefined;
  #openings: LedgerOpening[] = [];
  #closings: LedgerClosing[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastBatch = 0;
  #confirmed = 0;
  #unconfirmed: Batch[] = [];
  #unconfirmedRecords = 0;
  #counts: WriterCounts = { written: 0, lost: 0, waiting: 0 };
  #flushes: { readonly upTo: number; done(): void }[] = [];
  #started: ((failure: string | undefined) => void) | undefined;
  #stopped: (() => void) | undefined;
  #ended = false;
  #interrupted = 0;

  constructor(path: string, options: LedgerOptions, owner: Ownership) {
    this.#path = path;
    this.#options = options;
    this.#owner = owner;
  }

  get interrupted(): number {
    return this.#interrupted;
  }

  /** Resolves to undefined, or to the reason why the database cannot be used. */
  async start(): Promise<string | undefined> {
    const started = new Promise<string | undefined>((done) => {
      this.#started = done;
    });
    this.#launch();
    const failure = await started;
    this.#started = undefined;
    if (failure === undefined) {
      this.#thread?.hold(false);
    } else {
      this.#thread?.post({ kind: 'stop' });
      this.#end();
    }
    return failure;
  }

  open(opening: LedgerOpening): void {
    if (this.#ended) return;
    this.#openings.push(
      this.#options.redact === undefined ? opening : redactOpening(opening, this.#options.redact),
    );
    this.#collected();
  }

  close(closing: LedgerClosing): void {
    if (this.#ended) return;
    this.#closings.push(
      this.#options.redact === undefined ? closing : redactClosing(closing, this.#options.redact),
    );
    this.#collected();
  }

  flush(): Promise<void> {
    this.#post();
    if (this.#confirmed >= this.#lastBatch || this.#ended) return Promise.resolve();
    this.#thread?.hold(true);
    return new Promise((done) => this.#flushes.push({ upTo: this.#lastBatch, done }));
  }

  stats(): LedgerStats {
    return { ...this.#counts, unconfirmed: this.#unconfirmedRecords + this.#collectedRecords() };
  }

  async shut(): Promise<void> {
    if (this.#ended) return;
    this.#post();
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      this.#stopped = done;
      late = setTimeout(() => {
        this.#options.onTrouble(
          `The ledger ${this.#path} did not take its last ${this.#unconfirmedRecords} records in time; they are lost.`,
        );
        done();
      }, CLOSE_WITHIN_MS);
      this.#thread?.hold(true);
      this.#thread?.post({ kind: 'stop' });
    });
    clearTimeout(late);
    this.#end();
  }

  #collectedRecords(): number {
    return this.#openings.length + this.#closings.length;
  }

  #collected(): void {
    if (this.#collectedRecords() >= BATCH_RECORDS) this.#post();
    else this.#timer ??= setTimeout(() => this.#post(), BATCH_EVERY_MS).unref();
  }

  #post(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#collectedRecords() === 0 || this.#ended) return;
    const batch: Batch = {
      number: ++this.#lastBatch,
      openings: this.#openings,
      closings: this.#closings,
    };
    this.#openings = [];
    this.#closings = [];
    this.#remember(batch);
    this.#thread?.post({ kind: 'batch', batch });
  }

  #remember(batch: Batch): void {
    this.#unconfirmed.push(batch);
    this.#unconfirmedRecords += recordsOf(batch);
    while (this.#unconfirmedRecords > UNCONFIRMED_LIMIT) {
      const dropped = this.#unconfirmed.shift();
      if (dropped === undefined) break;
      this.#unconfirmedRecords -= recordsOf(dropped);
    }
  }

  #launch(): void {
    const { retentionDays } = this.#options;
    this.#thread = (this.#options.startWriter ?? startWriter)(
      { path: this.#path, retentionDays },
      { message: (message) => this.#hear(message), died: (reason) => this.#relaunch(reason) },
    );
    // Nothing is lost when a thread dies: rows are keyed by exchange, so writing some of them again is harmless.
    for (const batch of this.#unconfirmed) this.#thread.post({ kind: 'batch', batch });
  }

  #relaunch(reason: string): void {
    this.#thread = undefined;
    if (this.#ended) return;
    if (this.#stopped !== undefined) {
      this.#stopped();
      return;
    }
    if (this.#started !== undefined) {
      this.#started(
        `The ledger's thread could not start (${reason}). This may be a defect of Sluice: please report it.`,
      );
      return;
    }
    this.#options.onTrouble(`The ledger's thread ended unexpectedly (${reason}); it is started again.`);
    setTimeout(() => {
      if (this.#ended) return;
      this.#launch();
      this.#thread?.hold(this.#flushes.length > 0);
    }, RESTART_AFTER_MS).unref();
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'ready':
        this.#interrupted = message.interrupted;
        this.#started?.(undefined);
        break;
      case 'failed':
        this.#failed(message.message);
        break;
      case 'stored':
        this.#confirm(message.upTo, message.counts);
        break;
      case 'trouble':
        this.#options.onTrouble(message.message);
        break;
      case 'stopped':
        this.#counts = message.counts;
        if (message.counts.lost > 0) {
          this.#options.onTrouble(
            `The ledger ${this.#path} was closed; ${message.counts.lost} exchanges could not be kept.`,
          );
        }
        this.#stopped?.();
        break;
    }
  }

  /** The database could not be opened: at the start the caller decides, later (after a restart) it is tried again. */
  #failed(message: string): void {
    if (this.#started !== undefined) {
      this.#started(message);
      return;
    }
    this.#options.onTrouble(message);
    this.#thread?.post({ kind: 'stop' });
  }

  #confirm(upTo: number, counts: WriterCounts): void {
    this.#counts = counts;
    this.#confirmed = upTo;
    while (this.#unconfirmed[0] !== undefined && this.#unconfirmed[0].number <= upTo) {
      this.#unconfirmedRecords -= recordsOf(this.#unconfirmed[0]);
      this.#unconfirmed.shift();
    }
    if (this.#flushes.length === 0) return;
    for (const flush of this.#flushes) if (flush.upTo <= upTo) flush.done();
    this.#flushes = this.#flushes.filter((flush) => flush.upTo > upTo);
    if (this.#flushes.length === 0 && this.#stopped === undefined) this.#thread?.hold(false);
  }

  /** Nothing is written after this; whoever still waits is let go. */
  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const flush of this.#flushes) flush.done();
    this.#flushes = [];
    this.#thread?.hold(false);
    this.#owner.release();
  }
}

function recordsOf(batch: Batch): number {
  return batch.openings.length + batch.closings.length;
}
