// Writes the generated pages of docs/reference and the JSON Schema of the configuration. Needs a build (npm run build).
// With --check it writes nothing and fails when a file is not up to date.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
let stale = 0;
for (const [path, make] of Object.entries(GENERATED_FILES)) {
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
