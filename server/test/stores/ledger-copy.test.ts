// A ledger that is copied between a file and a real PostgreSQL: everything of it, once, or nothing.

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type CopyOptions, type CopyReport, copyLedger } from '../../src/stores/copy/ledger-copy.ts';
import { COPIED_TABLES } from '../../src/stores/copy/tables.ts';
import { readUsageAt } from '../../src/stores/open.ts';
import { migrate } from '../../src/stores/postgres/migrations.ts';
import { numberIn } from '../../src/stores/tables/statements.ts';
import { hasPostgres, PASSWORD, type PostgresServer, startPostgres } from '../kit/postgres.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';
import { expectEqual, fill, LONG_TEXT, openFile, openShared, placeOf, within } from './whole-ledger.ts';
import { written } from './written.ts';

const ALWAYS = { sinceMs: undefined, untilMs: undefined };

let server: PostgresServer;

interface Setting {
  readonly folder: string;
  readonly file: string;
  readonly url: string;
  copy(from: string, to: string, more?: Partial<CopyOptions>): Promise<CopyReport>;
  refused(from: string, to: string, more?: Partial<CopyOptions>): Promise<string>;
}

function setting(): Setting {
  const folder = temporaryFolder();
  const run = (from: string, to: string, more: Partial<CopyOptions> = {}): ReturnType<typeof copyLedger> =>
    copyLedger({ from, to, dataFolder: folder, dryRun: false, ...more });
  return {
    folder,
    file: join(folder, 'sluice.db'),
    url: server.freshUrl(),
    copy: async (from, to, more) => {
      const copied = await run(from, to, more);
      if (!copied.ok) throw new Error(copied.message);
      return copied.result;
    },
    refused: async (from, to, more) => {
      const copied = await run(from, to, more);
      if (copied.ok) throw new Error('It was not refused.');
      return copied.message;
    },
  };
}

const copiedRows = ({ tables }: CopyReport): number => tables.reduce((sum, { copied }) => sum + copied, 0);

