// sluice logs: what has gone through the gateway, readable: from its log folder, and without one from the ledger.

import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import picocolors from 'picocolors';
import { isPostgres } from '../../stores/open.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { gatewayOf, type KeySetting, loadSetting } from './keys-setting.ts';
import { LogReader } from './logs-follow.ts';
import { askGateway, type LedgerFound, type LedgerQuestion, ledgerLine, readLedger } from './logs-ledger.ts';
import { type LineKind, readable } from './logs-lines.ts';
import { parseMoment } from './usage-period.ts';

interface LogsOptions {
  readonly requests?: boolean;
  readonly errors?: boolean;
  readonly keys?: boolean;
  readonly follow?: boolean;
  readonly since: string;
  readonly last?: string;
  readonly client?: readonly string[];
  readonly model?: readonly string[];
  readonly upstream?: readonly string[];
  readonly limit: string;
  readonly json?: boolean;
  readonly folder?: string;
  readonly database?: string;
  readonly config?: string;
  readonly port?: string;
}

/** How often a follower looks for more. */
const LOOK_EVERY_MS = 500;
const MOST_ROWS = 100_000;

/** The `logs` command. `stopped`: ends a following before the process does, for tests. */
export function logsCommand(terminal: Terminal = processTerminal(), stopped?: AbortSignal): Command {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return new Command('logs')
    .description('show what has gone through the gateway: from its log folder (log.folder), or the ledger')
    .option('--requests', 'every exchange (the default)')
    .option('--errors', 'exchanges that failed; in a log folder with their attempts')
    .option('--keys', 'what happened to provider keys (needs a log folder)')
    .option('-f, --follow', 'go on with what is written from now on (needs a log folder)')
    .option('-s, --since <when>', 'begin: 1h, 24h, 7d, a day (2026-11-01), today, a moment, or "all"', '1h')
    .option('--last <length>', 'the same as --since, as in --last 6h')
    .option('--client <id>', 'only of this client, from the ledger; may be there several times', several)
    .option('--model <name>', 'only with this model, from the ledger; may be there several times', several)
    .option(
      '--upstream <id>',
      'only from this upstream, from the ledger; may be there several times',
      several,
    )
    .option('-n, --limit <count>', 'from the ledger: the newest so many', '100')
    .option('--json', 'print each as a line of JSON')
    .option('--folder <path>', 'read this folder')
    .option('--database <place>', 'read this ledger: a file, or a postgres:// URL')
    .option('-c, --config <file>', 'take the place of both from this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action(async (_options: unknown, self: Command) =>
      logs(terminal, self.optsWithGlobals<LogsOptions>(), stopped),
    );
}

async function logs(
  terminal: Terminal,
  options: LogsOptions,
  stopped: AbortSignal | undefined,
): Promise<void> {
  const [flag, when] = options.last === undefined ? ['--since', options.since] : ['--last', options.last];
  const sinceMs = when === 'all' ? 0 : parseMoment(when, 'since', Date.now());
  if (sinceMs === undefined)
    return fail(terminal, `${flag} "${when}" is no time. Write for example 30m, 24h or 2026-11-01.`);
  const kind = kindOf(options);
  if (kind === undefined) return fail(terminal, 'Choose one of --requests, --errors and --keys.');
  const { folder, database, config, port } = options;
  const filtered = [options.client, options.model, options.upstream].some((values) => values !== undefined);
  if (folder !== undefined) {
    if (filtered || database !== undefined)
      return fail(terminal, '--client, --model, --upstream and --database go without --folder.');
    return await fromFolder(terminal, resolve(terminal.cwd, folder), kind, { ...options, sinceMs }, stopped);
  }
  const flags = { ...(config === undefined ? {} : { config }), ...(port === undefined ? {} : { port }) };
  const setting = database === undefined ? await loadSetting(terminal, flags) : undefined;
  if (setting === undefined && database === undefined) return;
  const written = setting?.bare.log.folder;
  if (written !== undefined && !filtered)
    return await fromFolder(terminal, written, kind, { ...options, sinceMs }, stopped);
  if (kind === 'keys' || options.follow === true) return noFolder(terminal, options, written);
  await fromLedger(terminal, options, setting, sinceMs);
}

