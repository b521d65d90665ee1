// What the main thread knows of the threads that write and read the tables, whichever database these are in.

import type { FromWriter, ToWriter } from './messages.ts';
import type { Asked, Reply } from './queries/questions.ts';

/** A started writer, wherever it runs. */
export interface WriterThread {
  post(message: ToWriter): void;
  /** Whether it keeps the process alive. */
  hold(alive: boolean): void;
}

/** What the main thread hears. */
export interface WriterListener {
  message(message: FromWriter): void;
  /** The thread ended without being asked to. */
  died(reason: string): void;
}

/** A started reader, wherever it runs. */
export interface ReaderThread {
  post(asked: Asked): void;
  stop(): void;
}

/** Hears answers, and of a thread that ended without being asked to. */
export interface ReaderListener {
  reply(reply: Reply): void;
  died(): void;
}
