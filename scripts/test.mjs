// `npm test`: installs and builds what is missing, then runs every check and every test, even after one has failed. What
// follows `npm test --` goes to Vitest, and then only the tests run. The last line printed is the tally.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from './checks.mjs';
import { readJson } from './files.mjs';
import { makeReady, root } from './ready.mjs';
import { colours, run } from './run.mjs';
import { closingLine, tallyOf } from './tally.mjs';

const failure = await makeReady('all');
if (failure !== undefined) {
  console.log(closingLine({ passed: 0, failed: 1, skipped: 0 }, 0));
  process.exit(failure);
}

const selection = process.argv.slice(2);
const failedChecks = selection.length === 0 ? await runChecks() : 0;

// The tests run after the checks: some of them measure time, and two cores are not many.
const reportPath = join(root, 'node_modules/.cache/sluice-tests.json');
rmSync(reportPath, { force: true });
const { code } = await run(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath}`,
    ...selection,
  ],
  { cwd: root, show: true, environment: colours },
);

const tally = tallyOf(readJson(reportPath), code);
if (failedChecks > 0) console.log(`${failedChecks} of the checks above failed.`);
console.log(closingLine(tally, failedChecks));
process.exitCode = tally.failed + failedChecks === 0 ? 0 : 1;
