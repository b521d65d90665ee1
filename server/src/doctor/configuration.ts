// The configuration as the gateway would read it: found, valid, doubts, and whether it would serve strangers.

import { checkExposure } from '../config/exposure.ts';
import { type ConfigCheck, type LoadedConfig, loadConfig } from '../config/load.ts';
import { type Problem, placeText } from '../config/problem.ts';
import { resolveSettings } from '../config/resolve.ts';
import { checkSecrecy } from '../config/secrecy.ts';
import type { Settings } from '../config/settings.ts';
import { withAccounts } from '../vault/accounts-merge.ts';
import { stillTrue, withStoredKeys } from '../vault/merge.ts';
import { vaultFolder } from '../vault/places.ts';
import { openVault, type VaultReading } from '../vault/vault.ts';
import { type Finding, finderOf } from './finding.ts';

/** Where a configuration comes from. */
export interface ConfigSource {
  /** The file; undefined where there is none. */
  readonly file: string | undefined;
  /** What was found instead, as a configuration. */
  readonly found: ConfigCheck | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly port: number | undefined;
  /** Sentences about files of near names. */
  readonly misnamed: readonly string[];
}

/** What was read. */
export interface ReadConfiguration {
  readonly findings: readonly Finding[];
  /** With the stored keys in them; undefined where the configuration is not valid. */
  readonly settings: Settings | undefined;
  readonly vault: VaultReading | undefined;
}

/** Reads it. Never rejects. */
export async function readConfiguration(source: ConfigSource): Promise<ReadConfiguration> {
  const { file, found, env, home, port, misnamed } = source;
  const { ok, warning } = finderOf('configuration');
  const notes = misnamed.map((sentence) => warning(sentence));
  const loaded = file === undefined ? found : await loadConfig(file, env);
  if (loaded === undefined || !loaded.ok)
    return {
      findings: [...notes, ...(loaded?.problems ?? []).map(findingOf)],
      settings: undefined,
      vault: undefined,
    };
  const options = { env, home, overrides: { port } };
  const bare = resolveSettings(loaded.value, { ...options, hasKeysElsewhere: () => true });
  if (!bare.ok)
    return { findings: [...notes, ...bare.problems.map(findingOf)], settings: undefined, vault: undefined };
  const vault = await openVault(vaultFolder(bare.settings)).read();
  const stored = new Set([...vault.contents.keys, ...vault.accounts].map(({ upstream }) => upstream));
  const whole = resolveSettings(loaded.value, { ...options, hasKeysElsewhere: (id) => stored.has(id) });
  const joined = withAccounts(bare.settings, vault.accounts, env);
  const merged = withStoredKeys(joined.settings, vault.stored, env);
  // Without a file nobody has written anything that could be doubtful; what is missing is said about keys.
  const written =
    file === undefined ? [] : whole.ok ? stillTrue(whole.warnings, merged.settings) : whole.problems;
  const doubts = [...written, ...joined.problems, ...(await doubtsOf(loaded.value, merged.settings))];
  const told =
    file === undefined
      ? 'There is no configuration file: what is found in the environment and on this machine is served.'
      : `${file} is valid.`;
  const bad = doubts.some(({ severity }) => severity === 'error');
  return {
    findings: [...(bad ? [] : [ok(told)]), ...notes, ...doubts.map(findingOf)],
    settings: merged.settings,
    vault,
  };
}

async function doubtsOf(loaded: LoadedConfig, settings: Settings): Promise<readonly Problem[]> {
  const exposed = checkExposure(settings);
  const secrecy = await checkSecrecy(loaded);
  return [...(exposed ? [exposed] : []), ...(secrecy ? [secrecy] : [])];
}

/** A problem of the configuration in the words of an examination. */
function findingOf(problem: Problem): Finding {
  const { warning, problem: fault } = finderOf('configuration');
  const { severity, path, message, suggestion } = problem;
  const parts = [placeText(problem), path, message].filter((part) => part !== '');
  return severity === 'error' ? fault(parts.join(': '), suggestion) : warning(parts.join(': '), suggestion);
}
