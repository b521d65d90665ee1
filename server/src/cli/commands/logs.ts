// sluice logs: what the gateway has written to its log folder, readable, and what it writes from now on.

import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import picocolors from 'picocolors';
import { loadConfig } from '../../config/load.ts';
import { findConfig, reportNoConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { settingsOf } from '../ui/settings-of.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { LogReader } from './logs-follow.ts';
import { type LineKind, readable } from './logs-lines.ts';
import { parseMoment } from './usage-period.ts';

interface LogsOptions {
  readonly requests?: boolean;
  readonly errors?: boolean;
  readonly keys?: boolean;
  readonly follow?: boolean;
  readonly since: string;
  readonly json?: boolean;
  readonly folder?: string;
  readonly config?: string;
}

/** How often a follower looks for more. */
const LOOK_EVERY_MS = 500;

/** The `logs` command. `stopped`: ends a following before the process does, for tests. */
export function logsCommand(terminal: Terminal = processTerminal(), stopped?: AbortSignal): Command {
  return new Command('logs')
    .description('show what the gateway has written to its log folder (log.folder)')
    .option('--requests', 'every exchange (the default)')
    .option('--errors', 'exchanges that failed, with their attempts')
    .option('--keys', 'what happened to provider keys')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('-s, --since <when>', 'begin: 1h, 24h, 7d, a day (2026-11-01), today, a moment, or "all"', '1h')
    .option('--json', 'print the lines as they stand')
    .option('--folder <path>', 'read this folder')
    .option('-c, --config <file>', 'take the folder from this configuration')
    .action(async (_options: unknown, self: Command) =>
      logs(terminal, self.optsWithGlobals<LogsOptions>(), stopped),
    );
}

async function logs(
  terminal: Terminal,
  options: LogsOptions,
  stopped: AbortSignal | undefined,
): Promise<void> {
  const sinceMs = options.since === 'all' ? 0 : parseMoment(options.since, 'since', Date.now());
  if (sinceMs === undefined)
    return fail(terminal, `--since "${options.since}" is no time. Write for example 30m, 24h or 2026-11-01.`);
  const kind = kindOf(options);
  if (kind === undefined) return fail(terminal, 'Choose one of --requests, --errors and --keys.');
  const folder = await folderOf(terminal, options);
  if (folder === undefined) return;

  // Lines go to standard output, which may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  const print = (line: string): void => {
    if (line !== '') terminal.out(options.json === true ? line : readable(line, kind, colours));
  };
  const reader = new LogReader(folder, kind, sinceMs);
  const files = await reader.read(print);
  if (files === 0) terminal.err(`There are no files of ${kind} in ${folder} yet.`);
  while (options.follow === true && stopped?.aborted !== true) {
    await wait(LOOK_EVERY_MS, undefined, stopped === undefined ? {} : { signal: stopped }).catch(
      () => undefined,
    );
    await reader.read(print);
  }
}

function kindOf({ requests, errors, keys }: LogsOptions): LineKind | undefined {
  const kinds: LineKind[] = [];
  if (requests === true) kinds.push('requests');
  if (errors === true) kinds.push('errors');
  if (keys === true) kinds.push('keys');
  return kinds.length > 1 ? undefined : (kinds[0] ?? 'requests');
}

async function folderOf(terminal: Terminal, options: LogsOptions): Promise<string | undefined> {
  const { env, cwd } = terminal;
  if (options.folder !== undefined) return resolve(cwd, options.folder);
  const located = findConfig(terminal, options.config);
  if (located === undefined) {
    reportNoConfig(terminal);
    return undefined;
  }
  const settings = settingsOf(terminal, await loadConfig(located.path, env));
  if (settings === undefined)
    return fail(
      terminal,
      'The configuration does not say where the log folder is. Correct it, or use --folder.',
    );
  const { folder } = settings.log;
  if (folder !== undefined) return folder;
  return fail(
    terminal,
    'The gateway writes no log folder. What has happened is in the ledger all the same: "sluice dashboard" shows it. For the next time set "log": { "folder": "./logs" } in sluice.jsonc and restart it, or use --folder.',
  );
}
