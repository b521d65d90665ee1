// Starts the reader: in a worker thread when Sluice runs as built, in place when its TypeScript sources run directly.

import { Worker } from 'node:worker_threads';
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

const startInWorker: StartReader = (path, listener) => {
  const worker = new Worker(new URL('./reader-worker.js', import.meta.url), {
    workerData: path,
    name: 'sluice-ledger-reader',
  });
  worker.unref();
  worker.on('message', (reply: Reply) => listener.reply(reply));
  // 'exit' follows.
  worker.on('error', () => undefined);
  worker.on('exit', () => listener.died());
  return {
    post: (asked) => worker.postMessage(asked),
    stop: () => worker.postMessage('stop'),
  };
};

const startInPlace: StartReader = (path, listener) => {
  const reader = new ReaderConnection(path, openDriver);
  let line: Promise<void> = Promise.resolve();
  return {
    post(asked) {
      line = line.then(async () => listener.reply(await reader.reply(structuredClone(asked))));
    },
    stop: () => void line.then(() => reader.close()),
  };
};

/** The way that fits how this file was loaded. */
export const startReader: StartReader = import.meta.url.endsWith('.ts') ? startInPlace : startInWorker;
