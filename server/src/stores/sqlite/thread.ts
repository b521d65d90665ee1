// What the main thread knows of a started writer, and the writer that runs in place, without a thread of its own.

import type { OpenDriver } from './driver.ts';
import type { FromWriter, ToWriter, WriterSettings } from './messages.ts';
import { Writer } from './writer.ts';

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

/** Starts a writer. `place` is how the ledger was told to run it. */
export type StartWriter = (settings: WriterSettings, listener: WriterListener) => WriterThread;

/** Runs the writer in place, with a driver of the caller's choice. */
export function startInPlace(open: OpenDriver): StartWriter {
  return (settings, listener) => {
    const writer = new Writer(settings, open, (message) => queueMicrotask(() => listener.message(message)));
    const started = writer.start();
    return {
      post(message) {
        // As between threads: a copy, and later.
        const copy = structuredClone(message);
        void started.then(() => (copy.kind === 'stop' ? writer.stop() : writer.hear(copy)));
      },
      hold: () => undefined,
    };
  };
}
