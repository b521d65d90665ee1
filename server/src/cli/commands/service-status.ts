// `sluice service status`: what the system knows of the gateway, and whether it answers.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { variablesOf } from '../../os-units/environment-text.ts';
import { gatewayOrigin } from '../operator-client.ts';
import { findConfig } from '../ui/config-file.ts';
import type { Terminal } from '../ui/terminal.ts';
import { settingsThere } from './service-facts.ts';
import type { Machine } from './service-machine.ts';
import type { Question, ServicePlace } from './service-place.ts';

/** Options of `status`. */
export interface StatusFlags {
  readonly system?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints it. Exit code 1 unless all is well. */
export async function status(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  flags: StatusFlags,
): Promise<void> {
  const installed = existsSync(place.unitFile);
  const enabled = installed && (await isYes(machine, place.enabled));
  const active = installed && (await isYes(machine, place.active));
  const origin = await originOf(terminal, place, flags.config);
  const answers = origin !== undefined && (await machine.answers(origin));
  if (flags.json === true)
    terminal.out(
      JSON.stringify({
        unitFile: place.unitFile,
        installed,
        enabled,
        active,
        origin: origin ?? null,
        answers,
      }),
    );
  else {
    const { green, red } = terminal.colours;
    const line = (name: string, good: boolean, text: string): void =>
      terminal.out(`${good ? green('✔') : red('✘')} ${name.padEnd(9)} ${text}`);
    line('unit file', installed, installed ? place.unitFile : `${place.unitFile} is not there`);
    line('enabled', enabled, enabled ? 'yes' : 'no');
    line('active', active, active ? 'yes' : `no${installed ? `; see: ${place.why}` : ''}`);
    line('gateway', answers, gatewayLine(origin, answers));
  }
  if (!(installed && enabled && active && answers)) terminal.exitCode(1);
}

function gatewayLine(origin: string | undefined, answers: boolean): string {
  if (origin === undefined) return 'its address is not known, because the configuration has errors';
  return answers ? `answers at ${origin}` : `does not answer at ${origin}`;
}

async function isYes(machine: Machine, { command, isYes: judged }: Question): Promise<boolean> {
  const [program, ...args] = command;
  return judged(await machine.run(program, args));
}

/** Where the gateway that the unit starts would answer. */
async function originOf(
  terminal: Terminal,
  place: ServicePlace,
  flag: string | undefined,
): Promise<string | undefined> {
  const unit = await readFile(place.unitFile, 'utf8').catch(() => '');
  const config = flag ?? configIn(unit) ?? findConfig(terminal, undefined)?.path;
  const kept = variablesOf(await readFile(place.environmentFile, 'utf8').catch(() => ''));
  const settings = await settingsThere({ ...terminal, env: { ...terminal.env, ...kept } }, config);
  return settings === undefined ? undefined : gatewayOrigin(settings);
}

/** The configuration that a unit of ours names. */
function configIn(unit: string): string | undefined {
  const systemd = /^ExecStart=.* --config (?:"((?:[^"\\]|\\.)*)"|(\S+))$/m.exec(unit);
  if (systemd !== null) {
    const written = (systemd[1] ?? '').replace(/\\(.)/g, '$1') || (systemd[2] ?? '');
    return written.replaceAll('$$', '$').replaceAll('%%', '%');
  }
  const launchd = /<string>--config<\/string>\s*<string>([^<]*)<\/string>/.exec(unit)?.[1];
  return launchd?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
