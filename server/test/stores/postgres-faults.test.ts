// A real PostgreSQL that is away, dies, hangs or comes late, and gateways that die: nothing is lost that was confirmed,
// nothing is counted twice, and nobody waits. The stores run as shipped, in their threads.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { openStores as OpenStores } from '../../src/stores/open.ts';
import { PostgresConnection } from '../../src/stores/postgres/connection.ts';
import { postgresPlace } from '../../src/stores/postgres/place.ts';
import { connectionOptions, POSTGRES_TIMES } from '../../src/stores/postgres/settings.ts';
import type { StoreRow } from '../../src/stores/tables/driver.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { type BuiltStores, buildStores } from '../integration/ledger-build.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../kit/postgres.ts';
import { attempt, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

type Stores = Extract<LedgerOpened, { ok: true }> & { readonly troubles: string[] };

const PROGRAM: string = fileURLToPath(new URL('postgres-writes.mjs', import.meta.url));
const PATIENCE = { timeout: 30_000 };
const COUNTS = `SELECT count(*) AS n, count(DISTINCT id) AS ids,
  (SELECT coalesce(sum(requests), 0) FROM rollup_days WHERE mask = 0) AS summed,
  (SELECT coalesce(sum(cost), 0) FROM rollup_days WHERE mask = 0) AS cost FROM exchanges WHERE state = 'done'`;

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

describe.skipIf(!hasPostgres())('a PostgreSQL that fails', () => {
  let built: BuiltStores;
  let openStores: typeof OpenStores;
  beforeAll(async () => {
    built = buildStores('postgres-faults');
    ({ openStores } = await import(pathToFileURL(join(built.folder, 'open.js')).href));
  });
  afterAll(() => built?.remove());

  async function start(): Promise<PostgresServer> {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    return server;
  }

  async function open(url: string, dataFolder: string, more: { spoolBytes?: number } = {}): Promise<Stores> {
    const troubles: string[] = [];
    const onTrouble = (message: string): void => void troubles.push(message);
    const opened = await openStores({ location: url, dataFolder, retentionDays: 90, onTrouble, ...more });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { ...opened, troubles };
  }

  /** Adds exchanges; answers the longest that one of them held up the caller, in milliseconds. */
  function add({ ledger }: Stores, name: string, count: number): number {
    let longestMs = 0;
    for (let i = 0; i < count; i++) {
      const id = `${name}-${i}`;
      const startedMs = performance.now();
      ledger.open(opening(id)).close(closing(id, { cost: cost(100), tries: [attempt(1), attempt(2)] }));
      longestMs = Math.max(longestMs, performance.now() - startedMs);
    }
    return longestMs;
  }

  const spoolOf = (dataFolder: string): string[] => {
    const parent = join(dataFolder, 'postgres');
    return readdirSync(parent)
      .filter((name) => !name.endsWith('.owner'))
      .flatMap((folder) =>
        readdirSync(join(parent, folder))
          .filter((name) => name.endsWith('.rows'))
          .map((name) => join(parent, folder, name)),
      );
  };

  test('P28 a gateway starts without it, keeps its rows on disk, and says why questions are not answered', async () => {
    const server = await start();
    const url = server.freshUrl();
    await server.kill();
    const folder = temporaryFolder();
    const stores = await open(url, folder);
    add(stores, 'early', 300);
    await stores.ledger.flush();
    expect(stores.troubles).toEqual([
      expect.stringMatching(/cannot use postgres:\/\/127.*Requests are served meanwhile/),
    ]);
    expect(stores.ledger.stats().waiting).toBe(300);
    for (const file of spoolOf(folder)) expect(statSync(file).mode & 0o777).toBe(0o600);
    const asked = await stores.queries.ask('totals', { period: { fromMs: 0, toMs: Date.now() } });
    expect(asked).toEqual({ ok: false, message: expect.stringContaining('can be reached from here') });
    await server.start();
    await expect.poll(() => stores.ledger.stats().waiting, PATIENCE).toBe(0);
    expect(stores.troubles[1]).toMatch(/writes to postgres:.* again/);
    expect(await rows(url, COUNTS)).toEqual([{ n: 300, ids: 300, summed: 300, cost: 30_000 }]);
    expect(spoolOf(folder)).toEqual([]);
  });

  test('P28 rows outlive a restart of the gateway while it is away', async () => {
    const server = await start();
    const url = server.freshUrl();
    const folder = temporaryFolder();
    const first = await open(url, folder);
    add(first, 'before', 50);
    await first.ledger.flush();
    await server.kill();
    add(first, 'first', 1_500);
    first.ledger.open(opening('cut off'));
    await first.ledger.shut();
    const second = await open(url, folder);
    add(second, 'second', 200);
    await second.ledger.flush();
    expect(second.ledger.stats().waiting).toBe(1_701);
    await server.start();
    await expect.poll(() => second.ledger.stats().waiting, PATIENCE).toBe(0);
    expect(await rows(url, COUNTS)).toEqual([{ n: 1_750, ids: 1_750, summed: 1_750, cost: 175_000 }]);
    expect(await rows(url, `SELECT id FROM exchanges WHERE state = 'interrupted'`)).toEqual([
      { id: 'cut off' },
    ]);
    expect(await rows(url, 'SELECT count(*) AS n FROM attempts')).toEqual([{ n: 3_500 }]);
  });

  test('P28 that dies under load and comes back has every exchange once', async () => {
    const server = await start();
    const url = server.freshUrl();
    const stores = await open(url, temporaryFolder());
    let added = 0;
    const load = setInterval(() => {
      add(stores, `r${added}`, 20);
      added += 20;
    }, 5);
    onTestFinished(() => clearInterval(load));
    for (let round = 0; round < 3; round++) {
      const from = added;
      await expect.poll(() => added, PATIENCE).toBeGreaterThan(from + 400);
      await server.kill();
      const away = added;
      await expect.poll(() => added, PATIENCE).toBeGreaterThan(away + 400);
      await server.start();
    }
    clearInterval(load);
    await stores.ledger.flush();
    await expect.poll(() => stores.ledger.stats().waiting, PATIENCE).toBe(0);
    expect(await rows(url, COUNTS)).toEqual([{ n: added, ids: added, summed: added, cost: added * 100 }]);
    expect(stores.ledger.stats().lost).toBe(0);
  });

  test('P28 that hangs holds up nobody, and has every exchange once when it wakes', async () => {
    const server = await start();
    const url = server.freshUrl();
    const stores = await open(url, temporaryFolder());
    add(stores, 'before', 10);
    await stores.ledger.flush();
    server.hang();
    onTestFinished(() => server.wake());
    let longestMs = 0;
    for (let round = 0; round < 20; round++) {
      longestMs = Math.max(longestMs, add(stores, `hung${round}`, 50));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Nothing of it waits for the database, which does not answer for seconds.
    expect(longestMs).toBeLessThan(1_000);
    await expect.poll(() => stores.troubles.length, PATIENCE).toBe(1);
    await stores.ledger.flush();
    expect(stores.ledger.stats().waiting).toBe(1_000);
    server.wake();
    await expect.poll(() => stores.ledger.stats().waiting, PATIENCE).toBe(0);
    expect(await rows(url, COUNTS)).toEqual([{ n: 1_010, ids: 1_010, summed: 1_010, cost: 101_000 }]);
  });

  test('P28 a gateway that ends while it hangs leaves its rows to the next start', async () => {
    const server = await start();
    const url = server.freshUrl();
    const folder = temporaryFolder();
    const first = await open(url, folder);
    await first.ledger.flush();
    server.hang();
    onTestFinished(() => server.wake());
    add(first, 'last', 700);
    await first.ledger.shut();
    server.wake();
    const second = await open(url, folder);
    await expect.poll(() => second.ledger.stats().waiting, PATIENCE).toBe(0);
    await expect
      .poll(() => rows(url, COUNTS), PATIENCE)
      .toEqual([{ n: 700, ids: 700, summed: 700, cost: 70_000 }]);
    expect(first.troubles.join()).not.toContain('are lost');
  });

  test('P28 a spool that is full is loud, counts what is lost, and all else is there later', {
    timeout: 60_000,
  }, async () => {
    const server = await start();
    const url = server.freshUrl();
    await server.kill();
    const stores = await open(url, temporaryFolder(), { spoolBytes: 1_048_576 });
    const total = 70_000;
    for (let i = 0; i < total; i += 1_000) {
      for (let j = 0; j < 1_000; j++)
        stores.ledger.open(opening(`x${i + j}`)).close(closing(`x${i + j}`, { cost: cost(100) }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => stores.troubles.join(), PATIENCE).toMatch(/The spool .* is full/);
    await server.start();
    await stores.ledger.flush();
    await expect.poll(() => stores.ledger.stats().waiting, PATIENCE).toBe(0);
    const { lost } = stores.ledger.stats();
    expect(lost).toBeGreaterThan(0);
    expect(stores.troubles.at(-1)).toContain(`${lost} exchanges could not be kept`);
    const there = total - lost;
    expect(await rows(url, COUNTS)).toEqual([{ n: there, ids: there, summed: there, cost: there * 100 }]);
  });

  test('P28 a damaged part of the spool is set aside and told, the rest is written', async () => {
    const server = await start();
    const url = server.freshUrl();
    const folder = temporaryFolder();
    await server.kill();
    const first = await open(url, folder);
    for (const name of ['a', 'b', 'c']) {
      add(first, name, 100);
      await first.ledger.flush();
    }
    await first.ledger.shut();
    const [file = ''] = spoolOf(folder);
    const bytes = readFileSync(file);
    // In the middle of the last batch.
    bytes.fill(0x5a, bytes.length - 5_000, bytes.length - 4_000);
    writeFileSync(file, bytes);
    await server.start();
    const second = await open(url, folder);
    await expect.poll(() => second.ledger.stats().waiting, PATIENCE).toBe(0);
    await expect.poll(() => second.troubles.join(), PATIENCE).toContain('.unread');
    expect(await rows(url, COUNTS)).toEqual([{ n: 200, ids: 200, summed: 200, cost: 20_000 }]);
  });

  /** Lets a gateway write until it has confirmed so many exchanges, then kills it. Answers the confirmed ids. */
  function writeAndKill(url: string, dataFolder: string, name: string, confirmed: number): Promise<string[]> {
    const examples = { opening: opening(''), closing: closing('', { cost: cost(100) }), attempt: attempt(1) };
    const child = spawn(process.execPath, [PROGRAM, built.folder, dataFolder, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LEDGER: url, EXAMPLES: JSON.stringify(examples) },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.split('\n').length > confirmed) child.kill('SIGKILL');
    });
    return new Promise((resolve) => {
      child.on('close', () => resolve(output.split('\n').slice(0, -1)));
    });
  }

  test('P28 a gateway that is killed while it hangs loses no more than its last half second', async () => {
    const server = await start();
    const url = server.freshUrl();
    const folder = temporaryFolder();
    const examples = { opening: opening(''), closing: closing('', { cost: cost(100) }), attempt: attempt(1) };
    const child = spawn(process.execPath, [PROGRAM, built.folder, folder, 'x'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LEDGER: url, STEADY: '1', EXAMPLES: JSON.stringify(examples) },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const lines = (): string[] => output.split('\n').slice(0, -1);
    await expect.poll(() => lines().length, PATIENCE).toBeGreaterThan(50);
    server.hang();
    onTestFinished(() => server.wake());
    const hungFrom = lines().length;
    // A second and a half: the writer still waits for its first answer.
    await expect.poll(() => lines().length, PATIENCE).toBeGreaterThan(hungFrom + 120);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    const all = lines().map((line) => line.split(' '));
    const lastMs = Number(all.at(-1)?.[1]);
    // Twice what it takes a quiet machine.
    const safe = all.filter(([, atMs]) => Number(atMs) < lastMs - 500).map(([id]) => id);
    server.wake();
    const stores = await open(url, folder);
    await expect.poll(() => stores.ledger.stats().waiting, PATIENCE).toBe(0);
    await stores.ledger.shut();
    const there = new Set((await rows(url, 'SELECT id FROM exchanges')).map(({ id }) => id));
    expect(safe.length).toBeGreaterThan(hungFrom);
    expect(safe.filter((id) => !there.has(id ?? ''))).toEqual([]);
    const n = there.size;
    expect(await rows(url, COUNTS)).toEqual([{ n, ids: n, summed: n, cost: n * 100 }]);
  });

  test('16.7 gateways killed under load lose no confirmed row and double none, also without the database', {
    timeout: 90_000,
  }, async () => {
    const server = await start();
    const url = server.freshUrl();
    const folders = [temporaryFolder(), temporaryFolder()];
    const confirmed: string[] = [];
    for (let round = 0; round < 4; round++) {
      // In the third round the database is away, and the confirmed rows are on the disks.
      if (round === 2) await server.kill();
      const runs = folders.map((folder, at) => writeAndKill(url, folder, `${at}-${round}`, 300));
      confirmed.push(...(await Promise.all(runs)).flat());
      if (round === 2) await server.start();
    }
    for (const folder of folders) {
      const stores = await open(url, folder);
      await expect.poll(() => stores.ledger.stats().waiting, PATIENCE).toBe(0);
      await stores.ledger.shut();
    }
    const there = new Set(
      (await rows(url, `SELECT id FROM exchanges WHERE state = 'done'`)).map(({ id }) => id),
    );
    expect(confirmed.length).toBeGreaterThan(2_000);
    expect(confirmed.filter((id) => !there.has(id))).toEqual([]);
    const n = there.size;
    expect(await rows(url, COUNTS)).toEqual([{ n, ids: n, summed: n, cost: n * 100 }]);
    expect(
      await rows(
        url,
        `SELECT min(tries) AS fewest, max(tries) AS most FROM (SELECT count(ordinal) AS tries
          FROM exchanges LEFT JOIN attempts ON exchange = number WHERE state = 'done' GROUP BY number) AS counted`,
      ),
    ).toEqual([{ fewest: 2, most: 2 }]);
    expect(await rows(url, `SELECT count(*) AS n FROM exchanges WHERE state = 'open'`)).toEqual([{ n: 0 }]);
  });
});
