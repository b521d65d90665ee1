// Starts the threads that write and read: workers when Sluice runs as built, in place when its TypeScript sources run directly
// (tests), because a worker thread cannot load those on every supported Node.

import { Worker } from 'node:worker_threads';
import type { FromWriter } from '../tables/messages.ts';
import type { Reply } from '../tables/queries/questions.ts';
import type { PostgresThreads } from './in-place.ts';

const IN_WORKERS: PostgresThreads = {
  startWriter(settings, listener) {
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
  },
  startReader(settings, listener) {
    const worker = new Worker(new URL('./reader-worker.js', import.meta.url), {
      workerData: settings,
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
  },
};

/** The way that fits how this file was loaded. */
export const postgresThreads: PostgresThreads = import.meta.url.endsWith('.ts')
  ? (await import('./in-place.ts')).IN_PLACE
  : IN_WORKERS;
