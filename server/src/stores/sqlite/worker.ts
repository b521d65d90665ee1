// The writer's thread: connects its loop with the main thread.

import { parentPort, workerData } from 'node:worker_threads';
import type { ToWriter, WriterSettings } from '../tables/messages.ts';
import { openDriver } from './open-driver.ts';
import { Writer } from './writer.ts';

const port = parentPort;
if (port !== null) {
  const writer = new Writer(workerData as WriterSettings, openDriver, (message) => port.postMessage(message));
  const started = writer.start();
  port.on('message', (message: ToWriter) => {
    if (message.kind === 'stop') void started.then(() => writer.stop()).then(() => port.close());
    else writer.hear(message);
  });
}
