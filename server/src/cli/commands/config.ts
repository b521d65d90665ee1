// sluice config path | check | show | schema | diff | put | history | rollback

import { Command } from 'commander';
import { checkExposure } from '../../config/exposure.ts';
import { listenAddress } from '../../config/listen-address.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { presentConfig } from '../../config/present.ts';
import type { Problem } from '../../config/problem.ts';
import { configSchemaText } from '../../config/reference/json-schema.ts';
import { type Resolution, type ResolveOptions, resolveSettings } from '../../config/resolve.ts';
import { checkSecrecy } from '../../config/secrecy.ts';
import type { Settings } from '../../config/settings.ts';
import { knowsPrice } from '../../prices/named.ts';
import { withAccounts } from '../../vault/accounts-merge.ts';
import { stillTrue, withStoredKeys } from '../../vault/merge.ts';
import { vaultFolder } from '../../vault/places.ts';
import { openVault } from '../../vault/vault.ts';
import { findConfig, reportNoConfig } from '../ui/config-file.ts';
import { counted, printProblems } from '../ui/problems.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { configHistory, diffConfig, putConfig, rollbackConfig } from './config-history.ts';

/** The `config` command with its sub-commands. */
export function configCommand(terminal: Terminal = processTerminal()): Command {
  const command = new Command('config').description('find, check and show the configuration');
  const add = (name: string, description: string, action: (file: string) => void | Promise<void>): void => {
    command
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'use this file')
      .action(async (_options: unknown, self: Command) => {
        const located = findConfig(terminal, configFlag(self));
        if (located === undefined) reportNoConfig(terminal);
        else await action(located.path);
      });
  };
  add('path', 'print where the configuration file is', (file) => terminal.out(file));
  add('check', 'check the configuration; exit code 1 when it has errors', (file) => check(terminal, file));
  add('show', 'print the resolved configuration as JSON, secrets hidden', (file) => show(terminal, file));
  addHistory(command, terminal);
  command
    .command('schema')
    .description('print the JSON Schema of the configuration file')
    .action(() => terminal.out(configSchemaText().trimEnd()));
  return command;
}

/** Adds what compares, replaces and takes back. */
function addHistory(command: Command, terminal: Terminal): void {
  const add = (
    name: string,
    description: string,
    action: (file: string, argument: string, options: { readonly json?: boolean }) => Promise<void>,
  ): Command =>
    command
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'use this file')
      .action(async (...args: readonly unknown[]) => {
        const self = args.at(-1);
        if (!(self instanceof Command)) throw new Error('commander gives the command last');
        const located = findConfig(terminal, configFlag(self));
        const [argument] = self.args;
        if (located === undefined) reportNoConfig(terminal);
        else await action(located.path, argument ?? '', self.opts());
      });
  add('diff <file-or-state>', 'show what another file, or an earlier state, would change', (file, other) =>
    diffConfig(terminal, file, other),
  );
  add(
    'put <file>',
    'check another file and put its text in place; what was there can be gone back to',
    (file, other) => putConfig(terminal, file, other),
  );
  add('history', 'list earlier states, newest first', (file, _, { json }) =>
    configHistory(terminal, file, json === true),
  ).option('--json', 'as JSON');
  add('rollback <state>', 'go back to an earlier state', (file, id) => rollbackConfig(terminal, file, id));
}

/** --config of the sub-command or of the program around it. */
function configFlag(command: Command): string | undefined {
  const flag: unknown = command.optsWithGlobals()['config'];
  return typeof flag === 'string' ? flag : undefined;
}

interface Examined {
  readonly loaded: LoadedConfig;
  readonly settings: Settings;
  readonly warnings: readonly Problem[];
}

/** Loads and resolves; prints what is wrong and sets exit code 1 where that fails. */
async function examine(terminal: Terminal, file: string): Promise<Examined | undefined> {
  const { env, home } = terminal;
  const loaded = await loadConfig(file, env);
  const resolved = loaded.ok ? await resolvedWithStored(loaded.value, { env, home, knowsPrice }) : loaded;
  if (!loaded.ok || !resolved.ok) {
    const problems = resolved.ok ? [] : resolved.problems;
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    printProblems(terminal, problems);
    terminal.err(`${file}: ${counted(errors, 'error')}.`);
    terminal.exitCode(1);
    return undefined;
  }
  const exposed = checkExposure(resolved.settings);
  const secrecy = await checkSecrecy(loaded.value);
  const doubts = [...resolved.warnings, ...(secrecy ? [secrecy] : []), ...(exposed ? [exposed] : [])];
  return { loaded: loaded.value, settings: resolved.settings, warnings: doubts };
}

/** As the gateway resolves it: an upstream whose keys are stored outside of the file has some, and some stand there alone. */
async function resolvedWithStored(loaded: LoadedConfig, options: ResolveOptions): Promise<Resolution> {
  const bare = resolveSettings(loaded, { ...options, hasKeysElsewhere: () => true });
  if (!bare.ok) return resolveSettings(loaded, options);
  const { contents, accounts, stored } = await openVault(vaultFolder(bare.settings)).read();
  const ids = new Set([...contents.keys, ...accounts].map(({ upstream }) => upstream));
  const resolved = resolveSettings(loaded, { ...options, hasKeysElsewhere: (id) => ids.has(id) });
  if (!resolved.ok) return resolved;
  const env = options.env ?? {};
  const joined = withStoredKeys(withAccounts(bare.settings, accounts, env).settings, stored, env);
  return { ...resolved, warnings: stillTrue(resolved.warnings, joined.settings) };
}

async function check(terminal: Terminal, file: string): Promise<void> {
  const examined = await examine(terminal, file);
  if (examined === undefined) return;
  const { settings, warnings } = examined;
  printProblems(terminal, warnings);
  if (warnings.some((problem) => problem.severity === 'error')) {
    terminal.exitCode(1);
    return;
  }
  const parts = [counted(settings.upstreams.length, 'upstream'), counted(settings.clients.length, 'client')];
  terminal.out(`${file} is valid: ${parts.join(', ')}.`);
}

async function show(terminal: Terminal, file: string): Promise<void> {
  const examined = await examine(terminal, file);
  if (examined === undefined) return;
  const { loaded, settings, warnings } = examined;
  printProblems(terminal, warnings);
  const address = listenAddress(loaded, {}, terminal.env);
  // Resolving has succeeded, so the address is known.
  if ('message' in address) return;
  terminal.out(JSON.stringify(presentConfig(loaded, settings, address), null, 2));
}
