// Finds sluice.jsonc: --config, SLUICE_CONFIG, the working directory, the configuration folder of the user.

import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/** What the search goes by. */
export interface LocateInput {
  /** Value of --config. */
  readonly flag: string | undefined;
  readonly env: Environment;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** Absolute path of the home of the user. */
  readonly home: string;
  /** True when a file is there. */
  exists(path: string): boolean;
}

/** How the file was found. */
export type ConfigSource = 'flag' | 'environment' | 'working directory' | 'user folder';

/** A configuration file. One that was asked for by name is given even where it does not exist. */
export interface Located {
  /** Absolute path. */
  readonly path: string;
  readonly source: ConfigSource;
}

/** The name that is looked for. */
export const CONFIG_FILE_NAME = 'sluice.jsonc';

/** Where the configuration of the user lives: $XDG_CONFIG_HOME/sluice, by default ~/.config/sluice. */
export function userConfigPath(env: Environment, home: string): string {
  const folder = env['XDG_CONFIG_HOME'];
  const base = folder !== undefined && isAbsolute(folder) ? folder : join(home, '.config');
  return join(base, 'sluice', CONFIG_FILE_NAME);
}

/** The places that are searched when neither --config nor SLUICE_CONFIG is given, first match wins. */
export function searchedPaths(input: Pick<LocateInput, 'env' | 'cwd' | 'home'>): readonly Located[] {
  return [
    { path: join(input.cwd, CONFIG_FILE_NAME), source: 'working directory' },
    { path: userConfigPath(input.env, input.home), source: 'user folder' },
  ];
}

/** The configuration file to use, or undefined when there is none. */
export function locateConfig(input: LocateInput): Located | undefined {
  if (input.flag !== undefined && input.flag !== '') {
    return { path: resolve(input.cwd, input.flag), source: 'flag' };
  }
  const named = input.env['SLUICE_CONFIG'];
  if (named !== undefined && named !== '') {
    return { path: resolve(input.cwd, named), source: 'environment' };
  }
  return searchedPaths(input).find((place) => input.exists(place.path));
}

/** Names that people give the file, and that are not read. */
const NEAR_NAMES = [
  'sluice.json',
  'sluice.config.json',
  'sluice.config.jsonc',
  '.sluice.jsonc',
  'config.jsonc',
];

/** A sentence about each file that looks like a configuration and is not one, for a start without any. */
export function misnamedFiles(input: Pick<LocateInput, 'env' | 'cwd' | 'home' | 'exists'>): string[] {
  const folders = searchedPaths(input).map(({ path }) => dirname(path));
  // In a folder of somebody else's project, config.jsonc may be anything.
  const places = folders.flatMap((folder, index) =>
    NEAR_NAMES.filter((name) => index > 0 || name !== 'config.jsonc').map((name) => join(folder, name)),
  );
  return places
    .filter((path) => input.exists(path))
    .map((path) => `${path} was not read. Rename it to ${CONFIG_FILE_NAME}, or name it with --config.`);
}
