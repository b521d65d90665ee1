// A process that writes exchanges until it is killed, and says on standard output what it has handed to the ledger:
// "o <id> <epoch ms>" and "c <id> <epoch ms>", and "s <epoch ms> <ms>" when its own event loop stood still, or that of a
// thread that does nothing else: then the ledger's thread had to wait for the machine as well.

import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const [, , folder, path, round] = process.argv;
const { openStores } = await import(pathToFileURL(`${folder}/open.js`).href);
const { opening, closing } = JSON.parse(process.env.EXAMPLES ?? '');

const opened = await openStores({
  location: path,
  retentionDays: 90,
  onTrouble: (message) => writeSync(1, `trouble ${message}\n`),
});
if (!opened.ok) {
  writeSync(1, `trouble ${opened.message}\n`);
  process.exit(1);
}
const idle = `const { writeSync } = require('node:fs');
let last = Date.now();
setInterval(() => {
  const now = Date.now();
  if (now - last > 30) writeSync(1, 's ' + now + ' ' + (now - last) + '\\n');
  last = now;
}, 5);`;
await once(new Worker(idle, { eval: true }), 'online');
writeSync(1, 'ready\n');
let count = 0;
let last = Date.now();
const running = [];
setInterval(() => {
  const now = Date.now();
  if (now - last > 30) writeSync(1, `s ${now} ${now - last}\n`);
  last = now;
  let said = '';
  for (let i = 0; i < 3; i++) {
    const id = `r${round}-${count++}`;
    const entry = opened.ledger.open({ ...opening, id, receivedAtMs: now });
    said += `o ${id} ${now}\n`;
    running.push([id, entry]);
  }
  // Some end at once, some later, some never.
  while (running.length > 20) {
    const [[id, entry]] = running.splice(count % 2 === 0 ? running.length - 1 : 0, 1);
    entry.close({ ...closing, id, endedAtMs: now });
    said += `c ${id} ${now}\n`;
  }
  writeSync(1, said);
}, 5);
