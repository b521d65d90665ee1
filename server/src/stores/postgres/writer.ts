// The writer's loop on PostgreSQL: takes batches of rows and writes them, each exchange once. While the database is away or
// does not take them, they go to the spool on this machine's disk, and from there in order when it is back. Nothing that
// happens to the database holds up a request. It runs in a worker thread; tests run the same loop in place.

import { failureOf, type StoreDriver } from '../tables/driver.ts';
import { KeptTexts } from '../tables/kept-texts.ts';
import type { Batch, FromWriter, ToWriter, WriterCounts } from '../tables/messages.ts';
import { beat, HEARTBEAT_MS } from '../tables/owner.ts';
import { SavedStates } from '../tables/saved-states.ts';
import { StoredDetails } from '../tables/stored-details.ts';
import { PostgresConnection } from './connection.ts';
import { Gateways, SHOW_EVERY_MS } from './gateways.ts';
import { Housekeeping } from './housekeeping.ts';
import { migrate } from './migrations.ts';
import { type Inbox, Overflow } from './overflow.ts';
import { PostgresRowWriter } from './row-writer.ts';
import { connectionOptions, type PostgresSettings } from './settings.ts';
import { mayPass, wordsOf } from './trouble.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/** Rows of one transaction: it is to take much less than an answer may. */
const ROWS_AT_A_TIME = 2_000;
const UPKEEP_EVERY_MS = 60_000;

interface OpenDatabase {
  readonly driver: StoreDriver;
  readonly rows: PostgresRowWriter;
  readonly gateways: Gateways;
  readonly housekeeping: Housekeeping;
}

/** Owns the connection and the spool from start() to stop(); `report` hears everything it has to say. */
export class PostgresWriter {
  readonly #settings: PostgresSettings;
  readonly #report: (message: FromWriter) => void;
  readonly #connection: PostgresConnection;
  readonly #kept: KeptTexts;
  readonly #states: SavedStates;
  readonly #details: StoredDetails;
  readonly #inbox: Inbox | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #overflow: Overflow | undefined;
  #database: OpenDatabase | undefined;
  #newestBatch = 0;
  #written = 0;
  #unsummed = 0;
  #began = false;
  #started = false;
  #troubled = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs: number = FIRST_RETRY_MS;
  #draining: NodeJS.Immediate | undefined;
  #stopping = false;