/** What only files have. */
function noFolder(terminal: Terminal, { keys }: LogsOptions, written: string | undefined): void {
  if (written !== undefined) {
    fail(terminal, '--client, --model and --upstream go without --keys and --follow.');
    return;
  }
  const what = keys === true ? 'Events of keys are' : 'What comes next is';
  const instead =
    keys === true
      ? '"sluice keys list" says how they stand'
      : '"sluice top" shows what happens now, "sluice logs" what has happened';
  fail(
    terminal,
    `${what} read from log files, and the gateway writes none.`,
    `${instead}. For the next time set "log": { "folder": "./logs" } in sluice.jsonc and restart it, or use --folder.`,
  );
}

async function fromFolder(
  terminal: Terminal,
  folder: string,
  kind: LineKind,
  { sinceMs, json, follow }: Pick<LogsOptions, 'json' | 'follow'> & { readonly sinceMs: number },
  stopped: AbortSignal | undefined,
): Promise<void> {
  // Lines go to standard output, which may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  const print = (line: string): void => {
    if (line !== '') terminal.out(json === true ? line : readable(line, kind, colours));
  };
  const reader = new LogReader(folder, kind, sinceMs);
  const files = await reader.read(print);
  if (files === 0) terminal.err(`There are no files of ${kind} in ${folder} yet.`);
  while (follow === true && stopped?.aborted !== true) {
    await wait(LOOK_EVERY_MS, undefined, stopped === undefined ? {} : { signal: stopped }).catch(
      () => undefined,
    );
    await reader.read(print);
  }
}

/** `setting` undefined: the ledger is named by --database, and no gateway is asked. */
async function fromLedger(
  terminal: Terminal,
  options: LogsOptions,
  setting: KeySetting | undefined,
  sinceMs: number,
): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS)
    return fail(terminal, `--limit must be a whole number from 1 to ${MOST_ROWS}.`);
  const { client, model, upstream, json } = options;
  const only = {
    ...(client === undefined ? {} : { client }),
    ...(model === undefined ? {} : { model }),
    ...(upstream === undefined ? {} : { upstream }),
  };
  const onlyErrors = options.errors === true;
  const found = await find(terminal, options, setting, { sinceMs, onlyErrors, only, limit });
  if (!found.ok) return fail(terminal, found.message);
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  for (const row of found.rows) terminal.out(json === true ? JSON.stringify(row) : ledgerLine(row, colours));
  if (json === true) return;
  const what = onlyErrors ? 'failed requests' : 'requests';
  const since = sinceMs === 0 ? '' : ` since ${new Date(sinceMs).toLocaleString('sv-SE')}`;
  const say = (text: string): void => terminal.err(terminal.colours.dim(text));
  if (found.rows.length === 0)
    return say(`The ledger has no ${what}${since} that fit. --since names another beginning.`);
  if (found.more) say(`These are the newest ${limit} ${what}; --limit shows more.`);
  say(`From the ledger${since}. Attempts, times and what was kept of them: "sluice dashboard".`);
}

async function find(
  terminal: Terminal,
  { database }: LogsOptions,
  setting: KeySetting | undefined,
  question: LedgerQuestion,
): Promise<LedgerFound> {
  const gateway = setting === undefined ? undefined : await gatewayOf(setting);
  const told = gateway === undefined ? undefined : await askGateway(gateway, question);
  if (told !== undefined) return told;
  const { postgresUrl, sqlitePath = '' } = setting?.bare.storage ?? {};
  const named = database === undefined || isPostgres(database) ? database : resolve(terminal.cwd, database);
  return await readLedger(named ?? postgresUrl ?? sqlitePath, question);
}

function kindOf({ requests, errors, keys }: LogsOptions): LineKind | undefined {
  const kinds: LineKind[] = [];
  if (requests === true) kinds.push('requests');
  if (errors === true) kinds.push('errors');
  if (keys === true) kinds.push('keys');
  return kinds.length > 1 ? undefined : (kinds[0] ?? 'requests');
}
