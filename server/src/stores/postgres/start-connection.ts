// Starts the thread of a connection: the built file when Sluice runs as built. When its TypeScript sources run directly
// (tests), a worker thread cannot load them on every supported Node, so it is given the text of its one function.

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type ConnectionData, serveConnection } from './serve-connection.ts';

const NAME = 'sluice-postgres';

/** Starts the thread; it does not keep the process alive. */
export function startConnection(data: ConnectionData): Worker {
  const options = { workerData: data, transferList: [data.port], name: NAME };
  const worker = import.meta.url.endsWith('.ts')
    ? new Worker(textOf(), { ...options, eval: true })
    : new Worker(new URL('./connection-worker.js', import.meta.url), options);
  worker.unref();
  return worker;
}

function textOf(): string {
  const pg = JSON.stringify(createRequire(import.meta.url).resolve('pg'));
  return `(${serveConnection.toString()})({ pg: require(${pg}), threads: require('node:worker_threads') })`;
}
