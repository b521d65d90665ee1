// Proves that a written text is a configuration that this gateway takes, before anybody relies on it.

import type { Environment } from '../config/environment.ts';
import { loadConfigText } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { resolveSettings } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';

/** What the text comes to, with what is doubtful about it; or all that is wrong. */
export type TextCheck =
  | { readonly ok: true; readonly settings: Settings; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks a text as if it stood in `path`. `stored`: ids of upstreams that get keys from the vault. */
export async function checkText(
  path: string,
  text: string,
  { env, home }: { readonly env: Environment; readonly home: string },
  stored: ReadonlySet<string>,
): Promise<TextCheck> {
  // Where the gateway listens is a matter of the machine on which it is started.
  const own = { ...env, PORT: undefined, HOST: undefined };
  const loaded = await loadConfigText(path, text, own);
  if (!loaded.ok) return { ok: false, problems: loaded.problems };
  const hasKeysElsewhere = (id: string): boolean => stored.has(id);
  const resolved = resolveSettings(loaded.value, { env: own, home, hasKeysElsewhere });
  if (!resolved.ok) return resolved;
  return { ok: true, settings: resolved.settings, problems: resolved.warnings };
}
