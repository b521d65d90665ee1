// The loop that owns the database: takes batches, kept texts and states, writes each in one transaction, and holds them in
// memory while the disk is full, locked or gone. It runs in a worker thread; tests run the same loop in place.

import { statSync } from 'node:fs';
import { attemptValues, INSERT_ATTEMPT } from './attempts.ts';
import { Backlog, WAITING_LIMIT } from './backlog.ts';
import { moveAside, openForWriting, unusable } from './database.ts';
import { type OpenDriver, type SqliteDriver, SqliteFailure, type SqliteStatement } from './driver.ts';
import { KeptTexts } from './kept-texts.ts';
import type { Batch, FromWriter, ToWriter, WriterCounts, WriterSettings } from './messages.ts';
import { beat, HEARTBEAT_MS } from './owner.ts';
import { deleteOld } from './retention.ts';
import { isDone, rowValues } from './rows.ts';
import { SavedStates } from './saved-states.ts';
import { INSERT_DONE, INSERT_OPEN } from './schema.ts';
import { transaction } from './transaction.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const RETENTION_EVERY_MS = 3_600_000;
/** A second damaged file within this time means a damaged disk, and moving files would go on for ever. */
const MOVE_ASIDE_PAUSE_MS = 60_000;

interface OpenDatabase {
  readonly driver: SqliteDriver;
  readonly insertDone: SqliteStatement;
  readonly insertOpen: SqliteStatement;
  readonly insertAttempt: SqliteStatement;
  /** Tells whether the path still leads to the file that is open. */
  readonly fileNumber: number;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Owns the database from start() to stop(); `report` hears everything it has to say. */
export class Writer {
  readonly #settings: WriterSettings;
  readonly #openDriver: OpenDriver;
  readonly #report: (message: FromWriter) => void;
  readonly #backlog: Backlog = new Backlog();
  readonly #kept: KeptTexts;
  readonly #states: SavedStates = new SavedStates();
  readonly #timers: NodeJS.Timeout[] = [];
  #database: OpenDatabase | undefined;
  #newestBatch = 0;
  #written = 0;
  #troubled = false;
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
      setInterval(() => this.#deleteOld(), RETENTION_EVERY_MS).unref(),
    );
    this.#deleteOld();
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
    if (this.#database !== undefined && this.#backlog.size + this.#kept.waiting + this.#states.waiting > 0)
      this.#write();
    await this.#reopening;
    this.#cancelRetry();
    this.#backlog.abandon();
    this.#kept.abandon();
    this.#states.abandon();
    this.#close();
    this.#report({ kind: 'stopped', counts: this.#counts() });
  }

  #counts(): WriterCounts {
    return { written: this.#written, lost: this.#backlog.lost, waiting: this.#backlog.size };
  }

  #tell(message: string): void {
    this.#report({ kind: 'trouble', message });
  }

  /** Reports ready, or throws. */
  async #open(): Promise<void> {
    const { path } = this.#settings;
    const { driver, movedTo, interrupted, newest } = await openForWriting(path, this.#openDriver);
    if (movedTo !== undefined) {
      this.#movedAsideAtMs = performance.now();
      this.#tell(damaged(path, movedTo));
    }
    this.#database = {
      driver,
      insertDone: driver.prepare(INSERT_DONE),
      insertOpen: driver.prepare(INSERT_OPEN),
      insertAttempt: driver.prepare(INSERT_ATTEMPT),
      fileNumber: statSync(path).ino,
    };
    this.#kept.opened(driver);
    this.#states.opened(driver);
    this.#report({ kind: 'ready', interrupted, newest });
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
  }

  /** Every row that waits in one transaction, every kept text in another one, and every state in a third. */
  #write(): void {
    if (this.#database === undefined) {
      this.#retryLater();
      return;
    }
    if (this.#backlog.size > 0) {
      try {
        writeAll(this.#database, this.#backlog);
      } catch (error) {
        this.#troubleWith(error);
        return;
      }
      this.#written += this.#backlog.size;
      this.#backlog.written();
    }
    const keptWritten = this.#writeKept();
    if (this.#writeStates() && keptWritten) this.#recovered();
    else this.#retryLater();
    this.#report({ kind: 'stored', upTo: this.#newestBatch, counts: this.#counts() });
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
  #writeBeside(store: KeptTexts | SavedStates): boolean {
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
    try {
      if (statSync(path).ino === this.#database.fileNumber) return;
    } catch {
      // Removed.
    }
    this.#tell(
      `The ledger's file ${path} was removed or replaced while the gateway runs; continuing in a new one.`,
    );
    this.#close();
    this.#reopen();
  }

  #deleteOld(): void {
    const database = this.#database;
    if (database === undefined) return;
    deleteOld(
      database.driver,
      this.#settings.retentionDays,
      () => this.#database === database && !this.#troubled,
    );
    this.#trimKept();
    if (!this.#troubled) this.#states.trim();
  }

  #trimKept(): void {
    const database = this.#database;
    this.#kept.trim(() => database !== undefined && this.#database === database && !this.#troubled);
  }
}

function failureOf(error: unknown): SqliteFailure {
  return error instanceof SqliteFailure ? error : new SqliteFailure('other', messageOf(error));
}

function damaged(path: string, movedTo: string): string {
  return `The ledger's file ${path} was damaged. It was moved to ${movedTo} and a new one is made; old rows can be saved from it with "sqlite3 ${movedTo} .recover".`;
}

/** Throws SqliteFailure, and then nothing was written: an exchange is complete together with its attempts, or not. */
function writeAll({ driver, insertDone, insertOpen, insertAttempt }: OpenDatabase, backlog: Backlog): void {
  transaction(driver, () => {
    for (const batch of backlog.batches) {
      for (let row = 0; row < batch.rows; row++)
        (isDone(batch, row) ? insertDone : insertOpen).run(rowValues(batch, row));
      const { attempts } = batch;
      if (attempts === undefined) continue;
      for (let row = 0; row < attempts.rows; row++) insertAttempt.run(attemptValues(attempts, row));
    }
  });
}
