// How a reader of SQLite is started, and the reader that runs in place, without a thread of its own.

import type { ReaderListener, ReaderThread } from '../../tables/thread.ts';
import { openDriver } from '../open-driver.ts';
import { ReaderConnection } from './reader-connection.ts';

export type StartReader = (path: string, listener: ReaderListener) => ReaderThread;

/** Answers one question after the other. */
export const startInPlace: StartReader = (path, listener) => {
  const reader = new ReaderConnection(path, openDriver);
  let line: Promise<void> = Promise.resolve();
  return {
    post(asked) {
      line = line.then(async () => listener.reply(await reader.reply(structuredClone(asked))));
    },
    stop: () => void line.then(() => reader.close()),
  };
};
