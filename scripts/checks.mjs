// The checks that need no test runner, and how two lanes of them share a machine with two cores.

import { root } from './ready.mjs';
import { colours, run } from './run.mjs';

/** @typedef {{ name: string, parameters: readonly string[] }} Check `parameters` are what Node.js is started with. */

/** One lane runs from left to right; the lanes run beside each other. @type {readonly (readonly Check[])[]} */
export const lanes = [
  [{ name: 'types', parameters: ['node_modules/typescript/bin/tsc', '-b'] }],
  [
    {
      name: 'lint',
      parameters: [
        'node_modules/@biomejs/biome/bin/biome',
        'ci',
        `--colors=${process.stdout.isTTY ? 'force' : 'off'}`,
        '.',
      ],
    },
    { name: 'layers', parameters: ['scripts/check-layers.mjs'] },
    { name: 'unused', parameters: ['node_modules/knip/bin/knip.js'] },
    { name: 'docs', parameters: ['scripts/generate-docs.mjs', '--check'] },
  ],
];

/**
 * Runs every check, prints each as it ends and the output of those that failed.
 * @returns {Promise<number>} how many failed
 */
export async function runChecks() {
  const failures = await Promise.all(
    lanes.map(async (lane) => {
      let failed = 0;
      for (const { name, parameters } of lane) {
        const { code, output, durationMs } = await run(process.execPath, parameters, {
          cwd: root,
          show: false,
          environment: colours,
        });
        console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${(durationMs / 1000).toFixed(1)} s)`);
        if (code !== 0) console.log(output);
        failed += code === 0 ? 0 : 1;
      }
      return failed;
    }),
  );
  return failures.reduce((sum, failed) => sum + failed, 0);
}
