// Where the system looks for what it is to start, and the commands by which it is told: systemd on Linux, launchd on macOS.

import { dirname, join } from 'node:path';
import { userConfigPath } from '../../config/locate.ts';
import type { UnitFacts } from '../../os-units/facts.ts';
import { LAUNCHD_LABEL, launchdList } from '../../os-units/launchd.ts';
import { SYSTEMD_UNIT, systemdUnit } from '../../os-units/systemd.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { Ended, Machine } from './service-machine.ts';

/** A command line. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** One system that starts programs, for one user or for the whole machine. */
export interface ServicePlace {
  readonly unitFile: string;
  readonly environmentFile: string;
  /** Folders that may be there for the unit's sake alone, innermost first; they go when they are empty. */
  readonly ownFolders: readonly string[];
  /** The file for output; it is not made where the system keeps output itself. */
  readonly outputFile: string;
  text(facts: UnitFacts): string;
  /** Fails where this system does not run here. */
  readonly probe: CommandLine;
  readonly install: readonly CommandLine[];
  /** Beside those, when it was installed before. */
  readonly renew: readonly CommandLine[];
  readonly uninstall: readonly CommandLine[];
  /** After the unit has gone; what they answer does not matter. */
  readonly forget: readonly CommandLine[];
  readonly enabled: Question;
  readonly active: Question;
  /** Where the reason is to be found when it does not run. */
  readonly why: string;
}

/** Something to ask the system, and whether its answer means yes. */
export interface Question {
  readonly command: CommandLine;
  isYes(ended: Ended): boolean;
}

/** The place of this machine, or undefined where there is none that Sluice knows: on macOS for a user alone. */
export function servicePlace(
  terminal: Terminal,
  machine: Machine,
  forAll: boolean,
): ServicePlace | undefined {
  if (machine.platform === 'linux') return systemdPlace(terminal, machine, forAll);
  if (machine.platform === 'darwin' && !forAll) return launchdPlace(terminal, machine);
  return undefined;
}

const ENVIRONMENT_FILE = 'service.env';

function systemdPlace(terminal: Terminal, { root }: Machine, forAll: boolean): ServicePlace {
  const configFolder = dirname(dirname(userConfigPath(terminal.env, terminal.home)));
  const folder = forAll ? `${root}/etc/systemd/system` : join(configFolder, 'systemd', 'user');
  const settings = forAll ? `${root}/etc/sluice` : join(configFolder, 'sluice');
  const scope = forAll ? [] : ['--user'];
  const ask = (...args: string[]): CommandLine => ['systemctl', ...scope, ...args];
  return {
    unitFile: join(folder, SYSTEMD_UNIT),
    environmentFile: join(settings, ENVIRONMENT_FILE),
    ownFolders: forAll
      ? [settings]
      : [join(folder, 'default.target.wants'), folder, dirname(folder), settings],
    outputFile: '',
    text: systemdUnit,
    probe: ask('show', '--property=Version'),
    install: [ask('daemon-reload'), ask('enable', '--now', SYSTEMD_UNIT)],
    renew: [ask('restart', SYSTEMD_UNIT)],
    uninstall: [ask('disable', '--now', SYSTEMD_UNIT)],
    forget: [ask('daemon-reload'), ask('reset-failed', SYSTEMD_UNIT)],
    enabled: { command: ask('is-enabled', SYSTEMD_UNIT), isYes: ({ code }) => code === 0 },
    active: { command: ask('is-active', SYSTEMD_UNIT), isYes: ({ code }) => code === 0 },
    why: ['journalctl', ...scope, '-n', '30', '-u', SYSTEMD_UNIT].join(' '),
  };
}

function launchdPlace(terminal: Terminal, { userId }: Machine): ServicePlace {
  const library = join(terminal.home, 'Library');
  const settings = dirname(userConfigPath(terminal.env, terminal.home));
  const domain = `gui/${userId ?? 0}`;
  const unitFile = join(library, 'LaunchAgents', `${LAUNCHD_LABEL}.plist`);
  const target = `${domain}/${LAUNCHD_LABEL}`;
  const logs = join(library, 'Logs', 'sluice');
  return {
    unitFile,
    environmentFile: join(settings, ENVIRONMENT_FILE),
    ownFolders: [logs, settings],
    outputFile: join(logs, 'sluice.log'),
    text: launchdList,
    probe: ['launchctl', 'print', domain],
    install: [
      ['launchctl', 'enable', target],
      ['launchctl', 'bootstrap', domain, unitFile],
    ],
    renew: [],
    uninstall: [['launchctl', 'bootout', target]],
    forget: [],
    enabled: { command: ['launchctl', 'print', target], isYes: ({ code }) => code === 0 },
    active: {
      command: ['launchctl', 'print', target],
      isYes: ({ code, output }) => code === 0 && /^\s*state = running$/m.test(output),
    },
    why: `tail -n 30 ${join(logs, 'sluice.log')}`,
  };
}
