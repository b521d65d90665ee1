// sluice prices: what models cost at each upstream, and who says so. Nothing is sent anywhere.

import { Command } from 'commander';
import picocolors from 'picocolors';
import type { ListedPrice } from '../../prices/list.ts';
import { createPrices } from '../../prices/prices.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { type KeyFlags, loadSetting } from './keys-setting.ts';
import { priceNotes, priceTable } from './prices-table.ts';

interface PricesFlags extends KeyFlags {
  readonly unpriced?: boolean;
  readonly at?: string;
}

/** The `prices` command. */
export function pricesCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('prices')
    .description(
      'show what models cost at each upstream, in US dollars for a million tokens, and who says so',
    )
    .argument('[model]', 'a model, or a pattern such as "gpt-*"; default: all that are known')
    .option('--unpriced', 'only models without a price')
    .option('--at <moment>', 'prices of this moment instead of now, as in 2026-08-01T12:00Z')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'take upstreams and prices from this configuration')
    .action((model: string | undefined, _options: unknown, self: Command) =>
      prices(terminal, model, self.optsWithGlobals<PricesFlags>()),
    );
}

async function prices(terminal: Terminal, model: string | undefined, flags: PricesFlags): Promise<void> {
  const atMs = flags.at === undefined ? Date.now() : Date.parse(flags.at);
  if (Number.isNaN(atMs))
    return fail(terminal, `--at "${flags.at}" is no moment.`, 'Write for example 2026-08-01T12:00Z.');
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const { settings } = setting;
  const book = createPrices({ settings: () => settings, onTrouble: (message) => terminal.err(message) });
  const all = book.list(atMs, model);
  const listed = flags.unpriced === true ? all.filter(({ price }) => price === undefined) : all;
  if (flags.json === true) {
    terminal.out(
      JSON.stringify({ at: new Date(atMs).toISOString(), prices: listed.map(asJson) }, undefined, 2),
    );
    return;
  }
  if (listed.length === 0) {
    terminal.out(emptyWords(settings.upstreams.length, model, flags.unpriced === true));
    return;
  }
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  for (const line of priceTable(listed, colours)) terminal.out(line);
  for (const note of priceNotes(listed)) terminal.out(colours.dim(note));
}

/** JSON has no undefined: a model without a price says null. */
function asJson({ price, ...model }: ListedPrice): object {
  return { ...model, price: price ?? null };
}

function emptyWords(upstreams: number, model: string | undefined, isUnpriced: boolean): string {
  if (upstreams === 0) return 'There are no upstreams, so that nothing has a price. Run "sluice init".';
  if (isUnpriced) return 'Every model that is known here has a price.';
  return model === undefined ? 'No model is known here by name.' : `No upstream offers ${model}.`;
}
