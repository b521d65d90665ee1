// The tables on PostgreSQL. They are those of SQLite as these stand now: what SQLite's files went through to get there need
// not be repeated. A change of both is a migration here and one in sqlite/migrations.

import type { StoreDriver } from '../tables/driver.ts';
import { FIGURES } from '../tables/rollup/figures.ts';
import { DIMENSIONS, GRAINS } from '../tables/rollup/grains.ts';

/** The database holds tables that this version of Sluice does not know. */
export class ForeignSchema extends Error {}

/** Sorted and compared byte by byte, whatever the language of the database. */
const TEXT = 'text COLLATE "C"';

function columns(type: string, names: string): string {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => `"${name}" ${type}`)
    .join(', ');
}

const COMMON_TEXTS = 'upstream_id key_id error_code service_tier cost_state price_row';
const COMMON_NUMBERS = `headers_at_ms first_byte_at_ms first_output_at_ms ended_at_ms status usage_clamped
  input_uncached input_cache_read input_cache_write_5m input_cache_write_1h input_cache_write_other input_audio
  output_text output_reasoning output_audio web_searches output_image_tokens
  cost_nano_usd cost_input_uncached cost_cache_read cost_cache_write cost_input_audio
  cost_output_text cost_output_reasoning cost_output_audio cost_other`;

function rollUps(): string[] {
  const place = ['at', 'mask', ...DIMENSIONS];
  return GRAINS.map(
    ({ table }) => `CREATE TABLE ${table} (${columns('bigint NOT NULL', [...place, ...FIGURES].join(' '))},
      durations bytea, ttfts bytea, PRIMARY KEY (${place.join(', ')}))`,
  );
}

const LEDGER: readonly string[] = [
  // `gateway`: the run of the gateway whose exchange it is; see gateways.ts.
  `CREATE TABLE exchanges ("number" bigint PRIMARY KEY, id ${TEXT} NOT NULL UNIQUE, state ${TEXT} NOT NULL,
    gateway ${TEXT} NOT NULL, received_at_ms bigint NOT NULL, route ${TEXT} NOT NULL, "use" ${TEXT} NOT NULL,
    ${columns(TEXT, `client_id conversation_id agent_id dialect_in dialect_out model_asked model_served losses policy cache prompt_cache error_message ${COMMON_TEXTS}`)},
    ${columns('bigint', `attempts bytes_in bytes_out streamed aborted usage_estimated saved_nano_usd ${COMMON_NUMBERS}`)})`,
  `CREATE INDEX exchanges_open ON exchanges (gateway) WHERE state = 'open'`,
  `CREATE INDEX exchanges_by_conversation ON exchanges (right(conversation_id, 8))
    WHERE conversation_id IS NOT NULL`,
  `CREATE TABLE attempts (exchange bigint NOT NULL REFERENCES exchanges ("number") ON DELETE CASCADE,
    ordinal bigint NOT NULL, ${columns(TEXT, `cause model dialect outcome reason ${COMMON_TEXTS}`)},
    ${columns('bigint', `started_at_ms ${COMMON_NUMBERS}`)}, PRIMARY KEY (exchange, ordinal))`,
  `CREATE TABLE kept (hash ${TEXT} PRIMARY KEY, "number" bigint NOT NULL, bytes bigint NOT NULL, text text NOT NULL)`,
  'CREATE INDEX kept_by_age ON kept ("number", bytes)',
  `CREATE TABLE state (gateway ${TEXT} NOT NULL, kind ${TEXT} NOT NULL, key ${TEXT} NOT NULL,
    updated_at_ms bigint NOT NULL, text text NOT NULL, PRIMARY KEY (gateway, kind, key))`,
  `CREATE TABLE details (id ${TEXT} PRIMARY KEY, "number" bigint NOT NULL, at_ms bigint NOT NULL,
    kind ${TEXT} NOT NULL, bytes bigint NOT NULL, file text, text text)`,
  'CREATE INDEX details_by_age ON details ("number", kind, bytes)',
  ...rollUps(),
  `CREATE TABLE rollup_names (id bigint PRIMARY KEY, dimension bigint NOT NULL, served bigint NOT NULL,
    name ${TEXT} NOT NULL, UNIQUE (dimension, name))`,
  `CREATE TABLE marks (name ${TEXT} PRIMARY KEY, value bigint NOT NULL)`,
  `INSERT INTO marks (name, value) VALUES ('fill_to', 0), ('filled', 0), ('rows_from', 0), ('rollup_minutes', 0),
    ('rollup_hours', 0), ('rollup_days', 0)`,
  // Those that run, by run: each shows that it lives.
  `CREATE TABLE gateways (run ${TEXT} PRIMARY KEY, gateway ${TEXT} NOT NULL, host text NOT NULL,
    started_at timestamptz NOT NULL, seen_at timestamptz NOT NULL)`,
];

