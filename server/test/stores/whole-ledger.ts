// Ledgers with something in every table, for the tests of their copies, and everything that is in one.

import { expect } from 'vitest';
import { PostgresConnection } from '../../src/stores/postgres/connection.ts';
import { openPostgresLedger } from '../../src/stores/postgres/ledger.ts';
import { type PostgresPlace, postgresPlace } from '../../src/stores/postgres/place.ts';
import { connectionOptions, POSTGRES_TIMES } from '../../src/stores/postgres/settings.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { openDriver } from '../../src/stores/sqlite/open-driver.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { StoreDriver, StoreRow } from '../../src/stores/tables/driver.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { numberIn } from '../../src/stores/tables/statements.ts';
import { attempt, closing, cost, opening } from './exchanges.ts';
import { written } from './written.ts';

export type Stores = Extract<LedgerOpened, { ok: true }>;

/** Longer than what stays in a row of a file. */
export const LONG_TEXT: string = JSON.stringify('é"\\'.repeat(100_000));

export async function openFile(path: string): Promise<Stores> {
  const onTrouble = (): void => undefined;
  const opened = await openLedger({
    path,
    retentionDays: 0,
    onTrouble,
    startWriter: startInPlace(openDriver),
  });
  if (!opened.ok) throw new Error(opened.message);
  return opened;
}

export async function openShared(url: string, dataFolder: string): Promise<Stores> {
  const opened = await openPostgresLedger({ url, dataFolder, retentionDays: 0, onTrouble: () => undefined });
  if (!opened.ok) throw new Error(opened.message);
  return opened;
}

/**
 * Fills every table and shuts the ledger. `name` tells ids apart; `url`: it is a shared one there, which takes its time.
 */
export async function fill(stores: Stores, name: string, count: number, url?: string): Promise<void> {
  const { ledger, keep, state, details } = stores;
  const startMs = Date.now() - 3 * 86_400_000;
  for (let i = 0; i < count; i++) {
    const id = `${name}-${i}`;
    const receivedAtMs = startMs + i * 60_000;
    const upstreamRequestId = `req_${i}`;
    const answered = attempt(2, { end: 'answered', upstreamRequestId });
    const tries = i % 7 === 0 ? [attempt(1), answered] : undefined;
    const names = { clientId: `c${i % 3}`, conversationId: `talk-${i % 40}`, clientRequestId: `mine-${i}` };
    ledger.open(opening(id, { receivedAtMs, ...names })).close(
      closing(id, {
        upstreamRequestId,
        endedAtMs: receivedAtMs + 900 + i,
        modelServed: `m${i % 5}`,
        cost: cost(1_000_000 + i),
        ...(tries === undefined ? {} : { attempts: 2, tries }),
      }),
    );
    if (i % 500 === 0) await written(ledger);
  }
  // One that will never end: its gateway goes before it does.
  ledger.open(opening(`${name}-cut`));
  for (let i = 0; i < 450; i++) keep.put('response', `${name}-${i}`, `kept ${i} of ${name}`);
  for (let i = 0; i < 3; i++) keep.put('reasoning', `${name}-long-${i}`, `${i}`.repeat(3_000_000));
  details.put({ id: `${name}-0`, atMs: startMs, kind: 'error', text: '{"short":true}' });
  details.put({ id: `${name}-1`, atMs: startMs, kind: 'capture', text: LONG_TEXT });
  state.save([
    { kind: 'standing', key: 'openai/k_1/gpt', text: `{"state":"cooling","of":"${name}"}` },
    { kind: 'use', key: 'purse\nalice', text: `{"spent":12,"of":"${name}"}` },
  ]);
  await written(ledger);
  if (url !== undefined)
    await expect.poll(() => besides(url, name), { timeout: 50_000 }).toEqual([450, 2, 2]);
  await ledger.shut();
}

/** How many texts, details and states of a name are there. */
function besides(url: string, name: string): Promise<number[]> {
  const counts = [
    `kept WHERE text LIKE 'kept % of ${name}'`,
    `details WHERE id LIKE '${name}-%'`,
    `state WHERE text LIKE '%"of":"${name}"%'`,
  ];
  return within(url, (driver) => counts.map((where) => numberIn(driver, `SELECT count(*) FROM ${where}`)));
}

export function placeOf(url: string): PostgresPlace {
  const place = postgresPlace(url);
  if ('problem' in place) throw new Error(place.problem);
  return place;
}

/** Works on a database that nobody writes. */
export async function within<Result>(
  location: string,
  work: (driver: StoreDriver) => Result,
): Promise<Result> {
  if (!location.startsWith('postgres:')) {
    const driver = await openDriver({ path: location, readOnly: false });
    try {
      return work(driver);
    } finally {
      driver.close();
    }
  }
  const place = placeOf(location);
  const connection = new PostgresConnection(
    connectionOptions({ ...place, times: POSTGRES_TIMES }, 60_000),
    60_000,
  );
  try {
    return work(await connection.connect());
  } finally {
    connection.close();
  }
}

const TABLES: Readonly<Record<string, string>> = {
  exchanges: 'number',
  attempts: 'exchange, ordinal',
  rollup_names: 'id',
  rollup_minutes: 'at, mask, model, upstream, "key", client, route',
  rollup_hours: 'at, mask, model, upstream, "key", client, route',
  rollup_days: 'at, mask, model, upstream, "key", client, route',
  kept: 'hash',
  details: 'id',
  state: 'kind, "key"',
  marks: 'name',
};

/** Every row of every table, without what one kind of database alone has. */
function everything(location: string): Promise<Record<string, StoreRow[]>> {
  return within(location, (driver) =>
    Object.fromEntries(
      Object.entries(TABLES).map(([table, order]) => {
        const rows = driver.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).all([]);
        return [table, rows.map((row) => comparable(table, row))];
      }),
    ),
  );
}

function comparable(table: string, row: StoreRow): StoreRow {
  const { gateway, file, ...rest } = row;
  const entries = Object.entries(rest)
    // The text of a detail may be in a file.
    .filter(([column]) => table !== 'details' || column !== 'text')
    .map(
      ([column, value]) =>
        [column, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([column, value]) => [
      column,
      column === 'state' && value === 'open' ? 'interrupted' : value,
    ]),
  );
}

/** That two ledgers hold the same. */
export async function expectEqual(one: string, other: string): Promise<void> {
  const [first, second] = [await everything(one), await everything(other)];
  for (const table of Object.keys(TABLES)) {
    expect(second[table]?.length, table).toBe(first[table]?.length);
    expect(second[table], table).toEqual(first[table]);
  }
}
