// Finds the configuration for a command, or says where it was looked for.

import { existsSync } from 'node:fs';
import { type Located, locateConfig, searchedPaths } from '../../config/locate.ts';
import type { Terminal } from './terminal.ts';

/** The configuration file, or undefined when there is none. */
export function findConfig(terminal: Terminal, flag: string | undefined): Located | undefined {
  const { env, cwd, home } = terminal;
  return locateConfig({ flag, env, cwd, home, exists: existsSync });
}

/** Says that there is no configuration and where it was looked for, and sets exit code 1. */
export function reportNoConfig(terminal: Terminal): void {
  const { colours } = terminal;
  terminal.err(`${colours.red('error')} There is no configuration file. Looked for:`);
  terminal.err('  --config and SLUICE_CONFIG (not given)');
  for (const place of searchedPaths(terminal)) terminal.err(`  ${place.path}`);
  terminal.err(
    `  ${colours.green('→')} Run "sluice init" to write one. Without it "sluice serve" serves what the environment has.`,
  );
  terminal.exitCode(1);
}
