// Totals as a table for people: numbers aligned to the right with separators, the sum at the end.

import type { UsageGroup, UsageGrouping, UsageReport, UsageTotals } from '../../stores/tables/usage.ts';
import { printable } from '../ui/printable.ts';
import { aligned } from '../ui/table.ts';
import type { Colours } from '../ui/terminal.ts';

const COLUMNS: readonly (readonly [string, (totals: UsageTotals) => number | string])[] = [
  ['requests', (totals) => totals.requests],
  ['errors', (totals) => totals.errors],
  ['input', (totals) => totals.inputUncached + totals.inputAudio],
  ['cache read', (totals) => totals.inputCacheRead],
  ['cache write', (totals) => totals.inputCacheWrite],
  ['output', (totals) => totals.outputText + totals.outputAudio],
  ['reasoning', (totals) => totals.outputReasoning],
  ['USD', (totals) => usd(totals.costNanoUsd)],
];

const NAMELESS: Readonly<Record<UsageGrouping, string>> = {
  model: '(no model)',
  upstream: '(none reached)',
  client: '(no client key)',
  day: '',
};

const NUMBER: Intl.NumberFormat = new Intl.NumberFormat('en-US');
const MONEY: Intl.NumberFormat = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
});
const NANO_USD = 1_000_000_000;
/** Longer names are cut, so that the table fits a terminal. */
const NAME_WIDTH = 40;

/** The lines of the table. Colours are those of the output it goes to. */
export function usageTable(report: UsageReport, by: UsageGrouping, colours: Colours): string[] {
  const rows = report.groups.map((group) => cells(nameOf(group, by), group));
  const sum = cells('total', report.total);
  const head = [by as string, ...COLUMNS.map(([title]) => title)];
  const { lines, width } = aligned([head, sum, ...rows], (column) => column > 0);
  const [first = '', last = '', ...between] = lines;
  const rule = colours.dim('─'.repeat(width));
  return [colours.bold(first), rule, ...between, rule, colours.bold(last)];
}

/** What the table has no column for, in a sentence each. */
export function usageNotes({ total }: UsageReport): string[] {
  const notes: string[] = [];
  const note = (count: number, words: string): void => {
    if (count > 0) notes.push(`${NUMBER.format(count)} ${words}`);
  };
  note(total.open, 'in flight');
  note(total.aborted, 'left by the client before the end');
  note(total.interrupted, 'interrupted by a stop of the gateway');
  note(total.unpriced, 'without a known price, not in the sum of dollars');
  return notes;
}

function cells(name: string, totals: UsageTotals): string[] {
  const shown = (value: number | string): string =>
    typeof value === 'number' ? NUMBER.format(value) : value;
  return [name, ...COLUMNS.map(([, value]) => shown(value(totals)))];
}

/** Dollars with four decimals; an amount that is too small for them is not shown as nothing. */
function usd(nanoUsd: number): string {
  const amount = nanoUsd / NANO_USD;
  return amount > 0 && amount < 0.0001 ? '<0.0001' : MONEY.format(amount);
}

function nameOf(group: UsageGroup, by: UsageGrouping): string {
  if (group.name === null) return NAMELESS[by];
  const name = printable(group.name);
  return name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name;
}
