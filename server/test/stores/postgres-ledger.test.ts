// What several gateways make of one ledger on a real PostgreSQL. What it answers is tested with all other databases.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { StoredDetail } from '../../src/exchange/ports.ts';
import { readUsageAt } from '../../src/stores/open.ts';
import { PostgresConnection } from '../../src/stores/postgres/connection.ts';
import { openPostgresLedger, type PostgresLedgerOptions } from '../../src/stores/postgres/ledger.ts';
import { postgresPlace } from '../../src/stores/postgres/place.ts';
import { connectionOptions, POSTGRES_TIMES } from '../../src/stores/postgres/settings.ts';
import type { StoreRow } from '../../src/stores/tables/driver.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { hasPostgres, PASSWORD, type PostgresServer, startPostgres } from '../kit/postgres.ts';
import { attempt, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';
import { written } from './written.ts';

type Stores = Extract<LedgerOpened, { ok: true }> & { readonly troubles: string[] };

const HOUR_MS = 3_600_000;

let server: PostgresServer;

async function open(url: string, more: Partial<PostgresLedgerOptions> = {}): Promise<Stores> {
  const troubles: string[] = [];
  const opened = await openPostgresLedger({
    url,
    dataFolder: temporaryFolder(),
    retentionDays: 90,
    onTrouble: (message) => troubles.push(message),
    ...more,
  });
  if (!opened.ok) throw new Error(opened.message);
  onTestFinished(() => opened.ledger.shut());
  return { ...opened, troubles };
}

async function rows(url: string, sql: string): Promise<StoreRow[]> {
  const place = postgresPlace(url);
  if ('problem' in place) throw new Error(place.problem);
  const connection = new PostgresConnection(
    connectionOptions({ ...place, times: POSTGRES_TIMES }, 20_000),
    20_000,
  );
  try {
    return (await connection.connect()).prepare(sql).all([]);
  } finally {
    connection.close();
  }
}

const lately = (): { fromMs: number; toMs: number } => ({
  fromMs: Date.now() - HOUR_MS,
  toMs: Date.now() + HOUR_MS,
});

describe.skipIf(!hasPostgres())('a ledger on PostgreSQL', () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  test('16.7 one gateway finds what another one has written, with its attempts, its cost and its detail', async () => {
    const url = server.freshUrl();
    const [one, other] = [await open(url), await open(url)];
    const tries = [attempt(1), attempt(2)];
    const detail: StoredDetail = { id: 'a', atMs: 1, kind: 'capture', text: `"${'x'.repeat(400_000)}"` };
    one.ledger.open(opening('a')).close(closing('a', { attempts: 2, tries, cost: cost(36) }));
    one.details.put(detail);
    await written(one.ledger);
    await expect.poll(() => other.details.get('a')).toEqual(detail);
    const found = await other.queries.ask('exchange', { id: 'a' });
    expect(found).toMatchObject({ ok: true, answer: { id: 'a', state: 'done', attempts: tries, detail } });
    expect([...one.troubles, ...other.troubles]).toEqual([]);
  });

  test('16.7 rows and sums of gateways that write at once are exact, also of the same millisecond', async () => {
    const url = server.freshUrl();
    const gateways = await Promise.all([open(url), open(url), open(url)]);
    const receivedAtMs = Date.now();
    for (let round = 0; round < 20; round++) {
      for (const [name, { ledger }] of gateways.entries())
        for (let i = 0; i < 100; i++) {
          const id = `g${name}-${round}-${i}`;
          ledger
            .open(opening(id, { receivedAtMs, clientId: `c${i % 3}` }))
            .close(closing(id, { modelServed: `m${name}-${i % 5}`, cost: cost(100) }));
        }
      await Promise.all(gateways.map(({ ledger }) => written(ledger)));
    }
    const totals = await gateways[0].queries.ask('totals', { period: lately() });
    expect(totals).toMatchObject({ ok: true, answer: { requests: 6_000, costNanoUsd: 600_000 } });
    expect(
      await rows(
        url,
        'SELECT count(*) AS n, count(DISTINCT id) AS ids, count(DISTINCT number) AS numbers FROM exchanges',
      ),
    ).toEqual([{ n: 6_000, ids: 6_000, numbers: 6_000 }]);
    for (const grain of ['minutes', 'hours', 'days'])
      expect(
        await rows(url, `SELECT sum(requests) AS n, sum(cost) AS cost FROM rollup_${grain} WHERE mask = 0`),
      ).toEqual([{ n: 6_000, cost: 600_000 }]);
    // Each table knows how many rows it has, whoever wrote them.
    expect(
      await rows(
        url,
        `SELECT value - (SELECT count(*) FROM rollup_days) AS wrong FROM marks WHERE name = 'rollup_days'`,
      ),
    ).toEqual([{ wrong: 0 }]);
    expect(gateways.flatMap(({ troubles }) => troubles)).toEqual([]);
  });

  test('numbers that another gateway has given are not given again', async () => {
    const url = server.freshUrl();
    const gateways = await Promise.all([open(url), open(url)]);
    // A clock that is far behind gives the numbers of one millisecond, one after the other, until they meet.
    for (const [name, { ledger }] of gateways.entries()) {
      for (let i = 0; i < 2_500; i++)
        ledger
          .open(opening(`g${name}-${i}`, { receivedAtMs: 1_700_000_000_000 }))
          .close(closing(`g${name}-${i}`, { tries: [attempt(1, { model: `g${name}-${i}` }), attempt(2)] }));
      await written(ledger);
    }
    expect(
      await rows(
        url,
        `SELECT count(*) AS n, sum(CASE WHEN attempts.model = exchanges.id THEN 1 ELSE 0 END) AS own
          FROM exchanges JOIN attempts ON exchange = number WHERE ordinal = 1`,
      ),
    ).toEqual([{ n: 5_000, own: 5_000 }]);
  });

  test('gateways that start at once make the tables once', async () => {
    const url = server.freshUrl();
    const opened = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    expect(opened.flatMap(({ troubles }) => troubles)).toEqual([]);
    expect(await rows(url, 'SELECT name FROM migrations')).toEqual([
      { name: '0001-ledger' },
      { name: '0002-request-ids' },
    ]);
    expect(await rows(url, 'SELECT count(*) AS n FROM gateways')).toEqual([{ n: 6 }]);
  });

  test('is not written by an older version than made it', async () => {
    const url = server.freshUrl();
    await (await open(url)).ledger.shut();
    await rows(url, `INSERT INTO migrations (name) VALUES ('9999-later') RETURNING 1`);
    const refused = await openPostgresLedger({
      url,
      dataFolder: temporaryFolder(),
      retentionDays: 0,
      onTrouble: () => undefined,
    });
    expect(refused).toEqual({ ok: false, message: expect.stringContaining('newer version of Sluice') });
  });

  test('a wrong password or none, and a database that is not there, end the start without a word of the password', async () => {
    const wrong = server.url.replace(encodeURIComponent(PASSWORD), 'guessed-secret');
    const elsewhere = server.url.replace('/postgres', '/no_such_database');
    const none = server.url.replace(`:${encodeURIComponent(PASSWORD)}`, '');
    for (const url of [wrong, none, elsewhere]) {
      const refused = await openPostgresLedger({
        url,
        dataFolder: temporaryFolder(),
        retentionDays: 0,
        onTrouble: () => undefined,
      });
      expect(refused).toEqual({ ok: false, message: expect.stringContaining('Correct storage.url') });
      expect(JSON.stringify(refused)).not.toMatch(/guessed-secret|secret@all|secret%40all/);
    }
  });

  test('16.7 what clients have spent is summed over all gateways', async () => {
    const url = server.freshUrl();
    const [one, other] = [await open(url), await open(url)];
    const sinceMs = Date.now() - 60_000;
    for (const [name, { ledger }] of [one, other].entries())
      ledger.open(opening(`x${name}`)).close(closing(`x${name}`, { cost: cost(50) }));
    await Promise.all([written(one.ledger), written(other.ledger)]);
    const clients = [
      { id: 'alice', sinceMs },
      { id: 'bob', sinceMs },
    ];
    for (const { queries } of [one, other])
      expect(await queries.ask('spending', { clients })).toEqual({ ok: true, answer: [100, 0] });
  });

  test('5.10 each gateway knows its own keys after a restart, and not those of another', async () => {
    const url = server.freshUrl();
    const [mine, other] = [temporaryFolder(), temporaryFolder()];
    for (const [dataFolder, text] of [
      [mine, 'of mine'],
      [other, 'of the other'],
    ] as const) {
      const { state, ledger } = await open(url, { dataFolder });
      state.save([{ kind: 'standing', key: 'k', text }]);
      await ledger.shut();
    }
    const again = await open(url, { dataFolder: mine });
    expect(await again.state.load()).toEqual([{ kind: 'standing', key: 'k', text: 'of mine' }]);
  });

  test('exchanges of a gateway that died are interrupted, those of a living one go on', async () => {
    const url = server.freshUrl();
    const dataFolder = temporaryFolder();
    const dying = await open(url, { dataFolder });
    dying.ledger.open(opening('died'));
    await written(dying.ledger);
    const living = await open(url);
    living.ledger.open(opening('lives'));
    await written(living.ledger);
    const states = (): Promise<StoreRow[]> => rows(url, 'SELECT id, state FROM exchanges ORDER BY id');
    // Silent for less than a minute, it may still live.
    expect((await open(url)).ledger.interrupted).toBe(0);
    await rows(
      url,
      `UPDATE gateways SET seen_at = now() - interval '61 seconds' WHERE run =
      (SELECT gateway FROM exchanges WHERE id = 'died') RETURNING 1`,
    );
    expect((await open(url)).ledger.interrupted).toBe(1);
    expect(await states()).toEqual([
      { id: 'died', state: 'interrupted' },
      { id: 'lives', state: 'open' },
    ]);
  });

  test('a gateway that is started again settles its own exchanges at once', async () => {
    const url = server.freshUrl();
    const dataFolder = temporaryFolder();
    const first = await open(url, { dataFolder });
    first.ledger.open(opening('cut'));
    await first.ledger.shut();
    const second = await open(url, { dataFolder });
    expect(second.ledger.interrupted).toBe(1);
    expect(await second.queries.ask('exchange', { id: 'cut' })).toMatchObject({
      ok: true,
      answer: { state: 'interrupted' },
    });
  });

  test('an exchange that was taken for interrupted is complete when it ends after all', async () => {
    const url = server.freshUrl();
    const { ledger } = await open(url);
    const entry = ledger.open(opening('slow'));
    await written(ledger);
    await rows(url, `UPDATE exchanges SET state = 'interrupted' RETURNING 1`);
    entry.close(closing('slow', { cost: cost(30) }));
    await written(ledger);
    expect(await rows(url, 'SELECT state FROM exchanges')).toEqual([{ state: 'done' }]);
    expect(await rows(url, 'SELECT requests, cost FROM rollup_days WHERE mask = 0')).toEqual([
      { requests: 1, cost: 30 },
    ]);
  });

  test('two gateways of one data folder have a folder each, for their user alone', async () => {
    const url = server.freshUrl();
    const dataFolder = temporaryFolder();
    await open(url, { dataFolder });
    const second = await open(url, { dataFolder });
    const parent = join(dataFolder, 'postgres');
    const folders = readdirSync(parent).filter((name) => !name.endsWith('.owner'));
    expect(folders).toHaveLength(2);
    for (const name of folders) expect(statSync(join(parent, name)).mode & 0o777).toBe(0o700);
    await second.ledger.shut();
    const third = await open(url, { dataFolder });
    expect(third.troubles).toEqual([]);
    expect(readdirSync(parent).filter((name) => !name.endsWith('.owner'))).toEqual(folders);
    expect(existsSync(join(dataFolder, 'details'))).toBe(false);
  });

  test('usage is told of all gateways, by model and by day', async () => {
    const url = server.freshUrl();
    const [one, other] = [await open(url), await open(url)];
    one.ledger.open(opening('a')).close(closing('a', { modelServed: 'm1', cost: cost(36) }));
    other.ledger.open(opening('b')).close(closing('b', { modelServed: 'm2', status: 502, errorCode: 'x' }));
    other.ledger.open(opening('c')).close(closing('c', { modelServed: 'm2' }));
    await Promise.all([written(one.ledger), written(other.ledger)]);
    const question = { sinceMs: Date.now() - HOUR_MS, untilMs: undefined };
    const byModel = await readUsageAt(url, { ...question, by: 'model' });
    expect(byModel).toMatchObject({
      ok: true,
      result: {
        groups: [
          { name: 'm2', requests: 2, errors: 1 },
          { name: 'm1', requests: 1, costNanoUsd: 36 },
        ],
        total: { requests: 3, errors: 1, inputUncached: 300 },
      },
    });
    const byDay = await readUsageAt(url, { ...question, by: 'day' });
    expect(byDay).toMatchObject({ ok: true, result: { total: { requests: 3 } } });
    const away = await readUsageAt('postgres://nobody:hush@127.0.0.1:1/none', { ...question, by: 'day' });
    expect(away).toEqual({ ok: false, message: expect.stringContaining('can be reached') });
    expect(JSON.stringify(away)).not.toContain('hush');
  });
});
