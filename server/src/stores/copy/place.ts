// Where a ledger is that is copied from or to: a file, or a schema of PostgreSQL; and connections that last as long as a copy.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isPostgres, sqlitePath } from '../open.ts';
import { PostgresConnection } from '../postgres/connection.ts';
import { type PostgresPlace, postgresPlace } from '../postgres/place.ts';
import { wordsOf } from '../postgres/trouble.ts';
import type { StoreDriver } from '../tables/driver.ts';

/** What came of it, or why nothing did, in words for the operator. */
export type Outcome<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly message: string };

/** A ledger's place. */
export type CopyPlace =
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  | ({ readonly kind: 'postgres' } & PostgresPlace);

const CONNECT_MS = 15_000;
/** A statement of a copy may go through all that is there. */
const STATEMENT_MS = 1_800_000;
/** Nobody else is to write meanwhile, so there is little to be waited for. */
const LOCK_MS = 10_000;
const IDLE_MS = 600_000;

export function failed(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** Reads a file's path, or a URL of sqlite: or postgres:. A refusal says nothing of what was given: it may hold a password. */
export function copyPlace(location: string): CopyPlace | { readonly problem: string } {
  if (isPostgres(location)) {
    const place = postgresPlace(location);
    return 'problem' in place ? place : { kind: 'postgres', ...place };
  }
  const path = sqlitePath(location);
  if (path === undefined) return { problem: 'it is neither a file nor a sqlite: or postgres:// URL' };
  return { kind: 'file', path: resolve(path), name: resolve(path) };
}

/** True when both are one ledger. */
export function samePlace(one: CopyPlace, other: CopyPlace): boolean {
  if (one.kind === 'file') return other.kind === 'file' && realPath(one.path) === realPath(other.path);
  return other.kind === 'postgres' && one.mark === other.mark;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is yet to be made; its folder may be there.
  }
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/** Works on a connection that waits as long as a copy takes. Never rejects for the database's sake. */
export async function onPostgres<Result>(
  place: PostgresPlace,
  work: (driver: StoreDriver) => Promise<Outcome<Result>>,
): Promise<Outcome<Result>> {
  const { url, schema, name } = place;
  const options = { url, schema, connectMs: CONNECT_MS, statementMs: STATEMENT_MS, lockMs: LOCK_MS };
  const connection = new PostgresConnection(options, STATEMENT_MS + LOCK_MS);
  try {
    const driver = await connection.connect();
    driver.exec(`SET idle_in_transaction_session_timeout TO ${IDLE_MS}`);
    return await work(driver);
  } catch (error) {
    return failed(wordsOf(error, name));
  } finally {
    connection.close();
  }
}
