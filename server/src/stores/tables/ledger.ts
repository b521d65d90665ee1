// The ledger as the main thread sees it, whichever database it is kept in: rows are collected and handed to the writer's
// thread a few times a second, so that an exchange costs the relay a microsecond or two and no disk can hold it up.

import type { LedgerQueries } from '../../exchange/ledger-queries.ts';
import type { Details, Keep, Ledger, LedgerEntry, LedgerOpening, StateStore } from '../../exchange/ports.ts';
import { weightOf } from './backlog.ts';
import { InFlight } from './in-flight.ts';
import { StoredKeep } from './keep.ts';
import type { Batch, FromWriter, ToWriter, WriterCounts } from './messages.ts';
import { StoredQueries } from './queries/ask.ts';
import { RowBuffer } from './rows.ts';
import { SavedStateStore } from './state-store.ts';
import type { ReaderListener, ReaderThread, WriterListener, WriterThread } from './thread.ts';

/** Together with the time of one write this stays well below the 250 ms that a kill may cost. */
const BATCH_EVERY_MS = 100;
const BATCH_ROWS = 1_000;
/** Rows kept until the writer confirms them, in case its thread dies. */
const UNCONFIRMED_LIMIT = 100_000;
const RESTART_AFTER_MS = 1_000;
const CLOSE_WITHIN_MS = 5_000;

/** What a ledger is made of besides its rows. */
export interface LedgerParts {
  /** The database in messages to the operator: without a password. */
  readonly name: string;
  startWriter(listener: WriterListener): WriterThread;
  startReader(listener: ReaderListener): ReaderThread;
  /** Lets go of what was claimed when it was opened. */
  release(): void;
  /** Numbers of exchanges begin so far into their millisecond: gateways that share a database differ in it. */
  readonly numbersFrom?: number;
  /** Hears, once per occasion, what the operator should know; the text says what to do. */
  onTrouble(message: string): void;
  /** Applied to texts that clients and upstreams choose (models, conversation and agent ids). */
  redact?: ((text: string) => string) | undefined;
}

/** Figures for the status page. */
export interface LedgerStats extends WriterCounts {
  /** Rows that the writer has not confirmed. */
  readonly unconfirmed: number;
}

/** A ledger with an end. The keep and the state store that share its file end with it. */
export interface StoredLedger extends Ledger {
  /** Rows that were in flight when the last gateway died, found at the start. */
  readonly interrupted: number;
  stats(): LedgerStats;
  /** Writes what is left (for at most five seconds), closes the database and lets go of it. */
  shut(): Promise<void>;
}

/** The stores that share one database, or why there are none, in words for the operator. */
export type LedgerOpened =
  | {
      readonly ok: true;
      readonly ledger: StoredLedger;
      readonly keep: Keep;
      readonly state: StateStore;
      readonly details: Details;
      readonly queries: LedgerQueries;
    }
  | { readonly ok: false; readonly message: string };

/** Starts the writer. Never throws. */
export async function openBuffered(parts: LedgerParts): Promise<LedgerOpened> {
  const ledger = new BufferedLedger(parts);
  const failure = await ledger.start();
  if (failure !== undefined) return { ok: false, message: failure };
  const { keep, state, queries } = ledger;
  return { ok: true, ledger, keep, state, details: queries, queries };
}

class BufferedLedger implements StoredLedger {
  readonly keep: StoredKeep;
  readonly state: SavedStateStore;
  readonly queries: StoredQueries;
  readonly #parts: LedgerParts;
  #thread: WriterThread | undefined;
  readonly #inFlight: InFlight;
  readonly #rows: RowBuffer;
  #timer: NodeJS.Timeout | undefined;
  #lastBatch = 0;
  #confirmed = 0;
  #unconfirmed: Batch[] = [];
  #unconfirmedRows = 0;
  /** The same with the rows of attempts. */
  #unconfirmedWeight = 0;
  #counts: WriterCounts = { written: 0, lost: 0, waiting: 0, unsummed: 0 };
  #flushes: { readonly upTo: number; done(): void }[] = [];
  #started: ((failure: string | undefined) => void) | undefined;
  #stopped: (() => void) | undefined;
  #ended = false;
  #interrupted = 0;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.#rows = new RowBuffer(BATCH_ROWS, parts.redact);
    const send = (message: ToWriter): boolean => {
      this.#thread?.post(message);
      return this.#thread !== undefined;
    };
    this.keep = new StoredKeep(send);
    this.state = new SavedStateStore(send, parts.redact);
    this.queries = new StoredQueries((listener) => parts.startReader(listener), send);
    this.#inFlight = new InFlight(({ number, opening }, closing) => {
      if (this.#ended) return;
      this.#rows.addDone(number, opening, closing);
      if (this.#rows.full) this.#postRows();
      else this.#postLater();
    }, parts.numbersFrom);
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

