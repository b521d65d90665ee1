// Starts the reader: in a worker thread when Sluice runs as built, in place when its TypeScript sources run directly. The
// built program never loads the second.

import { readerInWorker } from '../../tables/worker-thread.ts';
import type { StartReader } from './reader-thread.ts';

/** Runs the reader in a thread of its own. */
const startInWorker: StartReader = (path, listener) =>
  readerInWorker(new URL('./reader-worker.js', import.meta.url), path, listener);

/** The way that fits how this file was loaded. */
export const startReader: StartReader = import.meta.url.endsWith('.ts')
  ? (await import('./reader-thread.ts')).startInPlace
  : startInWorker;
