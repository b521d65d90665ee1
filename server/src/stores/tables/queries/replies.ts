// Answers questions where the file has one user only (the WebAssembly build): in the writer's thread, one step at a time,
// so that rows are written in between.

import type { StoreDriver } from '../driver.ts';
import { answer } from './answer.ts';
import type { Asked, Reply, Steps } from './questions.ts';

/** Steps are taken one after the other for so long. */
const SLICE_MS = 20;

/** Answers questions on one connection. */
export class Replies {
  readonly #path: string;
  readonly #reply: (reply: Reply) => void;
  #line: { readonly asked: Asked; readonly driver: StoreDriver }[] = [];
  #running: Steps<unknown> | undefined;

  constructor(path: string, reply: (reply: Reply) => void) {
    this.#path = path;
    this.#reply = reply;
  }

  /** Takes a question; answered later. */
  ask(asked: Asked, driver: StoreDriver | undefined): void {
    if (driver === undefined) {
      this.#reply({ number: asked.number, ok: false, message: 'The ledger is not open at the moment.' });
      return;
    }
    this.#line.push({ asked, driver });
    if (this.#line.length === 1) setImmediate(() => this.#slice());
  }

  /** The database is closed: whoever waits is told. */
  closed(): void {
    for (const { asked } of this.#line)
      this.#reply({ number: asked.number, ok: false, message: 'The ledger was closed.' });
    this.#line = [];
    this.#running = undefined;
  }

  #slice(): void {
    const untilMs = performance.now() + SLICE_MS;
    do {
      const first = this.#line[0];
      if (first === undefined) return;
      this.#step(first.asked, first.driver);
    } while (performance.now() < untilMs);
    if (this.#line.length > 0) setImmediate(() => this.#slice());
  }

  #step(asked: Asked, driver: StoreDriver): void {
    const { number } = asked;
    try {
      this.#running ??= answer({ path: this.#path, driver, nowMs: Date.now() }, asked);
      const step = this.#running.next();
      if (step.done !== true) return;
      this.#reply({ number, ok: true, answer: step.value });
    } catch (error) {
      this.#reply({ number, ok: false, message: unanswered(error) });
    }
    this.#running = undefined;
    this.#line.shift();
  }
}

/** Words for the operator. */
export function unanswered(error: unknown): string {
  return `The ledger cannot be read (${error instanceof Error ? error.message : String(error)}).`;
}
