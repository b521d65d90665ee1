// Finds out what `sluice service install` is to install: the configuration, whether it will find all that it refers to
// where the system starts it, and the folders that it writes to.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { checkConfig, loadConfig } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { codeOf } from '../../config/system-code.ts';
import {
  ENVIRONMENT_START,
  isPlainValue,
  variablesOf,
  withVariables,
} from '../../os-units/environment-text.ts';
import { type UnitFacts, unwritableIn } from '../../os-units/facts.ts';
import { gatewayOrigin } from '../operator-client.ts';
import { findConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import { settingsOf } from '../ui/settings-of.ts';
import type { Terminal } from '../ui/terminal.ts';
import type { Machine } from './service-machine.ts';
import type { ServicePlace } from './service-place.ts';

/** Options of `install`. */
export interface InstallFlags {
  readonly system?: boolean;
  readonly dryRun?: boolean;
  readonly config?: string;
  readonly runAs?: string;
  readonly env?: readonly string[];
  readonly sandbox: boolean;
}

/** What is to be installed. */
export interface Installation {
  readonly facts: UnitFacts;
  /** The whole text of the file of variables, and which of them were taken from this shell. */
  readonly environmentText: string;
  readonly taken: readonly string[];
  /** Where the gateway will answer. */
  readonly origin: string;
}

/** Variables that say where things are and that a program started by the system would not have. */
const PLACES = ['XDG_CONFIG_HOME', 'XDG_DATA_HOME'];

/** Finds out; prints what is missing and answers undefined where it cannot be installed like that. */
export async function installationOf(
  terminal: Terminal,
  machine: Machine,
  place: ServicePlace,
  flags: InstallFlags,
): Promise<Installation | undefined> {
  const system = flags.system === true ? userOf(terminal, flags) : undefined;
  if (flags.system === true && system === undefined) return undefined;
  const config = configOf(terminal, machine, flags);
  if (flags.system === true && config === undefined)
    return fail(
      terminal,
      'A gateway for the whole machine needs a configuration file.',
      'Write /etc/sluice/sluice.jsonc, readable by its user, or name another file with --config.',
    );
  const environmentText = await environmentOf(terminal, place, flags);
  if (environmentText === undefined) return undefined;
  const environment = placesOf(terminal, flags);
  const env = { ...variablesOf(environmentText), ...environment };
  const settings = await settingsThere({ ...terminal, env }, config);
  if (settings === undefined)
    return fail(
      terminal,
      'The gateway would not start like this: the system gives it none of the variables of this shell.',
      `Copy those that it needs with --env NAME, or write them into ${place.environmentFile}.`,
    );
  const dataFolder = dirname(settings.storage.sqlitePath);
  const installation: Installation = {
    facts: {
      node: machine.node,
      main: machine.main,
      config,
      workingFolder: config === undefined ? dataFolder : dirname(config),
      writableFolders: writableFolders(settings, config ?? place.environmentFile),
      environmentFile: place.environmentFile,
      environment,
      system,
      drainMs: settings.server.drainMs,
      sandbox: flags.sandbox,
      outputFile: place.outputFile,
    },
    environmentText,
    taken: flags.env ?? [],
    origin: gatewayOrigin(settings),
  };
  const path = unwritableIn(installation.facts);
  if (path === undefined) return installation;
  return fail(
    terminal,
    `The system cannot be told of "${printable(path)}": it holds a line break or the like, or ends with a space or backslash.`,
    'Give that file or folder another name.',
  );
}

/** The user that a gateway of the whole machine runs as. */
function userOf(terminal: Terminal, { runAs }: InstallFlags): { readonly user: string } | undefined {
  const user = runAs ?? terminal.env['SUDO_USER'];
  if (user === undefined || user === 'root')
    return fail(
      terminal,
      'It is not said which user the gateway is to run as, and root should not be that user.',
      'Name one with --run-as.',
    );
  if (/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(user)) return { user };
  return fail(terminal, 'That is no name of a user.', 'Name one with --run-as.');
}

function configOf(terminal: Terminal, { root }: Machine, flags: InstallFlags): string | undefined {
  const forAll = `${root}/etc/sluice/sluice.jsonc`;
  if (flags.system === true && flags.config === undefined) return existsSync(forAll) ? forAll : undefined;
  return findConfig(terminal, flags.config)?.path;
}

function placesOf(terminal: Terminal, flags: InstallFlags): Readonly<Record<string, string>> {
  // systemd makes /var/lib/sluice for it (StateDirectory).
  if (flags.system === true) return { XDG_DATA_HOME: '/var/lib' };
  return Object.fromEntries(
    PLACES.flatMap((name) => {
      const value = terminal.env[name];
      return value !== undefined && isAbsolute(value) ? [[name, value]] : [];
    }),
  );
}

/** The variables that the file holds already, and those that are to be copied into it. */
async function environmentOf(
  terminal: Terminal,
  { environmentFile }: ServicePlace,
  { env: names = [] }: InstallFlags,
): Promise<string | undefined> {
  const before = await readText(environmentFile);
  if (!before.ok) return fail(terminal, `${environmentFile} cannot be read: the system says ${before.code}.`);
  const taken: Record<string, string> = {};
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return fail(terminal, `"${name}" is no name of a variable.`);
    const value = terminal.env[name] ?? '';
    if (value === '') return fail(terminal, `${name} is not set in this shell, so it cannot be copied.`);
    if (!isPlainValue(value))
      return fail(
        terminal,
        `${name} holds spaces, quotes or other signs that systemd and Node.js read differently.`,
        `Write it into ${environmentFile} by hand, or keep it in a file and refer to it as {file:…} in sluice.jsonc.`,
      );
    taken[name] = value;
  }
  return withVariables(before.text ?? ENVIRONMENT_START, taken);
}

type Reading =
  | { readonly ok: true; readonly text: string | undefined }
  | { readonly ok: false; readonly code: string };

/** The text of a file; undefined where there is none. */
async function readText(path: string): Promise<Reading> {
  try {
    return { ok: true, text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { ok: true, text: undefined } : { ok: false, code };
  }
}

/** The settings as the gateway will find them. */
export async function settingsThere(
  terminal: Terminal,
  config: string | undefined,
): Promise<Settings | undefined> {
  const loaded =
    config === undefined ? checkConfig({ upstreams: [] }) : await loadConfig(config, terminal.env);
  return settingsOf(terminal, loaded);
}

/** The dashboard makes and changes the configuration by replacing the file, so its folder is one of them. */
function writableFolders({ storage, log }: Settings, config: string): readonly string[] {
  const folders = [
    dirname(storage.sqlitePath),
    dirname(config),
    ...(log.file === undefined ? [] : [dirname(log.file)]),
    ...(log.folder === undefined ? [] : [log.folder]),
  ];
  return [...new Set(folders.map((folder) => join(folder)))];
}