/** The ids that providers and clients have given requests. */
const REQUEST_IDS: readonly string[] = [
  `ALTER TABLE exchanges ADD COLUMN client_request_id ${TEXT}, ADD COLUMN upstream_request_id ${TEXT}`,
  `ALTER TABLE attempts ADD COLUMN upstream_request_id ${TEXT}`,
];

const MIGRATIONS: Readonly<Record<string, readonly string[]>> = {
  '0001-ledger': LEDGER,
  '0002-request-ids': REQUEST_IDS,
};

/**
 * Brings the schema to the shape that this version expects; of gateways that start at once, one does it. Throws
 * ForeignSchema for a newer version's, and StoreFailure.
 */
export function migrate(driver: StoreDriver, schema: string): void {
  const done = applied(driver, schema);
  const unknown = done.find((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown !== undefined) throw new ForeignSchema('it was written by a newer version of Sluice');
  if (done.length === Object.keys(MIGRATIONS).length) return;
  // The lock is of the name: the schema may not be there yet. Other gateways may have done it meanwhile.
  driver.exec(`BEGIN; SELECT pg_advisory_xact_lock(hashtext('${schema}'), 0)`);
  try {
    if (!exists(driver, schema, undefined)) driver.exec(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    driver.exec(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())',
    );
    const before = new Set(applied(driver, schema));
    for (const [name, statements] of Object.entries(MIGRATIONS)) {
      if (before.has(name)) continue;
      for (const statement of statements) driver.exec(statement);
      driver.prepare('INSERT INTO migrations (name) VALUES (?)').run([name]);
    }
    driver.exec('COMMIT');
  } catch (error) {
    try {
      driver.exec('ROLLBACK');
    } catch {
      // The connection is gone, and the transaction with it.
    }
    throw error;
  }
}

/** What stands in a schema. */
export type SchemaState = 'none' | 'older' | 'current' | 'newer';

/** Looks, and changes nothing. Throws StoreFailure. */
export function schemaState(driver: StoreDriver, schema: string): SchemaState {
  const done = applied(driver, schema);
  if (done.length === 0) return 'none';
  if (done.some((name) => !Object.hasOwn(MIGRATIONS, name))) return 'newer';
  return done.length === Object.keys(MIGRATIONS).length ? 'current' : 'older';
}

/** Whether a schema is there, or a table in it. */
function exists(driver: StoreDriver, schema: string, table: string | undefined): boolean {
  const sql =
    table === undefined
      ? 'SELECT 1 AS there FROM pg_namespace WHERE nspname = ?'
      : `SELECT 1 AS there FROM pg_class WHERE relnamespace::regnamespace::text = ? AND relname = ?`;
  return driver.prepare(sql).all(table === undefined ? [schema] : [schema, table]).length > 0;
}

function applied(driver: StoreDriver, schema: string): string[] {
  if (!exists(driver, schema, 'migrations')) return [];
  const rows = driver.prepare('SELECT name FROM migrations ORDER BY name').all([]);
  return rows.map(({ name }) => String(name));
}
