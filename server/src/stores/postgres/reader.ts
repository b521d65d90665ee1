// Answers questions on a connection of its own, in a thread of its own: a long question holds up nobody who writes.

import type { StoreDriver } from '../tables/driver.ts';
import { failureOf } from '../tables/driver.ts';
import { answer } from '../tables/queries/answer.ts';
import type { Asked, Reply } from '../tables/queries/questions.ts';
import { ConnectionFailure, PostgresConnection } from './connection.ts';
import { connectionOptions, type PostgresSettings } from './settings.ts';
import { isRefusal, unusable } from './trouble.ts';

/** What a reader needs to know. */
export type ReaderSettings = Pick<PostgresSettings, 'url' | 'schema' | 'name' | 'times'>;

/** After a failure, questions are refused at once for so long: each would wait for a connection otherwise. */
const REFUSE_MS = 1_000;

/** Reads one database, connected to with the first question. */
export class PostgresReader {
  readonly #name: string;
  readonly #connection: PostgresConnection;
  #driver: StoreDriver | undefined;
  #refused: { readonly untilMs: number; readonly message: string } | undefined;

  constructor(settings: ReaderSettings) {
    this.#name = settings.name;
    const { readMs } = settings.times;
    this.#connection = new PostgresConnection(connectionOptions(settings, readMs), readMs);
  }

  /** Never rejects. */
  async reply(asked: Asked): Promise<Reply> {
    const { number } = asked;
    const read = await this.read((driver) => {
      const steps = answer({ path: undefined, driver, nowMs: Date.now() }, asked);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    });
    return read.ok ? { number, ok: true, answer: read.result } : { number, ok: false, message: read.message };
  }

  /** Reads what `work` reads. Never rejects. */
  async read<Result>(
    work: (driver: StoreDriver) => Result | Promise<Result>,
  ): Promise<
    { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly message: string }
  > {
    if (this.#refused !== undefined && performance.now() < this.#refused.untilMs)
      return { ok: false, message: this.#refused.message };
    try {
      this.#driver ??= await this.#connection.connect();
      const result = await work(this.#driver);
      this.#refused = undefined;
      return { ok: true, result };
    } catch (error) {
      return { ok: false, message: this.#failed(error) };
    }
  }

  close(): void {
    this.#driver = undefined;
    this.#connection.close();
  }

  #failed(error: unknown): string {
    const away = error instanceof ConnectionFailure;
    const { trouble, message } = away
      ? { trouble: isRefusal(error) ? ('open' as const) : ('io' as const), message: error.message }
      : failureOf(error);
    if (trouble === 'locked')
      return `The ledger ${this.#name} did not answer in time. Ask for a shorter period.`;
    const words = unusable(this.#name, trouble, message);
    if (away || trouble === 'io') {
      this.#driver = undefined;
      this.#refused = { untilMs: performance.now() + REFUSE_MS, message: words };
    }
    return words;
  }
}
