// Starts the writer: in a worker thread when Sluice runs as built, in place when its TypeScript sources run directly
// (tests), because a worker thread cannot load those on every supported Node.

import { Worker } from 'node:worker_threads';
import type { OpenDriver } from './driver.ts';
import type { FromWriter, ToWriter, WriterSettings } from './messages.ts';
import { openDriver } from './open-driver.ts';
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

/** Runs the writer in a thread of its own. */
const startInWorker: StartWriter = (settings, listener) => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: settings,
    name: 'sluice-ledger',
  });
  let reason = 'it ended';
  worker.on('message', (message: FromWriter) => listener.message(message));
  worker.on('error', (error) => {
    reason = error.message;
  });
  worker.on('exit', () => listener.died(reason));
  return {
    post: (message) => worker.postMessage(message),
    hold: (alive) => (alive ? worker.ref() : worker.unref()),
  };
};

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

/** The way that fits how this file was loaded. */
export const startWriter: StartWriter = import.meta.url.endsWith('.ts')
  ? startInPlace(openDriver)
  : startInWorker;
