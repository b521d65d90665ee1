// Prices as a table for people.

import type { ListedPrice, ShownPrice } from '../../prices/list.ts';
import type { Colours } from '../ui/terminal.ts';
import { printable } from './keys-table.ts';

const COLUMNS: readonly (readonly [string, (price: ShownPrice) => number | undefined])[] = [
  ['input', ({ rates }) => rates.input],
  ['cached', ({ rates }) => rates.cacheRead],
  ['written', ({ rates }) => rates.cacheWrite5m],
  ['output', ({ rates }) => rates.output],
];
const NUMBER: Intl.NumberFormat = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});
const TEXT_COLUMNS = 2;

/** The lines of the table. */
export function priceTable(listed: readonly ListedPrice[], colours: Colours): string[] {
  const head = ['model', 'upstream', ...COLUMNS.map(([title]) => title), 'from'];
  const rows = listed.map(cells);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        if (column === row.length - 1) return cell;
        const width = widths[column] ?? 0;
        return column < TEXT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [colours.bold(line(head)), colours.dim(rule), ...rows.map(line)];
}

function cells({ model, upstreamId, price }: ListedPrice): string[] {
  const numbers = COLUMNS.map(([, of]) => {
    const usd = price === undefined ? undefined : of(price);
    return usd === undefined ? '–' : NUMBER.format(usd);
  });
  const marks =
    price === undefined ? '' : `${price.tiers.length > 0 ? ' ¹' : ''}${price.incomplete ? ' ²' : ''}`;
  const from = price === undefined ? 'no price' : `${printable(price.id)}${marks}`;
  return [printable(model), printable(upstreamId), ...numbers, from];
}

/** What the marks in the table mean, and what to do about models without a price. */
export function priceNotes(listed: readonly ListedPrice[]): string[] {
  const notes: string[] = ['US dollars for a million tokens.'];
  if (listed.some(({ price }) => (price?.tiers.length ?? 0) > 0))
    notes.push('¹ Long requests have other rates; --json shows them.');
  if (listed.some(({ price }) => price?.incomplete === true))
    notes.push('² The provider bills more than is known here; costs are estimates.');
  const unpriced = listed.filter(({ price }) => price === undefined).length;
  if (unpriced > 0) notes.push(`${unpriced} without a price: write it into "prices" or prices.jsonc.`);
  return notes;
}
