// The ledger's first table. A column that a later version needs is added by a later migration, never here.

import type { Kysely, Migration } from 'kysely';

const TEXTS: readonly string[] = [
  'client_id',
  'conversation_id',
  'agent_id',
  'dialect_in',
  'dialect_out',
  'model_asked',
  'model_served',
  'upstream_id',
  'key_id',
  'error_code',
];

const INTEGERS: readonly string[] = [
  'headers_at_ms',
  'first_byte_at_ms',
  'first_output_at_ms',
  'ended_at_ms',
  'attempts',
  'status',
  'bytes_in',
  'bytes_out',
  'input_uncached',
  'input_cache_read',
  'input_cache_write_5m',
  'input_cache_write_1h',
  'input_cache_write_other',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
  'usage_clamped',
  'streamed',
  'aborted',
];

async function up(database: Kysely<unknown>): Promise<void> {
  let table = database.schema
    .createTable('exchanges')
    .addColumn('number', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('received_at_ms', 'integer', (column) => column.notNull())
    .addColumn('route', 'text', (column) => column.notNull())
    .addColumn('use', 'text', (column) => column.notNull());
  for (const name of TEXTS) table = table.addColumn(name, 'text');
  for (const name of INTEGERS) table = table.addColumn(name, 'integer');
  await table.execute();
  // Holds only what is in flight, so that a start after a crash finds those rows at once in a table of any size.
  await database.schema
    .createIndex('exchanges_open')
    .on('exchanges')
    .column('state')
    .where('state', '=', 'open')
    .execute();
}

/** Creates the table `exchanges` and its indexes. */
export const exchanges: Migration = { up };
