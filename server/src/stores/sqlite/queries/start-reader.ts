// Starts the reader: in a worker thread when Sluice runs as built, in place when its TypeScript sources run directly. The
// built program never loads the second.

import { Worker } from 'node:worker_threads';
import type { Reply } from '../../tables/queries/questions.ts';
import type { StartReader } from './reader-thread.ts';

/** Runs the reader in a thread of its own. */
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

/** The way that fits how this file was loaded. */
export const startReader: StartReader = import.meta.url.endsWith('.ts')
  ? (await import('./reader-thread.ts')).startInPlace
  : startInWorker;