  open(opening: LedgerOpening): LedgerEntry {
    if (!this.#ended) this.#postLater();
    return this.#inFlight.add(opening);
  }

  flush(): Promise<void> {
    this.#post();
    if (this.#confirmed >= this.#lastBatch || this.#ended) return Promise.resolve();
    this.#thread?.hold(true);
    return new Promise((done) => this.#flushes.push({ upTo: this.#lastBatch, done }));
  }

  stats(): LedgerStats {
    return {
      ...this.#counts,
      unconfirmed: this.#unconfirmedRows + this.#rows.rows + this.#inFlight.unposted,
    };
  }

  async shut(): Promise<void> {
    if (this.#ended) return;
    this.#post();
    this.keep.post();
    this.state.post();
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      this.#stopped = done;
      late = setTimeout(() => {
        this.#parts.onTrouble(
          `The ledger ${this.#parts.name} did not take its last ${this.#unconfirmedRows} rows in time; they are lost.`,
        );
        done();
      }, CLOSE_WITHIN_MS);
      this.#thread?.hold(true);
      this.#thread?.post({ kind: 'stop' });
    });
    clearTimeout(late);
    this.#end();
  }

  #postLater(): void {
    this.#timer ??= setTimeout(() => this.#post(), BATCH_EVERY_MS).unref();
  }

  /** Hands over what has ended, and what has not and is new. */
  #post(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#ended) return;
    for (let entry = this.#inFlight.post(); entry !== undefined; entry = this.#inFlight.post()) {
      if (this.#rows.full) this.#postRows();
      this.#rows.addOpen(entry.number, entry.opening);
    }
    if (this.#rows.rows > 0) this.#postRows();
  }

  #postRows(): void {
    const batch = this.#rows.take(++this.#lastBatch);
    this.#unconfirmed.push(batch);
    this.#unconfirmedRows += batch.rows;
    this.#unconfirmedWeight += weightOf(batch);
    while (this.#unconfirmedWeight > UNCONFIRMED_LIMIT) this.#forgetFirst();
    this.#thread?.post({ kind: 'batch', batch });
  }

  /** The oldest batch need not be written again. */
  #forgetFirst(): void {
    const batch = this.#unconfirmed.shift();
    if (batch === undefined) return;
    this.#unconfirmedRows -= batch.rows;
    this.#unconfirmedWeight -= weightOf(batch);
  }

  #launch(): void {
    this.#thread = this.#parts.startWriter({
      message: (message) => this.#hear(message),
      died: (reason) => this.#relaunch(reason),
    });
    // Nothing is lost when a thread dies: rows are keyed by exchange, so that writing some of them again is harmless.
    for (const batch of this.#unconfirmed) this.#thread.post({ kind: 'batch', batch });
    this.state.restarted();
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
    this.#parts.onTrouble(`The ledger's thread ended unexpectedly (${reason}); it is started again.`);
    setTimeout(() => {
      if (this.#ended) return;
      this.#launch();
      this.#thread?.hold(this.#flushes.length > 0);
    }, RESTART_AFTER_MS).unref();
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'ready':
        this.queries.opened(message.engine);
        this.#ready(message.interrupted, message.newest);
        break;
      case 'failed':
        this.#failed(message.message);
        break;
      case 'stored':
        this.#confirm(message.upTo, message.counts);
        break;
      case 'found':
      case 'unfound':
        this.keep.hear(message);
        break;
      case 'saved':
      case 'loaded':
        this.state.hear(message);
        break;
      case 'replied':
        this.queries.hear(message.reply);
        break;
      case 'trouble':
        this.#parts.onTrouble(message.message);
        break;
      case 'stopped':
        this.#counts = message.counts;
        if (message.counts.lost > 0) {
          this.#parts.onTrouble(
            `The ledger ${this.#parts.name} was closed; ${message.counts.lost} exchanges could not be kept.`,
          );
        }
        this.#stopped?.();
        break;
    }
  }

  #ready(interrupted: number, newest: number): void {
    this.#inFlight.beyond(newest);
    if (this.#started !== undefined) {
      this.#interrupted = interrupted;
      this.#started(undefined);
      return;
    }
    if (this.#stopped !== undefined) return;
    // A database in place of a lost one knows nothing of what runs; the same one has taken it for interrupted.
    this.#inFlight.forgetPosted();
    this.#post();
  }

  /** The database could not be opened: at the start the caller decides, later (after a restart) it is tried again. */
  #failed(message: string): void {
    if (this.#started !== undefined) {
      this.#started(message);
      return;
    }
    this.#parts.onTrouble(message);
    this.#thread?.post({ kind: 'stop' });
  }

  #confirm(upTo: number, counts: WriterCounts): void {
    this.#counts = counts;
    this.#confirmed = upTo;
    while (this.#unconfirmed[0] !== undefined && this.#unconfirmed[0].number <= upTo) this.#forgetFirst();
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
    this.keep.end();
    this.state.end();
    this.queries.end();
    this.#thread?.hold(false);
    this.#parts.release();
  }
}
