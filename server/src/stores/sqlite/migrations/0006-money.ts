// What exchanges and attempts cost and everything that is told with it, and how exchanges of one conversation are found.

import { type Kysely, type Migration, sql } from 'kysely';

const COST_NUMBERS: readonly string[] = [
  'cost_nano_usd',
  'cost_input_uncached',
  'cost_cache_read',
  'cost_cache_write',
  'cost_input_audio',
  'cost_output_text',
  'cost_output_reasoning',
  'cost_output_audio',
  'cost_other',
];
const COMMON_TEXTS: readonly string[] = ['service_tier', 'cost_state', 'price_row'];
const COMMON_NUMBERS: readonly string[] = ['web_searches', 'output_image_tokens', ...COST_NUMBERS];
const EXCHANGE_TEXTS: readonly string[] = ['policy', 'cache', 'prompt_cache', 'error_message'];
const EXCHANGE_NUMBERS: readonly string[] = ['usage_estimated', 'saved_nano_usd'];

async function up(database: Kysely<unknown>): Promise<void> {
  for (const table of ['exchanges', 'attempts']) {
    const own = table === 'exchanges';
    const add = async (names: readonly string[], type: 'text' | 'integer'): Promise<void> => {
      for (const name of names) await database.schema.alterTable(table).addColumn(name, type).execute();
    };
    await add([...COMMON_TEXTS, ...(own ? EXCHANGE_TEXTS : [])], 'text');
    await add([...COMMON_NUMBERS, ...(own ? EXCHANGE_NUMBERS : [])], 'integer');
  }
  // The end of an id tells conversations apart as well as all of it, in 20 bytes a row instead of 50; and rows of one
  // conversation stand beside each other, so that a conversation that goes on touches one page.
  await sql`CREATE INDEX exchanges_by_conversation ON exchanges (substr(conversation_id, -8))
    WHERE conversation_id IS NOT NULL`.execute(database);
}

/** Adds the columns of costs, caches and messages, and the index of conversations. */
export const money: Migration = { up };
