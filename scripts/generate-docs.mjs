// Writes the generated pages of docs/reference and the JSON Schema of the configuration. Needs a build (npm run build).
// With --check it writes nothing and fails when a file is not up to date.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = new URL('../server/dist/config/reference/pages.js', import.meta.url);
const checking = process.argv.includes('--check');

if (!existsSync(built)) {
  console.error('The server is not built yet: run "npm run build" first.');
  process.exit(1);
}
const { GENERATED_FILES } = await import(built.href);
const { conversionPage } = await import(new URL('conversion-page.js', built).href);
const files = {
  ...GENERATED_FILES,
  'docs/reference/conversion.md': () => conversionPage(conversionFindings()),
};
let stale = 0;
for (const [path, make] of Object.entries(files)) {
  const file = join(root, path);
  const text = make();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale++;
  if (checking) {
    console.error(`${path} is not up to date.`);
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`Wrote ${path}.`);
}
if (stale === 0) console.log('All generated files are up to date.');
else if (checking) process.exit(1);

/** What the goldens of the conformance suite say, with the case of each. */
function conversionFindings() {
  const suite = join(root, 'server/test/conformance');
  return readdirSync(join(suite, 'goldens'))
    .sort()
    .map((file) => {
      const [name, to] = file.split('.');
      const { kind, dialect, features } = readJson(join(suite, 'cases', `${name}.json`));
      return { kind, from: dialect, to, features, losses: readJson(join(suite, 'goldens', file)).losses };
    });
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
