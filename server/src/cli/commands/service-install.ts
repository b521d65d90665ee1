// `sluice service install`: writes what the system is to know of the gateway, has it started, and waits until it answers.

import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../config/system-code.ts';
import { replacePrivate } from '../../vault/private-file.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { type Installation, type InstallFlags, installationOf } from './service-facts.ts';
import type { Machine } from './service-machine.ts';
import type { CommandLine, ServicePlace } from './service-place.ts';

/** With the pause of the machine, about fifteen seconds. */
const LOOKS = 60;

/** Installs it, or says what would be done. */
export async function install(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  flags: InstallFlags,
): Promise<void> {
  const installation = await installationOf(terminal, machine, place, flags);
  if (installation === undefined) return;
  warnOfPaths(terminal, machine);
  if (installation.facts.config === undefined)
    terminal.err(
      '  There is no configuration file yet. "sluice init --user" writes one, which the gateway takes from its next start on.',
    );
  if (flags.dryRun === true) return show(terminal, place, installation);
  const before = await mayStart(terminal, machine, place, installation, flags);
  if (before === undefined) return;
  if (!(await write(terminal, place, installation, flags))) return;
  const commands = before.installed ? [...place.install, ...place.renew] : place.install;
  // What launchd has loaded it has to let go before it takes it again.
  const first = before.installed && place.renew.length === 0 ? place.uninstall : [];
  await letGo(terminal, machine, place, first);
  for (const command of commands) if (!(await runShown(terminal, machine, place, command))) return;
  await awaitAnswer(terminal, machine, place, installation.origin);
  if (machine.platform === 'linux' && flags.system !== true)
    terminal.err('  It ends when you log out, unless you run once: loginctl enable-linger');
}

/** What may be gone tomorrow. */
function warnOfPaths({ err, colours }: Terminal, { main, node }: Machine): void {
  const warn = (text: string): void => err(`${colours.yellow('warning')} ${text}`);
  if (/[\\/]_npx[\\/]/.test(main))
    warn(
      `This Sluice lies in the cache of npx, which is emptied at times (${main}). Install it: npm install -g sluice`,
    );
  if (/[\\/](?:\.nvm|\.fnm|fnm_multishells|\.volta|\.asdf|mise|nodenv)[\\/]/.test(node))
    warn(
      `This Node.js belongs to a version manager (${node}). When you remove that version, run this command again.`,
    );
}

function show(terminal: Terminal, place: ServicePlace, { facts, taken }: Installation): void {
  terminal.out(`# ${place.unitFile}`);
  terminal.out(place.text(facts).trimEnd());
  terminal.out('');
  const variables = taken.length === 0 ? 'no variable is added' : `with ${taken.join(', ')}`;
  terminal.out(`# ${place.environmentFile} (mode 0600; ${variables})`);
  for (const command of place.install) terminal.out(`# ${command.join(' ')}`);
  terminal.err('Nothing was written and nothing was run.');
}

/** Whether it was installed before; undefined, after saying why, where it cannot be started now. */
async function mayStart(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  { origin }: Installation,
  flags: InstallFlags,
): Promise<{ readonly installed: boolean } | undefined> {
  if (flags.system === true && machine.userId !== 0)
    return fail(
      terminal,
      'Only root may install it for the whole machine.',
      'Run it with sudo, or leave out --system.',
    );
  const probed = await machine.run(place.probe[0], place.probe.slice(1));
  if (probed.code !== 0)
    return fail(
      terminal,
      `${place.probe[0]} does not answer here${probed.output === '' ? '' : `: ${probed.output}`}.`,
      'In a container, or without a session of your own, start "sluice serve" by other means: see docs/guide/deployment.md.',
    );
  const installed = existsSync(place.unitFile);
  const active = installed && (await answeredYes(machine, place));
  if (!active && (await machine.answers(origin)))
    return fail(
      terminal,
      `Another gateway answers at ${origin} already.`,
      'Stop it first, or give this one another port in its configuration.',
    );
  return { installed };
}

async function answeredYes(machine: Machine, { active }: ServicePlace): Promise<boolean> {
  const [program, ...args] = active.command;
  return active.isYes(await machine.run(program, args));
}

async function write(
  terminal: Terminal,
  place: ServicePlace,
  { facts, environmentText, taken }: Installation,
  flags: InstallFlags,
): Promise<boolean> {
  const said = (text: string): void => terminal.err(`${terminal.colours.green('✔')} ${text}`);
  try {
    // The folders of a gateway for the whole machine belong to another user: the system makes them.
    if (flags.system !== true)
      for (const folder of facts.writableFolders) await mkdir(folder, { recursive: true, mode: 0o700 });
    if (place.outputFile !== '') await mkdir(dirname(place.outputFile), { recursive: true, mode: 0o700 });
    await replacePrivate(place.environmentFile, environmentText);
    const copied = taken.length === 0 ? '' : `, with ${taken.join(', ')} of this shell`;
    said(`Wrote ${place.environmentFile} (readable by you alone${copied}).`);
    await replacePrivate(place.unitFile, place.text(facts));
    // It holds no secret, and systemd complains about a unit that others cannot read.
    await chmod(place.unitFile, 0o644);
    said(`Wrote ${place.unitFile}.`);
    return true;
  } catch (error) {
    const path = error instanceof Error && 'path' in error ? String(error.path) : place.unitFile;
    fail(terminal, `${path} cannot be written: the system says ${codeOf(error)}.`);
    return false;
  }
}

/** Runs what ends the installation before this one, and waits until the system has forgotten it. */
async function letGo(
  terminal: Terminal,
  machine: Machine,
  { enabled }: ServicePlace,
  commands: readonly CommandLine[],
): Promise<void> {
  for (const [program, ...args] of commands) {
    terminal.err(`  ${[program, ...args].join(' ')}`);
    await machine.run(program, args);
  }
  if (commands.length === 0) return;
  const [program, ...args] = enabled.command;
  for (let look = 0; look < LOOKS && enabled.isYes(await machine.run(program, args)); look += 1)
    await machine.pause();
}

async function runShown(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  [program, ...args]: CommandLine,
): Promise<boolean> {
  const line = [program, ...args].join(' ');
  terminal.err(`  ${line}`);
  const { code, output } = await machine.run(program, args);
  if (code === 0) return true;
  fail(
    terminal,
    `"${line}" ended with ${code}${output === '' ? '.' : `: ${output}`}`,
    `What it said is shown by: ${place.why}. "sluice service uninstall" takes everything away again.`,
  );
  return false;
}

async function awaitAnswer(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  origin: string,
): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (await machine.answers(origin)) {
      terminal.err(`${terminal.colours.green('✔')} The gateway answers at ${origin}.`);
      return;
    }
    await machine.pause();
  }
  fail(
    terminal,
    `The gateway was started and does not answer at ${origin}.`,
    `What it said is shown by: ${place.why}. Where the system refuses its sandbox (226/NAMESPACE), install it with --no-sandbox.`,
  );
}
