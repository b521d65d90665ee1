// `sluice service uninstall`: has the system stop and forget the gateway, and takes away what `install` wrote. The
// configuration and the data folder are the gateway's own and stay.

import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { codeOf } from '../../config/system-code.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { Machine } from './service-machine.ts';
import type { ServicePlace } from './service-place.ts';

/** Options of `uninstall`. */
export interface UninstallFlags {
  readonly system?: boolean;
  readonly dryRun?: boolean;
  readonly keepEnv?: boolean;
}

/** Uninstalls it, or says what would be done. */
export async function uninstall(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  flags: UninstallFlags,
): Promise<void> {
  const files = [
    place.unitFile,
    ...(flags.keepEnv === true ? [] : [place.environmentFile]),
    ...(place.outputFile === '' ? [] : [place.outputFile]),
  ].filter((path) => existsSync(path));
  if (flags.dryRun === true) {
    for (const command of place.uninstall) terminal.out(`# ${command.join(' ')}`);
    for (const path of files) terminal.out(`# remove ${path}`);
    terminal.err('Nothing was removed and nothing was run.');
    return;
  }
  if (files.length === 0) {
    terminal.err('The system knows no gateway of this user: there is nothing to take away.');
    return;
  }
  if (flags.system === true && machine.userId !== 0) {
    fail(terminal, 'Only root may take it away from the whole machine.', 'Run it with sudo.');
    return;
  }
  if (existsSync(place.unitFile) && !(await stopIt(terminal, machine, place))) return;
  if (!(await remove(terminal, files))) return;
  for (const [program, ...args] of place.forget) {
    terminal.err(`  ${[program, ...args].join(' ')}`);
    await machine.run(program, args);
  }
  for (const folder of place.ownFolders) await rmdir(folder).catch(() => undefined);
  terminal.err('  The configuration and the data folder stay as they are.');
}

/** Runs what stops it. A system that does not know it, or does not run, does not stop us. */
async function stopIt(terminal: Terminal, machine: Machine, place: ServicePlace): Promise<boolean> {
  for (const [program, ...args] of place.uninstall) {
    const line = [program, ...args].join(' ');
    terminal.err(`  ${line}`);
    const { code, output } = await machine.run(program, args);
    const [asked, ...how] = place.active.command;
    if (code !== 0 && place.active.isYes(await machine.run(asked, how))) {
      fail(
        terminal,
        `"${line}" ended with ${code}${output === '' ? '.' : `: ${output}`}`,
        'It still runs; nothing was removed.',
      );
      return false;
    }
  }
  return true;
}

async function remove(terminal: Terminal, files: readonly string[]): Promise<boolean> {
  for (const path of files) {
    try {
      await rm(path);
      terminal.err(`${terminal.colours.green('✔')} Removed ${path}.`);
    } catch (error) {
      fail(terminal, `${path} cannot be removed: the system says ${codeOf(error)}.`);
      return false;
    }
  }
  return true;
}
