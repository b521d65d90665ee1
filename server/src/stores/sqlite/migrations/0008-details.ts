// Details of exchanges: what was kept of errors and captured ones, to be looked at later.

import type { Kysely, Migration } from 'kysely';

async function up(database: Kysely<unknown>): Promise<void> {
  // The text comes last, so that everything else of a row is read without it.
  await database.schema
    .createTable('details')
    .addColumn('number', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    // The name of a file in the folder of details, where the text is too long for a row.
    .addColumn('file', 'text')
    .addColumn('text', 'text')
    .execute();
  await database.schema.createIndex('details_by_id').unique().on('details').column('id').execute();
  await database.schema
    .createIndex('details_by_age')
    .on('details')
    .columns(['number', 'kind', 'bytes'])
    .execute();
}

/** Creates the table `details`. */
export const details: Migration = { up };
