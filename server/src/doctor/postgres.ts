// The PostgreSQL that keeps the ledger, where the configuration names one: whether it lets us in, and whether our tables are
// there. Read only.

import { postgresPlace } from '../stores/postgres/place.ts';
import { type Finding, finderOf } from './finding.ts';

/** What was learnt of one. */
export interface PostgresFacts {
  /** For people: without user and password. */
  readonly name: string;
  readonly version: string | undefined;
  /** False: they are made at the first start. */
  readonly hasSchema: boolean;
  /** Its code, or a word; undefined: it answered. */
  readonly fault: string | undefined;
}

const ANSWER_MS = 4_000;

/** Asks it for its version. Never rejects. */
export async function postgresFacts(url: string): Promise<PostgresFacts> {
  const place = postgresPlace(url);
  if ('problem' in place)
    return { name: 'PostgreSQL', version: undefined, hasSchema: false, fault: place.problem };
  const { name, schema } = place;
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: place.url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: 'sluice doctor',
  });
  // A connection that is lost later is told by the question that waits.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; there: boolean }>(
      "SELECT current_setting('server_version') AS version, to_regnamespace($1) IS NOT NULL AS there",
      [schema],
    );
    return { name, version: rows[0]?.version, hasSchema: rows[0]?.there === true, fault: undefined };
  } catch (error) {
    return { name, version: undefined, hasSchema: false, fault: faultOf(error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Its code alone: messages may hold what was sent. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '28P01' || code === '28000') return `it refuses this user or password (${code})`;
  if (error instanceof Error && error.message.includes('client password must be'))
    return 'it asks for a password, and storage.url has none';
  if (code === '3D000') return `there is no such database (${code})`;
  return code === '' ? 'no answer in time' : code;
}

/** About it. */
export function postgresFindings({ name, version, hasSchema, fault }: PostgresFacts): readonly Finding[] {
  const { ok, problem } = finderOf('database');
  if (fault !== undefined)
    return [
      problem(
        `The ledger's database ${name} does not let us in: ${fault}.`,
        'Start it, or correct storage.url. A running gateway keeps rows in its data folder meanwhile.',
      ),
    ];
  const tables = hasSchema ? '' : '; its tables are made at the first start';
  return [ok(`${name} answers (PostgreSQL ${version ?? 'of unknown version'})${tables}.`)];
}
