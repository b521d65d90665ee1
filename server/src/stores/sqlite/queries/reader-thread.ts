// What the main thread knows of a started reader, and the reader that runs in place, without a thread of its own.

import { openDriver } from '../open-driver.ts';
import type { Asked, Reply } from './questions.ts';
import { ReaderConnection } from './reader-connection.ts';

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
