// The reader's thread: connects its loop with the main thread.

import { parentPort, workerData } from 'node:worker_threads';
import { openDriver } from '../open-driver.ts';
import type { Asked } from './questions.ts';
import { ReaderConnection } from './reader-connection.ts';

const port = parentPort;
if (port !== null) {
  const reader = new ReaderConnection(String(workerData), openDriver);
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
