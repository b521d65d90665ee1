// Secrets and the file they stand in: which are written out in it, and whether other users of the machine can read it.

import { stat } from 'node:fs/promises';
import type { LoadedConfig } from './load.ts';
import { hideInUrl } from './present.ts';
import { type Problem, pathText } from './problem.ts';
import { keyText } from './resolve-keys.ts';

/** What is written for servers that ask for no key. */
const NO_KEY = 'none';

/** True when a key stands in the file itself and not behind a reference or a hash. */
function holdsSecrets(loaded: LoadedConfig): boolean {
  const written = (path: readonly (string | number)[]): boolean => loaded.written.has(pathText(path));
  const { clients, upstreams, storage, state, cache } = loaded.config;
  const { token } = loaded.config.metrics;
  return (
    (token !== undefined && !written(['metrics', 'token'])) ||
    (
      [
        ['storage', storage.url],
        ['state', state.url],
        ['cache', cache.url],
      ] as const
    ).some(([section, url]) => url !== undefined && hideInUrl(url) !== url && !written([section, 'url'])) ||
    clients.some((client, index) => client.key !== undefined && !written(['clients', index, 'key'])) ||
    upstreams.some((upstream, index) =>
      (upstream.keys ?? []).some((key, at) => {
        const { value, steps } = keyText(key, at);
        return value !== '' && value !== NO_KEY && !written(['upstreams', index, 'keys', ...steps]);
      }),
    )
  );
}

/** The warning that other users can read the keys in the file, if so. Systems without such modes give none. */
export async function checkSecrecy(loaded: LoadedConfig): Promise<Problem | undefined> {
  const { file } = loaded.document;
  if (file === undefined || process.platform === 'win32' || !holdsSecrets(loaded)) return undefined;
  const mode = await stat(file).then(
    (found) => found.mode,
    () => 0,
  );
  if ((mode & 0o077) === 0) return undefined;
  return {
    severity: 'warning',
    file,
    line: undefined,
    column: undefined,
    path: '',
    message: 'The file holds keys, and other users of this machine may be able to read it.',
    suggestion: 'Run "chmod 600" on it, or write the keys as references such as "${OPENAI_API_KEY}".',
  };
}
