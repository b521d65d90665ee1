// Texts that are kept by key for some days: reasoning that clients drop, and conversations that they refer to by id.

import type { Kysely, Migration } from 'kysely';

async function up(database: Kysely<unknown>): Promise<void> {
  // The text comes last, so that everything else of a row is read without it.
  await database.schema
    .createTable('kept')
    .addColumn('number', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('kept_by_hash').unique().on('kept').column('hash').execute();
  // Sizes are summed up from this index alone.
  await database.schema.createIndex('kept_by_age').on('kept').columns(['number', 'bytes']).execute();
}

/** Creates the table `kept` and its indexes. */
export const kept: Migration = { up };
