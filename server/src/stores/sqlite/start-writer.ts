// Starts the writer: in a worker thread when Sluice runs as built, in place when its TypeScript sources run directly
// (tests), because a worker thread cannot load those on every supported Node.

import { writerInWorker } from '../tables/worker-thread.ts';
import { openDriver } from './open-driver.ts';
import type { StartWriter } from './thread.ts';

/** Runs the writer in a thread of its own. */
const startInWorker: StartWriter = (settings, listener) =>
  writerInWorker(new URL('./worker.js', import.meta.url), settings, listener);

/** The way that fits how this file was loaded. */
export const startWriter: StartWriter = import.meta.url.endsWith('.ts')
  ? (await import('./thread.ts')).startInPlace(openDriver)
  : startInWorker;
