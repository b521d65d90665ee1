// Prices as a table for people.

import type { ListedPrice, ShownPrice } from '../../prices/list.ts';
import { printable } from '../ui/printable.ts';
import { aligned } from '../ui/table.ts';
import type { Colours } from '../ui/terminal.ts';

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
/** The first columns; between them and the last one are numbers. */
const TEXT_COLUMNS = 2;

/** The lines of the table. */
export function priceTable(listed: readonly ListedPrice[], colours: Colours): string[] {
  const head = ['model', 'upstream', ...COLUMNS.map(([title]) => title), 'from'];
  const rows = listed.map(cells);
  const isNumber = (column: number): boolean => column >= TEXT_COLUMNS && column < head.length - 1;
  const { lines, width } = aligned([head, ...rows], isNumber);
  const [first = '', ...others] = lines;
  return [colours.bold(first), colours.dim('─'.repeat(width)), ...others];
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
