// Starts the writer: in a worker thread when Sluice runs as built, in place when its TypeScript sources run directly
// (tests), because a worker thread cannot load those on every supported Node. What only the thread needs, the main thread
// does not load: a start waits for every file.

import { Worker } from 'node:worker_threads';
import type { FromWriter } from '../tables/messages.ts';
import { openDriver } from './open-driver.ts';
import type { StartWriter } from './thread.ts';

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

/** The way that fits how this file was loaded. */
export const startWriter: StartWriter = import.meta.url.endsWith('.ts')
  ? (await import('./thread.ts')).startInPlace(openDriver)
  : startInWorker;
