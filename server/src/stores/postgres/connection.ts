// A connection to PostgreSQL as the thread has it that writes or reads: the driver of the stores, whose every call waits for
// its answer. It is made anew after each loss, in the background.

import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import {
  type StoreDriver,
  StoreFailure,
  type StoreRow,
  type StoreStatement,
  type StoreTrouble,
  type StoreValue,
} from '../tables/driver.ts';
import { storable } from '../tables/many-rows.ts';
import { POSTGRES_WORDS } from '../tables/wording.ts';
import type { ConnectionOptions, Order, QueryReply, Told } from './serve-connection.ts';
import { startConnection } from './start-connection.ts';

/** Why there is no connection. `code`: SQLSTATE, or that of the system. */
export class ConnectionFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ConnectionFailure';
    this.code = code;
  }
}

/** An answer that takes longer than this takes long. */
const LONG_MS = 100;

/** What SQLSTATEs mean for the stores: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function troubleOf(code: string, connected: boolean): StoreTrouble {
  // 57014: the time of a statement is over; 55P03: that of waiting for a lock; 40: another transaction was in the way.
  if (connected && (code === '57014' || code === '55P03' || code.startsWith('40'))) return 'locked';
  if (code === '53100') return 'full';
  if (code === '25006' || code === '42501') return 'readonly';
  if (!connected || /^(?:08|53|57|58)/.test(code) || code === '') return 'io';
  return 'other';
}

/** Waits for answers; one connection at a time. */
export class PostgresConnection {
  readonly #options: ConnectionOptions;
  /** An answer that takes longer is not waited for: the connection is given up. */
  readonly #answerMs: number;
  readonly #signal: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));
  readonly #waits: (() => void) | undefined;
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #number = 0;
  #connecting: { done(driver: StoreDriver): void; failed(error: ConnectionFailure): void } | undefined;
  #driver: StoreDriver | undefined;

  /** `waits` is called again and again while an answer takes long. It must not ask anything. */
  constructor(options: ConnectionOptions, answerMs: number, waits?: () => void) {
    this.#options = options;
    this.#answerMs = answerMs;
    this.#waits = waits;
  }

  /** Connects anew; one at a time. Rejects with ConnectionFailure. */
  connect(): Promise<StoreDriver> {
    this.#driver = undefined;
    return new Promise((done, failed) => {
      this.#connecting = { done, failed };
      this.#order('connect');
    });
  }

  /** Ends the connection and its thread. */
  close(): void {
    this.#driver = undefined;
    this.#worker?.postMessage('close' satisfies Order);
    this.#worker = undefined;
    this.#port?.close();
    this.#port = undefined;
  }

  #order(order: Order): void {
    if (this.#worker === undefined) this.#start();
    this.#worker?.postMessage(order);
  }

  #start(): void {
    const { port1, port2 } = new MessageChannel();
    const worker = startConnection({ options: this.#options, port: port2, signal: this.#signal });
    port1.unref();
    this.#port = port1;
    this.#worker = worker;
    worker.on('message', (told: Told) => this.#hear(told));
    worker.on('error', (error) => this.#ended(worker, error.message));
    worker.on('exit', () => this.#ended(worker, 'its thread ended'));
  }

  #ended(worker: Worker, message: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#port?.close();
    this.#port = undefined;
    this.#driver = undefined;
    this.#hear({ kind: 'failed', code: '', message });
  }

  #hear(told: Told): void {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    if (told.kind === 'failed') {
      connecting?.failed(new ConnectionFailure(told.code, told.message));
      return;
    }
    this.#driver = this.#makeDriver();
    connecting?.done(this.#driver);
  }

  #makeDriver(): StoreDriver {
    const ask = (sql: string, values: readonly StoreValue[] | undefined): QueryReply & { ok: true } => {
      if (this.#driver !== driver) throw new StoreFailure('io', 'the connection is closed');
      return this.#ask(sql, values);
    };
    const driver: StoreDriver = {
      engine: 'postgres',
      words: POSTGRES_WORDS,
      exec: (sql) => void ask(sql, undefined),
      prepare(sql): StoreStatement {
        const text = numbered(sql);
        return {
          run: (values) => ask(text, values.map(bindable)).changes,
          // Of the types that the connection makes of columns.
          all: (values) => [...(ask(text, values.map(bindable)).rows as readonly StoreRow[])],
        };
      },
      close: () => {
        if (this.#driver === driver) this.#drop();
      },
    };
    return driver;
  }

  #drop(): void {
    this.#driver = undefined;
    this.#worker?.postMessage('drop' satisfies Order);
  }

  /** Asks and stands still until the answer is there. Throws StoreFailure. */
  #ask(sql: string, values: readonly StoreValue[] | undefined): QueryReply & { ok: true } {
    const port = this.#port;
    if (port === undefined) throw new StoreFailure('io', 'the connection is closed');
    const number = ++this.#number;
    let seen = Atomics.load(this.#signal, 0);
    port.postMessage({ number, sql, values });
    const untilMs = performance.now() + this.#answerMs;
    for (;;) {
      const reply = (receiveMessageOnPort(port) as { message: QueryReply } | undefined)?.message;
      if (reply?.number === number) return this.#taken(reply);
      if (reply !== undefined) continue;
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) {
        this.#drop();
        throw new StoreFailure('io', `it did not answer within ${this.#answerMs / 1_000} seconds`);
      }
      if (Atomics.wait(this.#signal, 0, seen, Math.min(leftMs, LONG_MS)) === 'timed-out') this.#waits?.();
      seen = Atomics.load(this.#signal, 0);
    }
  }

  #taken(reply: QueryReply): QueryReply & { ok: true } {
    if (reply.ok) return reply;
    const trouble = troubleOf(reply.code, reply.connected);
    if (!reply.connected || trouble === 'io') this.#drop();
    throw new StoreFailure(trouble, reply.message);
  }
}

/** Places for values are numbered in PostgreSQL. Kysely numbers them itself. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/'(?:[^']|'')*'|"[^"]*"|\?/g, (found) => (found === '?' ? `$${++count}` : found));
}

/** Every number column holds whole numbers; what is compared with them may be a part of one. */
function bindable(value: StoreValue): StoreValue {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  if (Number.isNaN(value)) return null;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(value)));
}
