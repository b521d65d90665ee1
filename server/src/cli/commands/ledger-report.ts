// What was copied of a ledger, for people and as JSON: the tables with their rows, tokens and dollars on both sides.

import picocolors from 'picocolors';
import type { CopyReport, TableReport } from '../../stores/copy/ledger-copy.ts';
import { integer, usd } from '../ui/numbers.ts';
import { printableLines } from '../ui/printable.ts';
import { aligned } from '../ui/table.ts';
import type { Terminal } from '../ui/terminal.ts';

const HEAD: readonly string[] = ['table', 'rows', 'copied', 'there', 'input', 'output', 'dollars'];

/** Prints JSON; figures are decimal numbers as texts, for they may be larger than JSON readers take. */
export function printCopyJson(terminal: Terminal, report: CopyReport): void {
  terminal.out(JSON.stringify(report, undefined, 2));
}

/** Prints a table and what it means. */
export function printCopy(terminal: Terminal, report: CopyReport): void {
  const { from, to, dryRun, tables, notes } = report;
  // The table goes to standard output, which may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  const head = dryRun ? HEAD : [...HEAD, 'in the copy'];
  const rows = tables.map((table) => cellsOf(table, dryRun));
  const [first = '', ...lines] = aligned([head, ...rows], (column) => column > 0).lines;
  for (const line of [colours.bold(first), ...lines]) terminal.out(line.trimEnd());
  const copied = tables.reduce((sum, table) => sum + table.copied, 0);
  if (dryRun)
    terminal.out(`${integer(copied)} rows of ${from} would be copied to ${to}. Nothing was written.`);
  else if (copied === 0)
    terminal.out(`Everything of ${from} was in ${to} already. All counts and sums agree.`);
  else terminal.out(`${integer(copied)} rows of ${from} are now in ${to}. All counts and sums agree.`);
  for (const note of notes) terminal.err(`${terminal.colours.yellow('note')} ${printableLines(note)}`);
}

function cellsOf({ table, source, target, copied, there }: TableReport, dryRun: boolean): string[] {
  const { rows, inputTokens, outputTokens, costNanoUsd } = source;
  const tokens = [inputTokens, outputTokens].map((sum) => (sum === undefined ? '' : grouped(sum)));
  const cost = costNanoUsd === undefined ? '' : usd(Number(costNanoUsd));
  const cells = [table, grouped(rows), integer(copied), integer(there), ...tokens, cost];
  return dryRun ? cells : [...cells, grouped(target?.['rows'])];
}

/** 12,345, also where that is more than a number holds exactly. */
function grouped(digits: string | undefined): string {
  return new Intl.NumberFormat('en-US').format(BigInt(digits ?? '0'));
}
