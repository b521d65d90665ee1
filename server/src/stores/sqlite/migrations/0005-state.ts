// What is known of keys and limits, so that a restart does not forget it.

import { type Kysely, type Migration, sql } from 'kysely';

async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('state')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('updated_at_ms', 'integer', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('state_key', ['kind', 'key'])
    .modifyEnd(sql`WITHOUT ROWID`)
    .execute();
}

/** Creates the table `state`. */
export const state: Migration = { up };
