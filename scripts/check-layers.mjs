// Checks that imports point one way (.dependency-cruiser.cjs), and that the check looked at every source there is: a
// checker that cannot read TypeScript reports no modules and no violations.

import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { filesBelow } from './files.mjs';
import { root } from './ready.mjs';

const folders = ['server/src', 'dashboard/src'];
const { options, ...ruleSet } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

const onDisk = folders
  .flatMap((folder) => filesBelow(join(root, folder)))
  .map((path) => relative(root, path).split(sep).join('/'))
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path));

const result = await cruise(folders, { ...options, ruleSet, validate: true, baseDir: root }, undefined, {
  tsConfig: extractTsConfig(join(root, options.tsConfig.fileName)),
});
if (typeof result.output === 'string')
  throw new Error('dependency-cruiser answered with text instead of a result.');
const { modules, summary } = result.output;

for (const { rule, from, to, cycle } of summary.violations) {
  const comment = summary.ruleSetUsed?.forbidden?.find(({ name }) => name === rule.name)?.comment;
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
  console.log(`${rule.name}: ${from} → ${way}\n  ${comment ?? ''}`);
}

const seen = new Set(modules.map(({ source }) => source));
const unseen = onDisk.filter((path) => !seen.has(path));
for (const path of unseen) console.log(`not seen: ${path}`);

console.log(
  `${onDisk.length - unseen.length} of ${onDisk.length} modules checked, ${summary.error} violations.`,
);
if (summary.error > 0 || unseen.length > 0 || onDisk.length === 0) process.exitCode = 1;
