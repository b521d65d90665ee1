// Makes `npx sluice …` work in a checkout. npm links the command of a package while it installs, and a fresh checkout has
// no built program yet that could be linked; the compiler, in turn, writes files that nobody may execute.

import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

/** What makes npm set links (on Windows: scripts) and modes once more. */
export const linkArguments = ['rebuild', 'sluice', '--ignore-scripts', '--loglevel=error'];

/**
 * Whether `npx sluice` would find a program that it may execute.
 * @param {string} root the checkout
 */
export function commandIsLinked(root) {
  const name = process.platform === 'win32' ? 'sluice.cmd' : 'sluice';
  if (!existsSync(join(root, 'node_modules/.bin', name))) return false;
  try {
    accessSync(join(root, 'server/dist/main.js'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
