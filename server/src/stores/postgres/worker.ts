// The writer's thread: connects its loop with the main thread. Messages are heard in the order in which they came, one at a
// time; while one waits for the database, those after it are looked at, see Inbox.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ToWriter } from '../tables/messages.ts';
import type { PostgresSettings } from './settings.ts';
import { PostgresWriter } from './writer.ts';

const port = parentPort;
if (port !== null) {
  const line: ToWriter[] = [];
  let ready = false;
  let busy = false;
  const hearAll = (): void => {
    if (!ready || busy) return;
    busy = true;
    for (let message = line.shift(); message !== undefined; message = line.shift()) {
      if (message.kind !== 'stop') writer.hear(message);
      else {
        writer.stop();
        port.close();
      }
    }
    busy = false;
  };
  const writer = new PostgresWriter(workerData as PostgresSettings, (message) => port.postMessage(message), {
    next: () => (receiveMessageOnPort(port) as { message: ToWriter } | undefined)?.message,
    later(message) {
      line.push(message);
      setImmediate(hearAll);
    },
  });
  port.on('message', (message: ToWriter) => {
    line.push(message);
    hearAll();
  });
  void writer.start().then(() => {
    ready = true;
    hearAll();
  });
}
