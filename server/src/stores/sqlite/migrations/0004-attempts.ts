// The single attempts of exchanges that took more than one.

import { type Kysely, type Migration, sql } from 'kysely';

const TEXTS: readonly string[] = [
  'cause',
  'upstream_id',
  'key_id',
  'model',
  'dialect',
  'outcome',
  'reason',
  'error_code',
];

const INTEGERS: readonly string[] = [
  'started_at_ms',
  'headers_at_ms',
  'first_byte_at_ms',
  'first_output_at_ms',
  'ended_at_ms',
  'status',
  'usage_clamped',
  'input_uncached',
  'input_cache_read',
  'input_cache_write_5m',
  'input_cache_write_1h',
  'input_cache_write_other',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
];

async function up(database: Kysely<unknown>): Promise<void> {
  let table = database.schema
    .createTable('attempts')
    .addColumn('exchange', 'integer', (column) => column.notNull())
    .addColumn('ordinal', 'integer', (column) => column.notNull());
  for (const name of TEXTS) table = table.addColumn(name, 'text');
  for (const name of INTEGERS) table = table.addColumn(name, 'integer');
  // Its key alone orders it: those of new exchanges stand at its end, and those of one exchange beside each other.
  await table
    .addPrimaryKeyConstraint('attempts_key', ['exchange', 'ordinal'])
    .modifyEnd(sql`WITHOUT ROWID`)
    .execute();
  // Not a foreign key: a row of exchanges that is written again takes its own place, which would delete its attempts.
  await sql`CREATE TRIGGER attempts_end_with_exchange AFTER DELETE ON exchanges
    BEGIN DELETE FROM attempts WHERE exchange = old.number; END`.execute(database);
}

/** Creates the table `attempts`, whose rows are deleted with those of their exchange. */
export const attempts: Migration = { up };
