// Where a ledger on PostgreSQL is: the URL of the configuration, and what of it may be shown.

import { createHash } from 'node:crypto';

/** A database and the schema in it. */
export interface PostgresPlace {
  /** For the driver; with the password. */
  readonly url: string;
  readonly schema: string;
  /** For people: without user and password. */
  readonly name: string;
  /** Tells databases apart in names of files. */
  readonly mark: string;
}

const DEFAULT_SCHEMA = 'sluice';

/** Reads a postgres:// URL; `schema=` in it is ours. Answers why it cannot be used, or the place. */
export function postgresPlace(url: string): PostgresPlace | { readonly problem: string } {
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url))
    return { problem: 'it is no postgres:// URL' };
  const parsed = new URL(url);
  const schema = parsed.searchParams.get('schema') ?? DEFAULT_SCHEMA;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    return { problem: 'the name of the schema may have small letters, digits and "_" only' };
  parsed.searchParams.delete('schema');
  const host = parsed.host === '' ? (parsed.searchParams.get('host') ?? '') : parsed.host;
  const database = parsed.pathname.replace(/^\//, '');
  const name = `postgres://${host}/${database}${schema === DEFAULT_SCHEMA ? '' : ` (schema ${schema})`}`;
  const mark = createHash('sha256').update(`${host}\0${database}\0${schema}`).digest('hex').slice(0, 10);
  return { url: parsed.toString(), schema, name, mark };
}
