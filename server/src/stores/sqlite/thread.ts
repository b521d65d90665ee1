// How a writer on SQLite is started, and the writer that runs in place, without a thread of its own.

import type { OpenDriver } from '../tables/driver.ts';
import type { WriterSettings } from '../tables/messages.ts';
import type { WriterListener, WriterThread } from '../tables/thread.ts';
import { Writer } from './writer.ts';

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
