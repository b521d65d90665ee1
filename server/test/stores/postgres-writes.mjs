// A gateway's ledger on PostgreSQL that writes exchanges with their attempts until it is killed. It says on standard output
// the id of each exchange that the ledger has confirmed; or, when it is to be STEADY, of each that has ended, and when.

import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [, , folder, dataFolder, name] = process.argv;
const { openStores } = await import(pathToFileURL(`${folder}/open.js`).href);
const { opening, closing, attempt } = JSON.parse(process.env.EXAMPLES ?? '');

const opened = await openStores({
  location: process.env.LEDGER ?? '',
  dataFolder,
  retentionDays: 90,
  onTrouble: () => undefined,
});
if (!opened.ok) {
  process.stderr.write(`${opened.message}\n`);
  process.exit(1);
}
for (let count = 0; process.env.STEADY !== undefined; count++) {
  const id = `s${name}-${count}`;
  opened.ledger.open({ ...opening, id, receivedAtMs: Date.now() }).close({ ...closing, id });
  writeSync(1, `${id} ${Date.now()}\n`);
  await pause(10);
}
for (let count = 0; ; count++) {
  const done = [];
  for (let i = 0; i < 20; i++) {
    const id = `r${name}-${count}-${i}`;
    const tries = [1, 2].map((ordinal) => ({ ...attempt, ordinal }));
    const entry = opened.ledger.open({ ...opening, id, receivedAtMs: Date.now() });
    if (i % 5 > 0) {
      entry.close({ ...closing, id, endedAtMs: Date.now(), attempts: 2, tries });
      done.push(id);
    }
  }
  await opened.ledger.flush();
  writeSync(1, done.map((id) => `${id}\n`).join(''));
}
