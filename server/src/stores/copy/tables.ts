// What of a ledger is copied: every table with its key, its columns, and the figures by which two ledgers are compared.

import { ATTEMPT_COLUMNS } from '../tables/attempts.ts';
import { FIGURES } from '../tables/rollup/figures.ts';
import { DIMENSIONS, GRAINS, type Grain } from '../tables/rollup/grains.ts';
import { VALUE_COLUMNS } from '../tables/schema.ts';

/**
 * What becomes of a row that both ledgers have, and not alike. refuse: they are two ledgers, which are not mixed. newer: the
 * one that was written last stays. source: what the source says.
 */
export type Difference = 'refuse' | 'newer' | 'source';

/** One table. */
export interface CopiedTable {
  readonly name: string;
  /** Rows are known and ordered by it, in both ledgers alike. */
  readonly key: readonly string[];
  /** Everything that crosses, the key included. */
  readonly columns: readonly string[];
  /** Columns that may differ where rows are the same. */
  readonly loose: readonly string[];
  readonly difference: Difference;
  /** The column that tells how long the texts of a row are; undefined where rows are short. */
  readonly bytes: string | undefined;
  /** Sums of whole numbers by which two tables are compared, besides the number of their rows. */
  readonly figures: Readonly<Record<string, string>>;
}

const INPUT = [
  'input_uncached',
  'input_cache_read',
  'input_cache_write_5m',
  'input_cache_write_1h',
  'input_cache_write_other',
  'input_audio',
];
const OUTPUT = ['output_text', 'output_reasoning', 'output_audio'];

const sumOf = (columns: readonly string[]): string =>
  `sum(${columns.map((column) => `coalesce(${column}, 0)`).join(' + ')})`;

const SPENT: Readonly<Record<string, string>> = {
  inputTokens: sumOf(INPUT),
  outputTokens: sumOf(OUTPUT),
  costNanoUsd: 'sum(cost_nano_usd)',
};

const short = (
  name: string,
  key: readonly string[],
  columns: readonly string[],
  figures: CopiedTable['figures'] = {},
): CopiedTable => ({ name, key, columns, loose: [], difference: 'refuse', bytes: undefined, figures });

/** Numbers of texts tell their age. They are unique in a file, and need not be in a database that several gateways write. */
const long = (name: string, key: string, columns: readonly string[]): CopiedTable => ({
  ...short(name, [key], columns, { bytes: 'sum(bytes)' }),
  loose: ['number'],
  bytes: 'bytes',
});

function rollUp({ table }: Grain): CopiedTable {
  const place = ['at', 'mask', ...DIMENSIONS];
  const all = (expression: string): string => `sum(CASE WHEN mask = 0 THEN ${expression} END)`;
  return short(table, place, [...place, ...FIGURES, 'durations', 'ttfts'], {
    requests: all('requests'),
    inputTokens: all('input_uncached + cache_read + cache_write + input_audio'),
    outputTokens: all('output_text + output_reasoning + output_audio'),
    costNanoUsd: all('cost'),
  });
}

/** All of them, in the order in which they are written: attempts stand on their exchanges. */
export const COPIED_TABLES: readonly CopiedTable[] = [
  short('exchanges', ['number'], ['state', ...VALUE_COLUMNS], {
    ...SPENT,
    savedNanoUsd: 'sum(saved_nano_usd)',
  }),
  short('attempts', ['exchange', 'ordinal'], ATTEMPT_COLUMNS, SPENT),
  short('rollup_names', ['id'], ['id', 'dimension', 'served', 'name']),
  ...GRAINS.map(rollUp),
  long('kept', 'hash', ['hash', 'number', 'bytes', 'text']),
  long('details', 'id', ['id', 'number', 'at_ms', 'kind', 'bytes', 'text']),
  {
    ...short('state', ['kind', 'key'], ['kind', 'key', 'updated_at_ms', 'text']),
    difference: 'newer',
  },
  { ...short('marks', ['name'], ['name', 'value']), difference: 'source' },
];
