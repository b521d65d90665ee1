// Faults as SQLite itself meets them: a file that may not grow, and pages that are garbage.

import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { OpenDriver, StoreDriver } from '../../src/stores/tables/driver.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { ENGINES, onFile, rowsOf } from './engines.ts';
import { attempt, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

type Stores = Extract<LedgerOpened, { ok: true }>;

const SUMS = `SELECT (SELECT count(*) FROM exchanges WHERE state = 'done') AS done,
  (SELECT sum(requests) FROM rollup_minutes WHERE mask = 0) AS minutes,
  (SELECT sum(requests) FROM rollup_hours WHERE mask = 31) AS hours,
  (SELECT sum(requests) FROM rollup_days WHERE mask = 7) AS days,
  (SELECT sum(cost) FROM rollup_days WHERE mask = 0) AS cost`;

/** What SUMS says when so many exchanges are there, in rows and in sums. */
const all = (count: number): object => ({
  done: count,
  minutes: count,
  hours: count,
  days: count,
  cost: 30 * count,
});

describe.each(ENGINES)('the ledger on %s', (_name, openDriver) => {
  async function open(
    path: string,
    driver: OpenDriver = openDriver,
  ): Promise<Stores & { readonly troubles: string[] }> {
    const troubles: string[] = [];
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: (message) => troubles.push(message),
      startWriter: startInPlace(driver),
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { ...opened, troubles };
  }

  function write({ ledger }: Stores, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const tries = i % 7 === 0 ? [attempt(1), attempt(2)] : undefined;
      ledger.open(opening(`x${i}`)).close(closing(`x${i}`, { cost: cost(30), tries }));
    }
  }

  /** A file that may not grow while `limit` is called with a number of pages. */
  function bounded(): { readonly driver: OpenDriver; room(more: number): void } {
    let own: StoreDriver | undefined;
    return {
      driver: async (options) => {
        own = await openDriver(options);
        return own;
      },
      room(more) {
        const pages = Number(own?.prepare('PRAGMA page_count').all([])[0]?.['page_count']);
        own?.prepare(`PRAGMA max_page_count = ${pages + more}`).all([]);
      },
    };
  }

  test('27 on a full disk keeps everything and writes it later, sums and all', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const disk = bounded();
    const stores = await open(path, disk.driver);
    write(stores, 0, 100);
    await stores.ledger.flush();
    disk.room(2);
    write(stores, 100, 3_000);
    stores.keep.put('reasoning', 'k', 'y'.repeat(50_000));
    stores.details.put({ id: 'x1', atMs: 1, kind: 'error', text: 'x'.repeat(100_000) });
    stores.state.save([{ kind: 'use', key: 'u', text: 'z'.repeat(500) }]);
    await expect.poll(() => stores.troubles.length).toBeGreaterThan(0);
    expect(stores.troubles).toEqual([expect.stringContaining('The disk is full: free some space')]);
    expect(stores.ledger.stats()).toMatchObject({ written: 100, lost: 0, unconfirmed: 2_900 });
    disk.room(1_000_000);
    await stores.ledger.flush();
    expect(stores.troubles.at(-1)).toBe(`The ledger writes to ${path} again.`);
    expect(stores.ledger.stats()).toMatchObject({ lost: 0, unsummed: 0, unconfirmed: 0 });
    await stores.ledger.shut();
    expect(await rowsOf(openDriver, path, SUMS)).toEqual([all(3_000)]);
    expect(await rowsOf(openDriver, path, 'SELECT count(*) AS n FROM details')).toEqual([{ n: 1 }]);
    expect(await rowsOf(openDriver, path, 'SELECT count(*) AS n FROM kept')).toEqual([{ n: 1 }]);
    expect(await rowsOf(openDriver, path, 'SELECT count(*) AS n FROM state')).toEqual([{ n: 1 }]);
  });

  test('27 on a disk that stays full counts what it gives up, and sums up what it has', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const disk = bounded();
    const stores = await open(path, disk.driver);
    disk.room(0);
    write(stores, 0, 65_000);
    await expect.poll(() => stores.troubles.length).toBeGreaterThan(0);
    disk.room(1_000_000);
    await stores.ledger.flush();
    const { written, lost } = stores.ledger.stats();
    expect(lost).toBeGreaterThan(10_000);
    expect(written + lost).toBe(65_000);
    expect(stores.troubles.at(-1)).toContain(`${lost} exchanges could not be kept`);
    await stores.ledger.shut();
    expect(await rowsOf(openDriver, path, SUMS)).toEqual([all(written)]);
  }, 60_000);

  test.each([
    'exchanges',
    'exchanges_open',
    'attempts',
    'kept',
    'state',
    'details',
    'marks',
    'rollup_names',
    'rollup_minutes',
    'rollup_hours',
    'rollup_days',
  ])('27 with garbage in %s goes on in a new file, and says so', async (table) => {
    const folder = temporaryFolder();
    const path = join(folder, 'sluice.db');
    const first = await open(path);
    write(first, 0, 50);
    first.keep.put('reasoning', 'k', 'y');
    await first.ledger.shut();
    const root = (driver: StoreDriver): unknown =>
      driver.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').all([table])[0]?.['rootpage'];
    const page = Number(await onFile(openDriver, path, root));
    expect(statSync(path).size).toBeGreaterThanOrEqual(page * 4_096);
    const file = openSync(path, 'r+');
    writeSync(file, new Uint8Array(4_096).fill(0xa5), 0, 4_096, (page - 1) * 4_096);
    closeSync(file);

    const second = await open(path);
    write(second, 50, 100);
    second.keep.put('reasoning', 'l', 'z');
    second.state.save([{ kind: 'use', key: 'u', text: 'z' }]);
    await second.ledger.flush();
    await expect.poll(() => second.troubles, { timeout: 5_000 }).toHaveLength(1);
    expect(second.troubles[0]).toMatch(/was damaged\. It was moved to .*sluice\.db\.corrupt-/);
    // From here on all is as ever.
    write(second, 100, 150);
    second.details.put({ id: 'x1', atMs: 1, kind: 'error', text: '{}' });
    await expect.poll(() => second.details.get('x1')).toBeDefined();
    await second.ledger.flush();
    expect(second.ledger.stats()).toMatchObject({ lost: 0, unsummed: 0, unconfirmed: 0 });
    await second.ledger.shut();
    expect(second.troubles).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => /corrupt-[0-9TZ]+$/.test(name))).toHaveLength(1);
    const left = await rowsOf(openDriver, path, SUMS);
    const done = Number(left[0]?.['done']);
    expect([50, 100]).toContain(done);
    expect(left).toEqual([all(done)]);
  });
});
