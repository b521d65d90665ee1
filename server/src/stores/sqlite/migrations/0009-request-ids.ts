// The ids that providers and clients have given requests.

import type { Kysely, Migration } from 'kysely';

async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('exchanges').addColumn('client_request_id', 'text').execute();
  for (const table of ['exchanges', 'attempts'])
    await database.schema.alterTable(table).addColumn('upstream_request_id', 'text').execute();
}

/** Adds their columns. */
export const requestIds: Migration = { up };
