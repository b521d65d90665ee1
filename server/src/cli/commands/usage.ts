// sluice usage: totals of requests, tokens and costs for a period, by model, upstream, client or day.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import picocolors from 'picocolors';
import { checkConfig, loadConfig } from '../../config/load.ts';
import { hideInUrl } from '../../config/present.ts';
import { isPostgres } from '../../stores/open.ts';
import type { UsageGrouping, UsageReport } from '../../stores/tables/usage.ts';
import { findConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { settingsOf } from '../ui/settings-of.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { parseMoment } from './usage-period.ts';
import { usageNotes, usageTable } from './usage-table.ts';

interface UsageOptions {
  readonly since: string;
  readonly until?: string;
  readonly by: UsageGrouping;
  readonly json?: boolean;
  readonly config?: string;
  readonly database?: string;
}

interface Period {
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

/** The `usage` command. It works while the gateway runs and does not slow it down. */
export function usageCommand(terminal: Terminal = processTerminal()): Command {
  const groupings: readonly UsageGrouping[] = ['model', 'upstream', 'client', 'day'];
  return new Command('usage')
    .description('show requests, tokens and costs of a period')
    .option('-s, --since <when>', 'begin: 24h, 7d, 2w, a day (2026-11-01), today, a moment, or "all"', '7d')
    .option('-u, --until <when>', 'end, in the same words; a day is included')
    .addOption(new Option('-b, --by <what>', 'what to group by').choices(groupings).default('model'))
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'take the place of the ledger from this configuration')
    .option('--database <place>', 'read this ledger: a file, or a postgres:// URL')
    .action(async (_options: unknown, self: Command) =>
      usage(terminal, self.optsWithGlobals<UsageOptions>()),
    );
}

async function usage(terminal: Terminal, options: UsageOptions): Promise<void> {
  const period = readPeriod(terminal, options);
  if (period === undefined) return;
  const location = await ledgerLocation(terminal, options);
  if (location === undefined) return;
  const { readUsageAt } = await import('../../stores/open.ts');
  const reading = await readUsageAt(location, { ...period, by: options.by });
  if (!reading.ok) fail(terminal, reading.message);
  else if (options.json === true)
    printJson(terminal, hideInUrl(location), options.by, period, reading.result);
  else printTable(terminal, options.by, period, reading.result);
}

function readPeriod(terminal: Terminal, { since, until }: UsageOptions): Period | undefined {
  const nowMs = Date.now();
  const sinceMs = since === 'all' ? undefined : parseMoment(since, 'since', nowMs);
  const untilMs = until === undefined ? undefined : parseMoment(until, 'until', nowMs);
  const unread = since !== 'all' && sinceMs === undefined ? ['--since', since] : ['--until', until];
  if ((since !== 'all' && sinceMs === undefined) || (until !== undefined && untilMs === undefined)) {
    return fail(
      terminal,
      `${unread[0]} "${unread[1]}" is no time. Write for example 24h, 7d, 2026-11-01 or 2026-11-01T12:00.`,
    );
  }
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    return fail(terminal, '--since is not before --until, so the period is empty. Exchange the two.');
  }
  return { sinceMs, untilMs };
}

/** Where the ledger is: as told, or as the configuration says, or where it is without one. */
async function ledgerLocation(terminal: Terminal, options: UsageOptions): Promise<string | undefined> {
  const { env, cwd } = terminal;
  if (options.database !== undefined)
    return isPostgres(options.database) ? options.database : resolve(cwd, options.database);
  const located = findConfig(terminal, options.config);
  const loaded = located === undefined ? checkConfig({}) : await loadConfig(located.path, env);
  const settings = settingsOf(terminal, loaded);
  if (settings !== undefined) return settings.storage.postgresUrl ?? settings.storage.sqlitePath;
  return fail(terminal, 'The configuration does not say where the ledger is. Correct it, or use --database.');
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function printJson(
  terminal: Terminal,
  database: string,
  by: UsageGrouping,
  { sinceMs, untilMs }: Period,
  { groups, total }: UsageReport,
): void {
  const answer = {
    database,
    since: iso(sinceMs),
    until: iso(untilMs),
    by,
    timeZone: timeZone(),
    groups,
    total,
  };
  terminal.out(JSON.stringify(answer, undefined, 2));
}

function printTable(terminal: Terminal, by: UsageGrouping, period: Period, report: UsageReport): void {
  const words = periodWords(period);
  if (report.groups.length === 0) {
    terminal.out(`No requests ${words}.`);
    return;
  }
  // The table goes to standard output, which may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  for (const line of usageTable(report, by, colours)) terminal.out(line);
  terminal.out(colours.dim([`Tokens ${words}`, ...usageNotes(report)].join('; ')));
}

function periodWords({ sinceMs, untilMs }: Period): string {
  const words = (ms: number): string => new Date(ms).toLocaleString('sv-SE');
  const since = sinceMs === undefined ? 'from the first' : `since ${words(sinceMs)}`;
  const until = untilMs === undefined ? '' : ` until ${words(untilMs)}`;
  return `${since}${until} (${timeZone()})`;
}

function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
