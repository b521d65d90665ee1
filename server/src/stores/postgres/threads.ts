// Starts the threads that write and read: workers when Sluice runs as built, in place when its TypeScript sources run directly
// (tests), because a worker thread cannot load those on every supported Node.

import { readerInWorker, writerInWorker } from '../tables/worker-thread.ts';
import type { PostgresThreads } from './in-place.ts';

const IN_WORKERS: PostgresThreads = {
  startWriter: (settings, listener) =>
    writerInWorker(new URL('./worker.js', import.meta.url), settings, listener),
  startReader: (settings, listener) =>
    readerInWorker(new URL('./reader-worker.js', import.meta.url), settings, listener),
};

/** The way that fits how this file was loaded. */
export const postgresThreads: PostgresThreads = import.meta.url.endsWith('.ts')
  ? (await import('./in-place.ts')).IN_PLACE
  : IN_WORKERS;
