// Reads what the readiness decisions are about: source trees, JSON records and the compiler's leftovers.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const ignored = new Set(['node_modules', 'dist', '.git']);

/**
 * Every file below a folder, as sorted absolute paths; the folder itself may be a file, or absent.
 * @param {string} path
 * @returns {string[]}
 */
export function filesBelow(path) {
  if (!existsSync(path)) return [];
  /** @type {string[]} */
  const found = [];
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries) {
    if (ignored.has(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(child));
    else if (entry.isFile()) found.push(child);
  }
  return found.sort();
}

/**
 * A fingerprint of the contents and names of sources: it changes with an edit, not with a checkout or a copy.
 * @param {string} root
 * @param {readonly string[]} folders relative to the root
 * @param {readonly string[]} singles files relative to the root; absent ones count as empty
 * @returns {string}
 */
export function fingerprintOf(root, folders, singles) {
  const hash = createHash('sha256');
  const below = folders.flatMap((folder) => filesBelow(join(root, folder)));
  const sources = below.filter((path) => !/\.test\.tsx?$/.test(path));
  for (const path of [...sources, ...singles.map((single) => join(root, single))]) {
    hash.update(`\0${relative(root, path)}\0`);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

/**
 * The contents of a JSON file, or undefined when it is absent or broken.
 * @param {string} path
 * @returns {any}
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Removes what the compiler once wrote for a source that is gone, so that no deleted module stays importable.
 * @param {string} sourceFolder
 * @param {string} outputFolder
 * @param {string} spared a folder of the output that something else writes
 */
export function pruneOutput(sourceFolder, outputFolder, spared) {
  for (const path of filesBelow(outputFolder)) {
    const place = relative(outputFolder, path);
    if (place.startsWith(`${spared}${sep}`)) continue;
    const stem = place.replace(/(\.d\.ts|\.js)(\.map)?$/, '');
    if (stem !== place && !existsSync(join(sourceFolder, `${stem}.ts`))) rmSync(path);
  }
}
