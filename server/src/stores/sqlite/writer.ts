// The loop that owns the database: takes batches, kept texts and states, writes each in one transaction, and holds them in
// memory while the disk is full, locked or gone. It runs in a worker thread; tests run the same loop in place.

import { Backlog, WAITING_LIMIT } from '../tables/backlog.ts';
import { failureOf, type OpenDriver } from '../tables/driver.ts';
import { KeptTexts } from '../tables/kept-texts.ts';
import type { Batch, FromWriter, ToWriter, WriterCounts, WriterSettings } from '../tables/messages.ts';
import { beat, HEARTBEAT_MS } from '../tables/owner.ts';
import { Replies } from '../tables/queries/replies.ts';
import { SavedStates } from '../tables/saved-states.ts';
import { StoredDetails } from '../tables/stored-details.ts';
import { Upkeep } from '../tables/upkeep.ts';
import { damaged, fileNumberOf, messageOf, moveAside } from './database.ts';
import { type OpenedParts, openParts } from './opened-parts.ts';
import type { RowWriter } from './row-writer.ts';
import { unusable } from './trouble.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const UPKEEP_EVERY_MS = 60_000;
/** What takes a while to look at is looked at once in so many rounds. */
const ALL_EVERY_ROUNDS = 60;
/** A second damaged file within this time means a damaged disk, and moving files would go on for ever. */
const MOVE_ASIDE_PAUSE_MS = 60_000;

interface OpenDatabase extends OpenedParts {
  readonly upkeep: Upkeep;
}

/** Owns the database from start() to stop(); `report` hears everything it has to say. */
export class Writer {
  readonly #settings: WriterSettings;
  readonly #openDriver: OpenDriver;
  readonly #report: (message: FromWriter) => void;
  readonly #backlog: Backlog = new Backlog();
  readonly #kept: KeptTexts;
  readonly #states: SavedStates = new SavedStates();
  readonly #details: StoredDetails;
  readonly #replies: Replies;
  readonly #timers: NodeJS.Timeout[] = [];
  #database: OpenDatabase | undefined;
  /** Exchanges whose process has died, after the rows that it has left. */
  #cutOff: number[] = [];
  #newestBatch = 0;
  #written = 0;
  #unsummed = 0;
  #rounds = 0;
  #troubled = false;
  #upkeepTold = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs: number = FIRST_RETRY_MS;
  #movedAsideAtMs: number = Number.NEGATIVE_INFINITY;
  /** Set while the database is being opened again. */
  #reopening: Promise<void> | undefined;

  constructor(settings: WriterSettings, openDriver: OpenDriver, report: (message: FromWriter) => void) {
    this.#settings = settings;
    this.#openDriver = openDriver;
    this.#report = report;
    this.#kept = new KeptTexts(settings.kept);
    this.#details = new StoredDetails(settings.path, settings.details);
    this.#replies = new Replies(settings.path, (reply) => report({ kind: 'replied', reply }));
  }

