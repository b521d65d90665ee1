// How threads of a ledger are started; and the writer and the reader without threads of their own, for tests: all that crosses
// is copied and comes later, as between threads.

import type { ReaderListener, ReaderThread, WriterListener, WriterThread } from '../tables/thread.ts';
import { PostgresReader, type ReaderSettings } from './reader.ts';
import type { PostgresSettings } from './settings.ts';
import { PostgresWriter } from './writer.ts';

/** Starts threads of one ledger. */
export interface PostgresThreads {
  startWriter(settings: PostgresSettings, listener: WriterListener): WriterThread;
  startReader(settings: ReaderSettings, listener: ReaderListener): ReaderThread;
}

/** Runs both where they are started. */
export const IN_PLACE: PostgresThreads = {
  startWriter(settings, listener) {
    const writer = new PostgresWriter(settings, (message) => queueMicrotask(() => listener.message(message)));
    const started = writer.start();
    return {
      post(message) {
        const copy = structuredClone(message);
        void started.then(() => (copy.kind === 'stop' ? writer.stop() : writer.hear(copy)));
      },
      hold: () => undefined,
    };
  },
  startReader(settings, listener) {
    const reader = new PostgresReader(settings);
    let line: Promise<void> = Promise.resolve();
    return {
      post(asked) {
        line = line.then(async () => listener.reply(await reader.reply(structuredClone(asked))));
      },
      stop: () => void line.then(() => reader.close()),
    };
  },
};
