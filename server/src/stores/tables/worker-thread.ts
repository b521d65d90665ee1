// Threads of their own for the writer and the reader of a ledger, whichever database it is in. What only such a thread needs,
// the main thread does not load: a start waits for every file.

import { Worker } from 'node:worker_threads';
import type { FromWriter } from './messages.ts';
import type { Reply } from './queries/questions.ts';
import type { ReaderListener, ReaderThread, WriterListener, WriterThread } from './thread.ts';

/** Runs a writer's script, which finds the settings in its workerData. */
export function writerInWorker(script: URL, settings: unknown, listener: WriterListener): WriterThread {
  const worker = new Worker(script, { workerData: settings, name: 'sluice-ledger' });
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
}

/** Runs a reader's script. It does not keep the process alive. */
export function readerInWorker(script: URL, settings: unknown, listener: ReaderListener): ReaderThread {
  const worker = new Worker(script, { workerData: settings, name: 'sluice-ledger-reader' });
  worker.unref();
  worker.on('message', (reply: Reply) => listener.reply(reply));
  // 'exit' follows.
  worker.on('error', () => undefined);
  worker.on('exit', () => listener.died());
  return {
    post: (asked) => worker.postMessage(asked),
    stop: () => worker.postMessage('stop'),
  };
}
