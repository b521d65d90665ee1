// Recorded provider traffic and specifications that live outside the repository. Tests use them where they are present.

import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root: string =
  process.env['SLUICE_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url));

/** Absolute path of a file or folder below the shared data, or undefined where it is not there. */
export function sharedPath(relative: string): string | undefined {
  const path = `${root}/${relative}`;
  // The real path: programs that are started by a link to them may take themselves for a library.
  return existsSync(path) ? realpathSync(path) : undefined;
}
