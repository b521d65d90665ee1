// Where things are kept on this machine: the data folder of the user, and paths written relative to the configuration.

import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/** What the places depend on. */
export interface Machine {
  readonly env: Environment;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/**
 * The folder for data of the user: $XDG_DATA_HOME/sluice; without it ~/Library/Application Support/sluice on macOS,
 * %LOCALAPPDATA%\sluice on Windows and ~/.local/share/sluice elsewhere.
 */
export function dataFolder(machine: Machine): string {
  const xdg = machine.env['XDG_DATA_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'sluice');
  if (machine.platform === 'darwin') return join(machine.home, 'Library', 'Application Support', 'sluice');
  const local = machine.env['LOCALAPPDATA'];
  if (machine.platform === 'win32' && local !== undefined && local !== '') return join(local, 'sluice');
  return join(machine.home, '.local', 'share', 'sluice');
}

/** Absolute form of a path in the configuration: relative to its folder (or the working directory); ~/ is the home. */
export function absolutePath(written: string, configFile: string | undefined, home: string): string {
  if (written.startsWith('~/')) return join(home, written.slice(2));
  return resolve(configFile === undefined ? '.' : dirname(configFile), written);
}

/** The SQLite file that a storage URL names, or undefined where the URL is of another kind. */
export function sqlitePath(url: string, configFile: string | undefined, home: string): string | undefined {
  const match = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url);
  const path = match?.[1];
  if (path === undefined || path.startsWith(':') || path.startsWith('//') || path.endsWith('/'))
    return undefined;
  return absolutePath(path, configFile, home);
}
