// Answers questions on a connection of its own, which only reads: so a long question holds up nobody who writes.

import { statSync } from 'node:fs';
import type { OpenDriver, StoreDriver } from '../../tables/driver.ts';
import { answer } from '../../tables/queries/answer.ts';
import type { Asked, Reply } from '../../tables/queries/questions.ts';
import { unanswered } from '../../tables/queries/replies.ts';

const BUSY_TIMEOUT_MS = 2_000;

/** Reads one database, opened with the first question. */
export class ReaderConnection {
  readonly #path: string;
  readonly #open: OpenDriver;
  #driver: StoreDriver | undefined;
  /** Tells whether the path still leads to the file that is open. */
  #fileNumber = 0;

  constructor(path: string, open: OpenDriver) {
    this.#path = path;
    this.#open = open;
  }

  /** Never rejects. */
  async reply(asked: Asked): Promise<Reply> {
    const { number } = asked;
    try {
      const driver = await this.#connect();
      const steps = answer({ path: this.#path, driver, nowMs: Date.now() }, asked);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return { number, ok: true, answer: step.value };
      }
    } catch (error) {
      this.close();
      return { number, ok: false, message: unanswered(error) };
    }
  }

  close(): void {
    try {
      this.#driver?.close();
    } catch {
      // It only read.
    }
    this.#driver = undefined;
  }

  async #connect(): Promise<StoreDriver> {
    const fileNumber = statSync(this.#path).ino;
    if (this.#driver !== undefined && fileNumber === this.#fileNumber) return this.#driver;
    this.close();
    const driver = await this.#open({ path: this.#path, readOnly: true });
    this.#driver = driver;
    this.#fileNumber = fileNumber;
    driver.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return driver;
  }
}
