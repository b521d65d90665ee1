// A process that writes exchanges with their attempts, and states of keys, until it is killed. It says on standard output
// "t <n> <epoch ms>" for every round of states, and "s <epoch ms> <ms>" when its own event loop stood still.

import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , folder, path, round] = process.argv;
const { openStores } = await import(pathToFileURL(`${folder}/open.js`).href);
const { opening, closing, attempt } = JSON.parse(process.env.EXAMPLES ?? '');

const opened = await openStores({
  location: path,
  retentionDays: 90,
  onTrouble: (message) => writeSync(1, `trouble ${message}\n`),
});
if (!opened.ok) {
  writeSync(1, `trouble ${opened.message}\n`);
  process.exit(1);
}
let count = 0;
let last = Date.now();
setInterval(() => {
  const now = Date.now();
  if (now - last > 60) writeSync(1, `s ${now} ${now - last}\n`);
  last = now;
  for (let i = 0; i < 40; i++) {
    const id = `r${round}-${count}-${i}`;
    const tries = [1, 2, 3].map((ordinal) => ({ ...attempt, ordinal, model: id }));
    const entry = opened.ledger.open({ ...opening, id, receivedAtMs: now });
    if (i % 4 > 0) entry.close({ ...closing, id, endedAtMs: now, attempts: 3, tries });
    else setTimeout(() => entry.close({ ...closing, id, attempts: 3, tries }), 150);
  }
  opened.state.save([
    { kind: 'standing', key: 'cooling', text: `${round} ${count}` },
    { kind: 'use', key: `once ${round} ${count}`, text: String(now) },
  ]);
  writeSync(1, `t ${count} ${now}\n`);
  count++;
}, 20);