  /** Opens the database; reports ready or failed. */
  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      this.#close();
      this.#report({ kind: 'failed', message: messageOf(error) });
      return;
    }
    this.#timers.push(
      setInterval(() => this.#lookAfter(), HEARTBEAT_MS).unref(),
      setInterval(() => this.#lookThrough(), UPKEEP_EVERY_MS).unref(),
    );
    this.#lookThrough();
  }

  /** Takes what the main thread has to say. */
  hear(message: Exclude<ToWriter, { kind: 'stop' }>): void {
    switch (message.kind) {
      case 'batch':
        this.#take(message.batch);
        break;
      case 'keep':
        this.#kept.accept(message.texts);
        if (this.#free && !this.#writeKept()) this.#retryLater();
        break;
      case 'save':
        this.#states.accept(message.states);
        if (this.#free && !this.#writeStates()) this.#retryLater();
        break;
      case 'details':
        this.#details.accept(message.details);
        if (this.#free && !this.#writeDetails()) this.#retryLater();
        break;
      case 'ask':
        this.#replies.ask(message.asked, this.#database?.driver);
        break;
      case 'interrupt':
        this.#cutOff.push(...message.numbers);
        if (this.#free) this.#write();
        break;
      case 'load':
        this.#load();
        break;
      case 'find':
        this.#find(message.number, message.hashes);
        break;
    }
  }

  /** False while nothing can be written and a later attempt is on its way. */
  get #free(): boolean {
    return this.#retry === undefined && this.#reopening === undefined;
  }

  #take(batch: Batch): void {
    this.#newestBatch = batch.number;
    this.#backlog.accept(batch);
    if (this.#free) this.#write();
  }

  /** Writes what is left, closes the database and reports stopped. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#reopening;
    this.#cancelRetry();
    const waiting = this.#backlog.size + this.#kept.waiting + this.#states.waiting + this.#details.waiting;
    if (this.#database !== undefined && waiting > 0) this.#write();
    await this.#reopening;
    this.#cancelRetry();
    this.#backlog.abandon();
    this.#kept.abandon();
    this.#states.abandon();
    this.#details.abandon();
    this.#close();
    this.#report({ kind: 'stopped', counts: this.#counts() });
  }

  #counts(): WriterCounts {
    return {
      written: this.#written,
      lost: this.#backlog.lost,
      waiting: this.#backlog.size,
      unsummed: this.#unsummed,
    };
  }

  #tell(message: string): void {
    this.#report({ kind: 'trouble', message });
  }

  /** Reports ready, or throws. */
  async #open(): Promise<void> {
    const { path, retentionDays, maxBytes = 0 } = this.#settings;
    const parts = await openParts(path, this.#openDriver, (opened) => {
      this.#kept.opened(opened);
      this.#states.opened(opened);
      this.#details.opened(opened);
    });
    const { driver, rows, clock, movedTo, interrupted, newest } = parts;
    if (movedTo !== undefined) {
      this.#movedAsideAtMs = performance.now();
      this.#tell(damaged(path, movedTo));
    }
    const goOn = (): boolean => this.#database?.driver === driver && !this.#troubled;
    const failed = (error: unknown): void => this.#upkeepFailed(error);
    const rules = { retentionDays, maxBytes };
    const upkeep = new Upkeep(driver, rows.filling, this.#details, rules, clock, goOn, failed);
    this.#database = { ...parts, upkeep };
    this.#report({ kind: 'ready', interrupted, newest, engine: driver.engine });
  }

  #close(): void {
    try {
      this.#database?.driver.close();
    } catch {
      // It is being given up; there is nothing left to save in it.
    }
    this.#database = undefined;
    this.#kept.closed();
    this.#states.closed();
    this.#details.closed();
    this.#replies.closed();
  }

  /** Every row that waits in one transaction; every kept text, detail and state in others. */
  #write(): void {
    if (this.#database === undefined) {
      this.#retryLater();
      return;
    }
    if (this.#backlog.size + this.#cutOff.length > 0) {
      try {
        this.#writeRows(this.#database.rows);
        this.#database.rows.interrupt(this.#cutOff);
        this.#cutOff = [];
      } catch (error) {
        this.#troubleWith(error);
        return;
      }
      this.#written += this.#backlog.size;
      this.#backlog.written();
    }
    const keptWritten = this.#writeKept();
    const detailsWritten = this.#writeDetails();
    if (this.#writeStates() && keptWritten && detailsWritten) this.#recovered();
    else this.#retryLater();
    this.#report({ kind: 'stored', upTo: this.#newestBatch, counts: this.#counts() });
  }

  /** Throws StoreFailure. */
  #writeRows(rows: RowWriter): void {
    const before = rows.unsummed;
    rows.write(this.#backlog);
    const unsummed = rows.unsummed - before;
    if (unsummed > 0 && this.#unsummed === 0)
      this.#tell(
        'The ledger could not sum up its rows: totals are too low. This is a defect of Sluice: please report it.',
      );
    this.#unsummed += unsummed;
  }

  /** False when the disk does not take details now. */
  #writeDetails(): boolean {
    const written = this.#writeBeside(this.#details);
    if (written && this.#details.due) this.#database?.upkeep.round(true);
    return written;
  }

  /** False when the disk does not take kept texts now. */
  #writeKept(): boolean {
    const written = this.#writeBeside(this.#kept);
    if (written && this.#kept.due) this.#trimKept();
    return written;
  }

  /** False when the disk does not take states now. */
  #writeStates(): boolean {
    if (this.#states.waiting === 0) return true;
    const written = this.#writeBeside(this.#states);
    if (this.#states.waiting === 0) this.#report({ kind: 'saved', upTo: this.#states.newestBatch });
    return written;
  }

  /** False when the disk does not take it now. A trouble with what can be done without is no reason to hold back rows. */
  #writeBeside(store: KeptTexts | SavedStates | StoredDetails): boolean {
    if (store.waiting === 0) return true;
    // What a database that is just being opened again waits for is written when it is open.
    if (this.#database === undefined) return this.#reopening !== undefined;
    try {
      store.write();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.trouble === 'corrupt') {
        this.#replaceDamaged();
        return this.#database === undefined;
      }
      if (failure.trouble !== 'other') {
        this.#complain(unusable(this.#settings.path, failure.trouble, failure.message));
        return false;
      }
      store.abandon();
    }
    return true;
  }

  #find(number: number, hashes: readonly string[]): void {
    let texts: readonly (string | undefined)[] | undefined;
    try {
      texts = this.#kept.find(hashes);
    } catch {
      // A damaged file is noticed by the next write; what cannot be read is not there.
    }
    this.#report(texts === undefined ? { kind: 'unfound', number } : { kind: 'found', number, texts });
  }

  #load(): void {
    let texts: readonly (string | null)[] = [];
    try {
      texts = this.#states.load();
    } catch {
      // As above.
    }
    this.#report({ kind: 'loaded', texts });
  }

  #recovered(): void {
    this.#retryMs = FIRST_RETRY_MS;
    if (!this.#troubled) return;
    this.#troubled = false;
    const { lost } = this.#backlog;
    this.#tell(
      `The ledger writes to ${this.#settings.path} again${lost > 0 ? `; ${lost} exchanges could not be kept` : ''}.`,
    );
  }

  /** Says once what is wrong and tries again later. */
  #troubleWith(error: unknown): void {
    const failure = failureOf(error);
    if (failure.trouble === 'corrupt') {
      this.#replaceDamaged();
      return;
    }
    this.#complain(unusable(this.#settings.path, failure.trouble, failure.message));
    this.#retryLater();
  }

  #complain(message: string): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#tell(
      `${message} Requests are served meanwhile; the last ${WAITING_LIMIT} rows are kept in memory.`,
    );
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      if (this.#database === undefined) this.#reopen();
      else this.#write();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #cancelRetry(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #replaceDamaged(): void {
    const { path } = this.#settings;
    if (performance.now() - this.#movedAsideAtMs < MOVE_ASIDE_PAUSE_MS) {
      this.#complain(unusable(path, 'io', 'a new database was damaged at once'));
      this.#retryLater();
      return;
    }
    this.#close();
    try {
      const movedTo = moveAside(path, new Date());
      this.#movedAsideAtMs = performance.now();
      this.#tell(damaged(path, movedTo));
    } catch (error) {
      this.#complain(unusable(path, 'open', messageOf(error)));
    }
    this.#reopen();
  }

  #reopen(): void {
    this.#reopening = this.#open()
      .catch((error: unknown) => {
        this.#close();
        this.#complain(messageOf(error));
      })
      .then(() => {
        this.#reopening = undefined;
        this.#write();
      });
  }

  /** Shows that the owner lives, and notices when the file is no longer where it was. */
  #lookAfter(): void {
    const { path } = this.#settings;
    beat(path);
    if (this.#database === undefined || this.#reopening !== undefined) return;
    if (fileNumberOf(path) === this.#database.fileNumber) return;
    this.#tell(
      `The ledger's file ${path} was removed or replaced while the gateway runs; continuing in a new one.`,
    );
    this.#close();
    this.#reopen();
  }

  #lookThrough(): void {
    if (this.#database === undefined) return;
    const all = this.#rounds++ % ALL_EVERY_ROUNDS === 0;
    this.#database.upkeep.round(all);
    if (all) this.#trimKept();
    // The round may have found the file damaged.
    if (all && !this.#troubled && this.#database !== undefined) this.#states.trim(this.#database.clock.now());
  }

  /** What writing would meet as well is told by it. */
  #upkeepFailed(error: unknown): void {
    const { trouble, message } = failureOf(error);
    if (trouble === 'corrupt') this.#replaceDamaged();
    if (trouble !== 'other' || this.#upkeepTold) return;
    this.#upkeepTold = true;
    this.#tell(unusable(this.#settings.path, trouble, `old rows are not deleted: ${message}`));
  }

  #trimKept(): void {
    const database = this.#database;
    if (database === undefined) return;
    this.#kept.trim(() => this.#database === database && !this.#troubled, database.clock.now());
  }
}
