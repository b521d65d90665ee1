// Sums over exchanges per minute, hour and day, from which long periods are answered.

import { type ColumnDefinitionBuilder, type Kysely, type Migration, sql } from 'kysely';

const TABLES: readonly string[] = ['rollup_minutes', 'rollup_hours', 'rollup_days'];
const FIGURES: readonly string[] = [
  'requests',
  'errors',
  'gone',
  'attempts',
  'input_uncached',
  'cache_read',
  'cache_write',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
  'cost',
  'estimated',
  'unpriced',
  'cache_hits',
  'saved',
  'bytes_in',
  'bytes_out',
  'duration_ms',
  'ttft_count',
  'ttft_ms',
];

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull();

async function up(database: Kysely<unknown>): Promise<void> {
  for (const name of TABLES) {
    let table = database.schema
      .createTable(name)
      .addColumn('at', 'integer', required)
      .addColumn('mask', 'integer', required)
      .addColumn('model', 'integer', required)
      .addColumn('upstream', 'integer', required)
      .addColumn('key', 'integer', required)
      .addColumn('client', 'integer', required)
      .addColumn('route', 'integer', required);
    for (const figure of FIGURES) table = table.addColumn(figure, 'integer', required);
    // Ordered by time first: what is written at one moment stands together, and what is too old goes as a whole.
    await table
      .addColumn('durations', 'blob')
      .addColumn('ttfts', 'blob')
      .addPrimaryKeyConstraint(`${name}_key`, ['at', 'mask', 'model', 'upstream', 'key', 'client', 'route'])
      .modifyEnd(sql`WITHOUT ROWID`)
      .execute();
  }
  await database.schema
    .createTable('rollup_names')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('dimension', 'integer', (column) => column.notNull())
    .addColumn('served', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('rollup_names_by_name')
    .unique()
    .on('rollup_names')
    .columns(['dimension', 'name'])
    .execute();
  await database.schema
    .createTable('marks')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'integer', (column) => column.notNull())
    .execute();
  // Rows that are there already are summed up little by little: from the one after `filled` to `fill_to`. Rows below
  // `rows_from` were deleted. The others tell how many rows the tables have, and later from which bucket on.
  await sql`INSERT INTO marks (name, value)
    SELECT 'fill_to', coalesce(max(number), 0) FROM exchanges UNION ALL SELECT 'filled', 0
    UNION ALL SELECT 'rows_from', 0 UNION ALL SELECT 'rollup_minutes', 0 UNION ALL SELECT 'rollup_hours', 0
    UNION ALL SELECT 'rollup_days', 0`.execute(database);
}

/** Creates the tables of roll-ups. */
export const rollups: Migration = { up };