  constructor(settings: PostgresSettings, report: (message: FromWriter) => void, inbox?: Inbox) {
    this.#inbox = inbox;
    this.#settings = settings;
    this.#report = report;
    const { writeMs } = settings.times;
    this.#connection = new PostgresConnection(connectionOptions(settings, writeMs), writeMs, () =>
      this.#secure(),
    );
    this.#kept = new KeptTexts(settings.kept);
    this.#states = new SavedStates(settings.gateway);
    this.#details = new StoredDetails(undefined, settings.details);
  }

  /** Connects; reports ready, also while the database is away, or failed when it will not have us. */
  async start(): Promise<void> {
    const { folder, run, spoolBytes } = this.#settings;
    try {
      this.#overflow = new Overflow(folder, run, spoolBytes, (message) => this.#tell(message));
      // What an earlier run has left waits from the first moment on.
      this.#report({ kind: 'stored', upTo: 0, counts: this.#counts() });
      await this.#connect();
    } catch (error) {
      if (!mayPass(error)) {
        this.#connection.close();
        this.#report({ kind: 'failed', message: wordsOf(error, this.#settings.name) });
        return;
      }
      this.#complain(error);
      this.#report({ kind: 'ready', interrupted: 0, newest: 0, engine: 'postgres' });
      this.#retryLater();
    }
    this.#started = true;
    const lookThrough = (): void => this.#guarded(({ housekeeping }) => housekeeping.round());
    this.#timers.push(
      setInterval(() => beat(folder), HEARTBEAT_MS).unref(),
      setInterval(() => this.#guarded(({ gateways }) => gateways.show()), SHOW_EVERY_MS).unref(),
      setInterval(lookThrough, UPKEEP_EVERY_MS).unref(),
    );
    lookThrough();
  }

  /** Takes what the main thread has to say. */
  hear(message: Exclude<ToWriter, { kind: 'stop' }>): void {
    switch (message.kind) {
      case 'batch':
        this.#take(message.batch);
        break;
      case 'keep':
        this.#kept.accept(message.texts);
        this.#writeBeside();
        break;
      case 'save':
        this.#states.accept(message.states);
        this.#writeBeside();
        break;
      case 'details':
        this.#details.accept(message.details);
        this.#writeBeside();
        break;
      case 'find':
        this.#find(message.number, message.hashes);
        break;
      case 'load':
        this.#load();
        break;
      case 'ask':
      // The reader answers questions.
      case 'interrupt':
        // Each process is a gateway of its own here, and looked after as such.
        break;
    }
  }

  #take(batch: Batch): void {
    this.#newestBatch = batch.number;
    this.#overflow?.accept(batch);
    this.#write();
    this.#drainSoon();
  }

  #secure(): void {
    if (this.#started) this.#overflow?.secure(this.#inbox);
  }

  /** What is left goes to the database, or to the disk. */
  stop(): void {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#retry);
    clearImmediate(this.#draining);
    this.#write();
    this.#writeBeside();
    this.#guarded(({ gateways }) => gateways.leave());
    this.#kept.abandon();
    this.#states.abandon();
    this.#details.abandon();
    this.#overflow?.close();
    this.#closeDatabase();
    this.#connection.close();
    this.#report({ kind: 'stopped', counts: this.#counts() });
  }

  #counts(): WriterCounts {
    const { rows: waiting = 0, lost = 0 } = this.#overflow ?? {};
    return { written: this.#written, lost, waiting, unsummed: this.#unsummed };
  }

  #tell(message: string): void {
    this.#report({ kind: 'trouble', message });
  }

  /** Reports ready, or throws. */
  async #connect(): Promise<void> {
    const { schema, gateway, run, retentionDays, maxBytes = 0 } = this.#settings;
    const driver = await this.#connection.connect();
    if (this.#stopping) return;
    migrate(driver, schema);
    const gateways = new Gateways(driver, gateway, run);
    let interrupted = 0;
    if (this.#began) gateways.show();
    else interrupted = gateways.begin();
    this.#began = true;
    const rows = new PostgresRowWriter(driver);
    for (const store of [this.#kept, this.#states, this.#details]) store.opened(driver);
    const housekeeping = new Housekeeping(
      driver,
      gateways,
      { kept: this.#kept, states: this.#states, details: this.#details },
      { retentionDays, maxBytes },
      () => this.#database?.driver === driver,
      (error) => this.#troubleWith(error),
    );
    this.#database = { driver, rows, gateways, housekeeping };
    this.#report({ kind: 'ready', interrupted, newest: 0, engine: 'postgres' });
    this.#drainSoon();
  }

  #closeDatabase(): void {
    const database = this.#database;
    this.#database = undefined;
    for (const store of [this.#kept, this.#states, this.#details]) store.closed();
    try {
      database?.driver.close();
    } catch {
      // It is being given up.
    }
  }

  /** Rows that wait go to the database when nothing older waits on the disk, and to the disk otherwise. */
  #write(): void {
    const overflow = this.#overflow;
    if (overflow === undefined) return;
    const { rows } = this.#database ?? {};
    if (rows !== undefined && !overflow.onDisk) {
      try {
        for (
          let some = overflow.some(ROWS_AT_A_TIME);
          some.length > 0;
          some = overflow.some(ROWS_AT_A_TIME)
        ) {
          const batches = some;
          this.#writeRows(() => rows.write(batches, this.#settings.run));
          for (const batch of batches) this.#written += batch.rows;
          overflow.written(batches.length);
          this.#recovered();
        }
      } catch (error) {
        this.#troubleWith(error);
      }
    }
    const safe = overflow.spool();
    this.#drainSoon();
    if (!safe) {
      // While the database is there, room comes with what it takes from the disk.
      if (this.#database === undefined) this.#retryLater();
      return;
    }
    this.#report({ kind: 'stored', upTo: this.#newestBatch, counts: this.#counts() });
  }

  #writeRows(write: () => void): void {
    const { rows } = this.#database ?? {};
    const before = rows?.unsummed ?? 0;
    write();
    const unsummed = (rows?.unsummed ?? 0) - before;
    if (unsummed > 0 && this.#unsummed === 0)
      this.#tell(
        'The ledger could not sum up its rows: totals are too low. This is a defect of Sluice: please report it.',
      );
    this.#unsummed += unsummed;
  }

  #drainSoon(): void {
    if (this.#database === undefined || this.#retry !== undefined || this.#stopping) return;
    if (this.#overflow?.onDisk !== true) return;
    this.#draining ??= setImmediate(() => {
      this.#draining = undefined;
      this.#drain();
    });
  }

  /** Writes one file of the spool to the database. */
  #drain(): void {
    const [database, overflow] = [this.#database, this.#overflow];
    if (database === undefined || overflow === undefined) return;
    try {
      const oldest = overflow.oldest();
      if (oldest !== undefined) {
        this.#writeRows(() => database.rows.write(oldest.batches, oldest.run));
        this.#written += oldest.batches.reduce((sum, { rows }) => sum + rows, 0);
        oldest.done();
      }
      if (overflow.onDisk) {
        this.#drainSoon();
        return;
      }
      // Rows of earlier runs may be among them.
      if (oldest !== undefined) database.gateways.sweep();
    } catch (error) {
      this.#troubleWith(error);
      return;
    }
    this.#recovered();
    this.#write();
  }

  /** Texts, details and states wait in memory while the database is away. */
  #writeBeside(): void {
    if (this.#database === undefined) return;
    for (const store of [this.#kept, this.#details, this.#states]) {
      if (store.waiting === 0) continue;
      try {
        store.write();
      } catch (error) {
        this.#troubleWith(error);
        if (failureOf(error).trouble !== 'other') return;
        store.abandon();
      }
    }
    this.#report({ kind: 'saved', upTo: this.#states.newestBatch });
    this.#guarded(({ housekeeping }) => housekeeping.makeRoom());
  }

  #find(number: number, hashes: readonly string[]): void {
    let texts: readonly (string | undefined)[] | undefined;
    this.#guarded(() => {
      texts = this.#kept.find(hashes);
    });
    this.#report(texts === undefined ? { kind: 'unfound', number } : { kind: 'found', number, texts });
  }

  #load(): void {
    let texts: readonly (string | null)[] = [];
    this.#guarded(() => {
      texts = this.#states.load();
    });
    this.#report({ kind: 'loaded', texts });
  }

  /** Works on the database, when it is there. */
  #guarded(work: (database: OpenDatabase) => void): void {
    if (this.#database === undefined) return;
    try {
      work(this.#database);
    } catch (error) {
      this.#troubleWith(error);
    }
  }

  /** Says once what is wrong and tries again later; a connection that failed is made anew. */
  #troubleWith(error: unknown): void {
    const { trouble } = failureOf(error);
    if (trouble === 'io') this.#closeDatabase();
    // Waiting for others once in a while is no trouble: rows are safe on the disk meanwhile.
    if (trouble !== 'locked' || this.#retryMs >= LAST_RETRY_MS) this.#complain(error);
    this.#retryLater();
  }

  #complain(error: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#tell(
      `${wordsOf(error, this.#settings.name)} Requests are served meanwhile; rows are kept in ${this.#settings.folder} and written when it is back.`,
    );
  }

  #recovered(): void {
    this.#retryMs = FIRST_RETRY_MS;
    if (!this.#troubled || this.#overflow?.onDisk === true) return;
    this.#troubled = false;
    this.#overflow?.recovered();
    const lost = this.#overflow?.lost ?? 0;
    this.#tell(
      `The ledger writes to ${this.#settings.name} again${lost > 0 ? `; ${lost} exchanges could not be kept` : ''}.`,
    );
  }

  #retryLater(): void {
    if (this.#stopping) return;
    this.#retry ??= setTimeout(() => {
      if (this.#database === undefined) void this.#reconnect();
      else this.#goOn();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #reconnect(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      this.#closeDatabase();
      this.#complain(error);
    }
    if (this.#stopping) return;
    if (this.#database === undefined) {
      this.#retry = undefined;
      this.#retryLater();
    } else this.#goOn();
  }

  #goOn(): void {
    this.#retry = undefined;
    if (this.#overflow?.onDisk === false && this.#database !== undefined) this.#recovered();
    this.#write();
    this.#writeBeside();
  }
}
