// `npm run fault-matrix`: runs the fault matrix and prints it, one row for each way in which a provider can fail. Ends with
// 1 when a cell is not as it should be.

import { makeReady, root } from './ready.mjs';
import { colours, run } from './run.mjs';

const failure = await makeReady('all');
if (failure !== undefined) process.exit(failure);

const { code } = await run(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    'test/integration/fault-matrix.test.ts',
    '--project=server',
    '--reporter=dot',
    '--disableConsoleIntercept=true',
  ],
  { cwd: root, show: true, environment: colours },
);
process.exitCode = code;
