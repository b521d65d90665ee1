// `node large-ledger.mjs <sluice.db>`: makes a ledger large that a gateway has begun, and dies in the middle of its work, as by
// kill -9. Beside a file of a gigabyte there is then a write-ahead log of 256 MB that nobody has put into it.

import { statSync } from 'node:fs';
import { openDriver } from '../../server/dist/stores/sqlite/open-driver.js';

const FILE_BYTES = 1_000_000_000;
const LOG_BYTES = 256 * 1024 * 1024;
const STEP = 20_000;

const [path] = process.argv.slice(2);
const driver = await openDriver({ path, readOnly: false });
const columns = driver
  .prepare('SELECT name FROM pragma_table_info(?)')
  .all(['exchanges'])
  .map(({ name }) => name);
/** What differs from the row that is there: older, and of the size that rows with an error have. */
const OWN = {
  number: 'number - n.i * 1000',
  id: "printf('req_%024x', n.i)",
  received_at_ms: 'received_at_ms - n.i',
  error_message: 'hex(zeroblob(500))',
};
const insert = driver.prepare(
  `WITH RECURSIVE n(i) AS (VALUES (?1) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
   INSERT INTO exchanges SELECT ${columns.map((name) => OWN[name] ?? `one.${name}`).join(', ')}
   FROM n, (SELECT * FROM exchanges ORDER BY number DESC LIMIT 1) AS one`,
);
let rows = 0;
function more() {
  insert.run([rows + 1, rows + STEP]);
  rows += STEP;
}

driver.exec('PRAGMA synchronous = OFF');
while (statSync(path).size < FILE_BYTES) more();
driver.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0');
while (statSync(`${path}-wal`).size < LOG_BYTES) more();
process.kill(process.pid, 'SIGKILL');
