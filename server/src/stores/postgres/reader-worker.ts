// The reader's thread: connects its loop with the main thread.

import { parentPort, workerData } from 'node:worker_threads';
import type { Asked } from '../tables/queries/questions.ts';
import { PostgresReader, type ReaderSettings } from './reader.ts';

const port = parentPort;
if (port !== null) {
  const reader = new PostgresReader(workerData as ReaderSettings);
  let line: Promise<void> = Promise.resolve();
  port.on('message', (asked: Asked | 'stop') => {
    line = line.then(async () => {
      if (asked !== 'stop') port.postMessage(await reader.reply(asked));
      else {
        reader.close();
        port.close();
      }
    });
  });
}
