// What conversions lost, in a column of its own.

import type { Kysely, Migration } from 'kysely';

async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('exchanges').addColumn('losses', 'text').execute();
}

/** Adds the column `losses` to the table `exchanges`. */
export const losses: Migration = { up };