describe.skipIf(!hasPostgres())('the copy of a ledger', () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  test('16.7 takes a file to PostgreSQL whole, and a gateway goes on there as if it had always been', async () => {
    const { folder, file, url, copy } = setting();
    await fill(await openFile(file), 'a', 1_200);
    const report = await copy(file, url);
    expect(report.notes).toEqual([]);
    expect(report.tables.find(({ table }) => table === 'exchanges')).toMatchObject({
      source: { rows: '1201', inputTokens: String(1_200 * 146), outputTokens: String(1_200 * 57) },
      target: { rows: '1201' },
      copied: 1_201,
      there: 0,
    });
    for (const { source, target, table } of report.tables)
      if (table !== 'marks') expect(target, table).toEqual(source);
    await expectEqual(file, url);
    // What was in flight when its gateway went is told as a gateway would tell it at its next start.
    await within(file, (driver) =>
      driver.exec(`UPDATE exchanges SET state = 'interrupted' WHERE state = 'open'`),
    );
    const [before, after] = [
      await readUsageAt(file, { ...ALWAYS, by: 'day' }),
      await readUsageAt(url, { ...ALWAYS, by: 'day' }),
    ];
    expect(after).toEqual(before);
    expect(before).toMatchObject({ ok: true, result: { total: { requests: 1_201, interrupted: 1 } } });

    const { ledger, keep, state, details, queries } = await openShared(url, folder);
    onTestFinished(() => ledger.shut());
    expect(await details.get('a-1')).toMatchObject({ kind: 'capture', text: LONG_TEXT });
    expect(await keep.get('response', ['a-7'])).toEqual(new Map([['a-7', 'kept 7 of a']]));
    // What is known of keys and what clients have spent is this machine's, whichever the database.
    expect((await state.load()).map(({ key }) => key).sort()).toEqual(['openai/k_1/gpt', 'purse\nalice']);
    ledger.open(opening('new')).close(closing('new'));
    await written(ledger);
    const period = { fromMs: 0, toMs: Date.now() + 60_000 };
    expect(await queries.ask('totals', { period })).toMatchObject({ ok: true, answer: { requests: 1_201 } });
  });

  test('16.7 a second time it copies nothing and counts nothing twice', async () => {
    const { file, url, copy } = setting();
    await fill(await openFile(file), 'a', 300);
    expect(copiedRows(await copy(file, url))).toBeGreaterThan(300);
    const again = await copy(file, url);
    expect(copiedRows(again)).toBe(0);
    expect(again.tables.find(({ table }) => table === 'exchanges')).toMatchObject({ there: 301, copied: 0 });
    await expectEqual(file, url);
  });

  test('16.7 refuses to go on with a copy whose source has other sums by now, and leaves it as it was', async () => {
    const { file, url, copy, refused } = setting();
    await fill(await openFile(file), 'a', 100);
    await copy(file, url);
    const more = await openFile(file);
    const receivedAtMs = Date.now() - 3 * 86_400_000;
    more.ledger.open(opening('later', { receivedAtMs })).close(closing('later'));
    await more.ledger.shut();
    expect(await refused(file, url)).toContain('Two ledgers are not mixed');
    expect(await within(url, (driver) => numberIn(driver, 'SELECT count(*) FROM exchanges'))).toBe(101);
  });

  test('16.7 takes PostgreSQL to a file, long texts beside it for their owner only', async () => {
    const { folder, file, url, copy } = setting();
    await fill(await openFile(file), 'a', 300);
    await copy(file, url);
    const back = join(folder, 'back', 'ledger.db');
    expect((await copy(url, back)).notes).toEqual([]);
    await expectEqual(file, back);
    const details = join(dirname(back), 'details');
    const [name = ''] = readdirSync(details);
    expect(statSync(join(details, name)).mode & 0o777).toBe(0o600);
    const { ledger, details: found } = await openFile(back);
    onTestFinished(() => ledger.shut());
    expect(await found.get('a-1')).toMatchObject({ text: LONG_TEXT });
  });

  test('16.7 takes the ledger of several gateways to another schema and to a file', async () => {
    const { folder, file, url, copy } = setting();
    await fill(await openShared(url, join(folder, 'one')), 'one', 200, url);
    await fill(await openShared(url, join(folder, 'two')), 'two', 200, url);
    // Both gateways have given the numbers of their texts in the same milliseconds.
    await within(url, (driver) => driver.exec('UPDATE kept SET number = number / 1000000'));
    const other = server.freshUrl();
    await copy(url, other);
    await copy(other, file);
    await copy(url, file);
    await within(url, (driver) =>
      driver.exec(`UPDATE exchanges SET state = 'interrupted' WHERE state = 'open'`),
    );
    const [one, two] = [
      await readUsageAt(url, { ...ALWAYS, by: 'client' }),
      await readUsageAt(file, { ...ALWAYS, by: 'client' }),
    ];
    expect(two).toEqual(one);
    expect(one).toMatchObject({ ok: true, result: { total: { requests: 402 } } });
    const { ledger, state, keep } = await openFile(file);
    onTestFinished(() => ledger.shut());
    // Of two gateways' states the newest is true.
    expect((await state.load()).map(({ text }) => text?.includes('"of":"two"'))).toEqual([true, true]);
    expect((await keep.get('response', ['one-3', 'two-3'])).size).toBe(2);
  });

  test('16.7 refuses a target that holds something else, and leaves it as it was', async () => {
    const { folder, file, url, refused } = setting();
    await fill(await openFile(file), 'a', 50);
    const { ledger } = await openShared(url, folder);
    ledger.open(opening('theirs')).close(closing('theirs'));
    await written(ledger);
    await ledger.shut();
    const message = await refused(file, url);
    expect(message).toContain('the request theirs');
    expect(message).toContain('?schema=name');
    expect(message).not.toContain(encodeURIComponent(PASSWORD));
    const rows = await within(url, (driver) => driver.prepare('SELECT id FROM exchanges').all([]));
    expect(rows).toEqual([{ id: 'theirs' }]);
    expect(await refused(file, file)).toContain('Both are the same ledger');
    expect(await refused(url, `${url}&sslmode=disable`)).toContain('Both are the same ledger');
  });

  test('16.7 a gateway that only looked at its new place is no reason to refuse', async () => {
    const { folder, file, url, copy } = setting();
    await fill(await openFile(file), 'a', 50);
    const { ledger, state } = await openShared(url, folder);
    state.save([{ kind: 'standing', key: 'other/k_9', text: '{"state":"good"}' }]);
    const saved = (): Promise<number> =>
      within(url, (driver) => numberIn(driver, 'SELECT count(*) FROM state'));
    await expect.poll(saved, { timeout: 30_000 }).toBe(1);
    await ledger.shut();
    await copy(file, url);
    const after = await openShared(url, folder);
    onTestFinished(() => after.ledger.shut());
    expect((await after.state.load()).length).toBe(3);
  });

  test('16.7 says who uses a ledger, on either side, and copies nothing meanwhile', async () => {
    const { folder, file, url, copy, refused } = setting();
    const running = await openFile(file);
    running.ledger.open(opening('a')).close(closing('a'));
    await written(running.ledger);
    expect(await refused(file, url)).toMatch(/in use by a gateway \(process \d+ on .*Stop that gateway/);
    const look = await copy(file, url, { dryRun: true });
    expect(look.notes).toEqual([expect.stringContaining('in use by a gateway')]);
    await running.ledger.shut();
    const shared = await openShared(url, folder);
    await written(shared.ledger);
    expect(await refused(file, url)).toMatch(/in use by a gateway \(on .*forgotten after a minute/);
    expect(await refused(url, join(folder, 'other.db'))).toMatch(/in use by a gateway \(on /);
    await shared.ledger.shut();
    await copy(file, url);
  });

  test('16.7 a dry run says what would be copied and makes nothing', async () => {
    const { folder, file, url, copy } = setting();
    await fill(await openFile(file), 'a', 100);
    const look = await copy(file, url, { dryRun: true });
    expect(look.tables.find(({ table }) => table === 'exchanges')).toMatchObject({ copied: 101, there: 0 });
    const schemas = await within(url, (driver) =>
      numberIn(driver, 'SELECT count(*) FROM pg_namespace WHERE nspname = ?', [placeOf(url).schema]),
    );
    expect(schemas).toBe(0);
    const other = join(folder, 'other', 'sluice.db');
    await copy(file, other, { dryRun: true });
    expect(existsSync(dirname(other))).toBe(false);
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
    await copy(file, url);
    expect(copiedRows(await copy(file, url, { dryRun: true }))).toBe(0);
  });

  test('16.7 a database that dies in the middle has nothing of it afterwards, and it can be begun again', async () => {
    const { file, url, copy, refused } = setting();
    await fill(await openFile(file), 'a', 300);
    let killed: Promise<void> | undefined;
    const message = await refused(file, url, {
      onTable: (table) => {
        if (table === 'rollup_hours') killed = server.kill();
      },
    });
    expect(message).toContain('Nothing was copied.');
    await killed;
    await server.start();
    expect(await within(url, (driver) => numberIn(driver, 'SELECT count(*) FROM exchanges'))).toBe(0);
    await copy(file, url);
    await expectEqual(file, url);
  });

  test('16.7 a copy that is not equal is undone', async () => {
    const { folder, file, url, refused } = setting();
    await fill(await openFile(file), 'a', 50);
    await within(url, (driver) => {
      migrate(driver, placeOf(url).schema);
      driver.exec(`CREATE FUNCTION cheaper() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN NEW.cost_nano_usd := NEW.cost_nano_usd - 1; RETURN NEW; END $$;
        CREATE TRIGGER cheaper BEFORE INSERT ON exchanges FOR EACH ROW EXECUTE FUNCTION cheaper()`);
    });
    expect(await refused(file, url)).toMatch(/costNanoUsd of "exchanges".*nothing was copied/);
    expect(await within(url, (driver) => numberIn(driver, 'SELECT count(*) FROM exchanges'))).toBe(0);
    // The same id twice cannot be on PostgreSQL.
    await within(file, (driver) =>
      driver.exec(`UPDATE exchanges SET id = 'twice' WHERE id IN ('a-1', 'a-2')`),
    );
    expect(await refused(file, server.freshUrl())).toContain('1 rows of "exchanges" have the same id');
    expect(existsSync(join(folder, 'sluice.db'))).toBe(true);
  });

  test('leaves out details whose file is gone, and says so', async () => {
    const { folder, file, url, copy } = setting();
    await fill(await openFile(file), 'a', 20);
    rmSync(join(folder, 'details'), { recursive: true });
    const { notes, tables } = await copy(file, url);
    expect(notes).toEqual([expect.stringContaining('1 long captures were left out')]);
    expect(tables.find(({ table }) => table === 'details')).toMatchObject({ copied: 1 });
  });

  test('says what is wrong with a place, and never a password', async () => {
    const { folder, file, url, refused } = setting();
    await fill(await openFile(file), 'a', 1);
    const wrong = url.replace(encodeURIComponent(PASSWORD), 'canary-word');
    for (const place of [wrong, 'postgres://me:canary-word@[bad', 'mysql://me:canary-word@host/db'])
      expect(await refused(file, place)).not.toContain('canary-word');
    expect(await refused(join(folder, 'none.db'), url)).toContain('There is no ledger at');
    expect(await refused(url, file)).toContain('There is no ledger in');
    await within(join(folder, 'foreign.db'), (driver) => driver.exec('CREATE TABLE a (b INTEGER)'));
    expect(await refused(join(folder, 'foreign.db'), url)).toContain('another program');
    await within(file, (driver) =>
      driver.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '')`),
    );
    expect(await refused(file, url)).toContain('another version of Sluice');
  });

  test('knows every table and every column that there is', async () => {
    const { file, url } = setting();
    await fill(await openFile(file), 'a', 1);
    const tablesOf = (driver: Parameters<Parameters<typeof within>[1]>[0], sql: string): string[] =>
      driver
        .prepare(sql)
        .all([])
        .map((row) => String(Object.values(row)[0]))
        .sort();
    const known = COPIED_TABLES.map(({ name }) => name);
    const inFile = await within(file, (driver) =>
      tablesOf(driver, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'kysely%'`),
    );
    expect(inFile).toEqual([...known].sort());
    const { schema } = placeOf(url);
    await within(url, (driver) => {
      migrate(driver, schema);
      const there = tablesOf(driver, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`);
      // Which gateways run, and how the tables were made, is each database's own.
      expect(there).toEqual([...known, 'gateways', 'migrations'].sort());
      for (const { name, columns } of COPIED_TABLES) {
        const sql = `SELECT column_name FROM information_schema.columns WHERE table_schema = '${schema}' AND table_name = '${name}'`;
        const besides =
          name === 'exchanges' || name === 'state' ? ['gateway'] : name === 'details' ? ['file'] : [];
        expect(tablesOf(driver, sql), name).toEqual([...columns, ...besides].sort());
      }
    });
  });
});
