// What is old or too much goes, and the file stays as large as it has to be.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openForWriting } from '../../src/stores/sqlite/database.ts';
import { RowWriter } from '../../src/stores/sqlite/row-writer.ts';
import { Backlog } from '../../src/stores/tables/backlog.ts';
import type { StoreDriver } from '../../src/stores/tables/driver.ts';
import { reachOf } from '../../src/stores/tables/queries/period.ts';
import { OldRollUps, OldRows, vacuumSome } from '../../src/stores/tables/retention.ts';
import { ALL_DIMENSIONS, DAYS } from '../../src/stores/tables/rollup/grains.ts';
import { RowBuffer } from '../../src/stores/tables/rows.ts';
import { numberIn } from '../../src/stores/tables/statements.ts';
import { StoredDetails } from '../../src/stores/tables/stored-details.ts';
import { ENGINES, LEDGERS } from './engines.ts';
import { attempt, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;
const START_MS: number = Date.UTC(2026, 0, 1);
const LOG_LIMIT_BYTES: number = 64 * 1024 * 1024;

afterEach(() => void vi.useRealTimers());

/** A day of exchanges, some an hour. */
function writeDay(writer: Pick<RowWriter, 'write'>, dayMs: number, perHour: number): void {
  const backlog = new Backlog(Number.POSITIVE_INFINITY);
  for (let hour = 0; hour < 24; hour++) {
    const buffer = new RowBuffer(perHour, undefined);
    for (let i = 0; i < perHour; i++) {
      const receivedAtMs = dayMs + hour * HOUR_MS + i * 1_000;
      const id = `req-${receivedAtMs}`;
      const tries = i % 10 === 0 ? [attempt(1), attempt(2)] : undefined;
      buffer.addDone(
        receivedAtMs * 1_000,
        opening(id, { receivedAtMs, clientId: `c${i % 3}`, conversationId: `talk-${hour}` }),
        closing(id, { endedAtMs: receivedAtMs + 900, modelServed: `m${i % 5}`, cost: cost(30), tries }),
      );
    }
    backlog.accept(buffer.take(hour + 1));
  }
  writer.write(backlog);
}

function upkeep(driver: StoreDriver, retentionDays: number, maxBytes: number): void {
  const rows = new OldRows(driver);
  const rollUps = new OldRollUps(driver);
  const steps = [
    () => rows.trimAge(retentionDays, Date.now()),
    () => rows.trimSize(maxBytes),
    () => rollUps.trim(Date.now()),
    () => vacuumSome(driver),
  ];
  for (const step of steps) while (step());
}

const ROOM_TABLES = ['exchanges', 'attempts', 'rollup_minutes', 'rollup_hours', 'rollup_days'];

/** Bytes of rows and sums when nothing is in between them. */
function roomTaken(driver: StoreDriver): number {
  if (driver.engine !== 'postgres')
    return (numberIn(driver, 'PRAGMA page_count') - numberIn(driver, 'PRAGMA freelist_count')) * 4_096;
  for (const table of ROOM_TABLES) driver.exec(`VACUUM FULL ${table}`);
  return ROOM_TABLES.reduce(
    (sum, table) => sum + numberIn(driver, `SELECT pg_total_relation_size('${table}'::regclass)`),
    0,
  );
}

describe.each(LEDGERS)('retention on %s', (_name, tested) => {
  test('10.4 ninety days leave as many rows as two weeks do', { timeout: 120_000 }, async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
    const tables = await tested.openTables(join(temporaryFolder(), 'sluice.db'));
    const { driver } = tables;
    for (let day = 0; day < 90; day++) {
      writeDay(tables, START_MS + day * DAY_MS, 4);
      vi.setSystemTime(START_MS + (day + 1) * DAY_MS);
      upkeep(driver, 7, 0);
    }
    expect(numberIn(driver, 'SELECT count(*) FROM exchanges')).toBe(7 * 24 * 4);
    expect(numberIn(driver, 'SELECT count(DISTINCT exchange) FROM attempts')).toBe(7 * 24);
    // Sums stay: the days for ever, the hours for ninety days, the minutes for two.
    expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_days WHERE mask = 0')).toBe(90 * 24 * 4);
    expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_hours WHERE mask = 0')).toBe(90 * 24 * 4);
    expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_minutes WHERE mask = 0')).toBe(2 * 24 * 4);
    driver.close();
  });

  test('too many sums: those by all names at once go first, the oldest of them', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
    const tables = await tested.openTables(join(temporaryFolder(), 'sluice.db'));
    const { driver } = tables;
    for (let day = 0; day < 12; day++) writeDay(tables, START_MS + day * DAY_MS, 10);
    vi.setSystemTime(START_MS + 12 * DAY_MS);
    driver.exec(`UPDATE marks SET value = ${DAYS.rows + 1} WHERE name = '${DAYS.table}'`);
    upkeep(driver, 0, 0);
    const days = (mask: number): number =>
      numberIn(driver, `SELECT count(DISTINCT at) FROM rollup_days WHERE mask = ${mask}`);
    expect([days(0), days(3), days(ALL_DIMENSIONS)]).toEqual([12, 12, 11]);
    const source = { path: '', driver, nowMs: Date.now() };
    expect(reachOf(source, 0).daysMs).toBe(START_MS);
    expect(reachOf(source, ALL_DIMENSIONS).daysMs).toBe(START_MS + DAY_MS);
    driver.close();
  });
});

describe.each(LEDGERS)('retention by size on %s', (_name, tested) => {
  test('10.4 beyond the size that is allowed the oldest rows go, with their attempts, and sums stay', {
    timeout: 240_000,
  }, async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
    const tables = await tested.openTables(join(temporaryFolder(), 'sluice.db'));
    const { driver } = tables;
    for (let day = 0; day < 4; day++) writeDay(tables, START_MS + day * DAY_MS, 150);
    vi.setSystemTime(START_MS + 4 * DAY_MS);
    const all = roomTaken(driver);
    const maxBytes = Math.floor(all / 2);
    upkeep(driver, 90, 2 * all);
    expect(numberIn(driver, 'SELECT count(*) FROM exchanges')).toBe(4 * 24 * 150);
    upkeep(driver, 90, maxBytes);
    const left = numberIn(driver, 'SELECT count(*) FROM exchanges');
    expect(left).toBeLessThan(0.6 * 4 * 24 * 150);
    expect(left).toBeGreaterThan(0.25 * 4 * 24 * 150);
    // The newest, without a gap, and marked as such.
    const oldest = numberIn(driver, 'SELECT min(number) FROM exchanges');
    expect(numberIn(driver, 'SELECT max(received_at_ms) FROM exchanges')).toBeGreaterThan(
      START_MS + 4 * DAY_MS - HOUR_MS,
    );
    const from = numberIn(driver, `SELECT value FROM marks WHERE name = 'rows_from'`);
    expect(from).toBeLessThanOrEqual(oldest);
    expect(from).toBeGreaterThan(oldest - HOUR_MS * 1_000);
    expect(numberIn(driver, 'SELECT count(DISTINCT exchange) FROM attempts')).toBe(Math.floor(left / 10));
    expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_days WHERE mask = 0')).toBe(4 * 24 * 150);
    // What was right once goes on being right: files of PostgreSQL are as large as they were, also when they are vacuumed.
    upkeep(driver, 90, maxBytes * 1.05);
    if (driver.engine === 'postgres') driver.exec('VACUUM exchanges');
    upkeep(driver, 90, maxBytes * 1.05);
    expect(numberIn(driver, 'SELECT count(*) FROM exchanges')).toBe(left);
    expect(roomTaken(driver)).toBeLessThan(1.1 * maxBytes);
    expect(roomTaken(driver)).toBeGreaterThan(0.7 * maxBytes);
    driver.close();
  });
});

describe.each(ENGINES)('retention in a file of %s', (_name, openDriver) => {
  test('10.4 ninety days leave the file as large as two weeks do', { timeout: 120_000 }, async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
    const path = join(temporaryFolder(), 'sluice.db');
    const { driver, newest } = await openForWriting(path, openDriver);
    const writer = new RowWriter(driver, newest);
    const sizes: number[] = [];
    let largestLog = 0;
    for (let day = 0; day < 90; day++) {
      writeDay(writer, START_MS + day * DAY_MS, 10);
      vi.setSystemTime(START_MS + (day + 1) * DAY_MS);
      upkeep(driver, 7, 0);
      sizes.push(numberIn(driver, 'PRAGMA page_count'));
      largestLog = Math.max(largestLog, statSync(`${path}-wal`).size);
    }
    const twoWeeks = sizes[13] ?? 0;
    expect(sizes[89]).toBeLessThan(twoWeeks * 1.25 + 500);
    expect(largestLog).toBeLessThan(LOG_LIMIT_BYTES);
    expect(numberIn(driver, 'SELECT count(*) FROM exchanges')).toBe(7 * 24 * 10);
    expect(numberIn(driver, 'SELECT count(DISTINCT exchange) FROM attempts')).toBe(7 * 24);
    // Sums stay: the days for ever, the hours for ninety days, the minutes for two.
    expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_days WHERE mask = 0')).toBe(90 * 24 * 10);
    expect(numberIn(driver, 'SELECT count(*) FROM rollup_hours WHERE mask = 0')).toBe(90 * 24);
    expect(numberIn(driver, 'SELECT count(*) FROM rollup_hours WHERE mask = 3')).toBe(8 * 24 * 5);
    expect(numberIn(driver, 'SELECT count(DISTINCT at / 1440) FROM rollup_minutes')).toBe(2);
    for (const table of ['rollup_days', 'rollup_hours', 'rollup_minutes'])
      expect(numberIn(driver, `SELECT count(*) FROM ${table}`)).toBe(
        numberIn(driver, `SELECT value FROM marks WHERE name = '${table}'`),
      );
    driver.close();
  });

  test('10.4 beyond the size that is allowed the oldest rows go, and the disk has the room back', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
    const path = join(temporaryFolder(), 'sluice.db');
    const { driver, newest } = await openForWriting(path, openDriver);
    const writer = new RowWriter(driver, newest);
    for (let day = 0; day < 4; day++) writeDay(writer, START_MS + day * DAY_MS, 500);
    vi.setSystemTime(START_MS + 4 * DAY_MS);
    const pages = numberIn(driver, 'PRAGMA page_count');
    const maxBytes = Math.floor((pages * 4_096) / 2);
    upkeep(driver, 90, maxBytes);
    const used = numberIn(driver, 'PRAGMA page_count') - numberIn(driver, 'PRAGMA freelist_count');
    expect(used * 4_096).toBeLessThanOrEqual(maxBytes);
    expect(numberIn(driver, 'PRAGMA page_count')).toBeLessThan(pages);
    const left = numberIn(driver, 'SELECT count(*) FROM exchanges');
    expect(left).toBeGreaterThan(500);
    expect(numberIn(driver, 'SELECT min(received_at_ms) FROM exchanges')).toBeGreaterThan(START_MS + DAY_MS);
    expect(numberIn(driver, 'SELECT max(received_at_ms) FROM exchanges')).toBeGreaterThan(
      START_MS + 4 * DAY_MS - HOUR_MS,
    );
    expect(numberIn(driver, 'SELECT sum(requests) FROM rollup_days WHERE mask = 0')).toBe(4 * 12_000);
    driver.close();
  });

  test('10.4 ninety days under a limit on the size keep the file flat, and the files beside it few', {
    timeout: 120_000,
  }, async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START_MS });
    const folder = temporaryFolder();
    const path = join(folder, 'sluice.db');
    const { driver, newest } = await openForWriting(path, openDriver);
    const writer = new RowWriter(driver, newest);
    const details = new StoredDetails(path);
    details.opened(driver);
    const maxBytes = 4 * 1024 * 1024;
    const text = 'x'.repeat(300_000);
    const used: number[] = [];
    const files: number[] = [];
    for (let day = 0; day < 90; day++) {
      writeDay(writer, START_MS + day * DAY_MS, 20);
      vi.setSystemTime(START_MS + (day + 1) * DAY_MS);
      details.accept([
        { id: `e${day}`, atMs: Date.now(), kind: 'error', text },
        { id: `c${day}`, atMs: Date.now(), kind: 'capture', text },
      ]);
      details.write();
      upkeep(driver, 90, maxBytes);
      while (details.trim());
      used.push(numberIn(driver, 'PRAGMA page_count') * 4_096);
      files.push(readdirSync(join(folder, 'details')).length);
    }
    const period = used.slice(45);
    expect(Math.max(...period)).toBeLessThan(1.2 * Math.min(...period));
    expect(Math.max(...used)).toBeLessThan(maxBytes + 2_500 * 4_096);
    // Errors of a week and captures of a month.
    expect(files[89]).toBeLessThanOrEqual(7 + 30 + 2);
    expect(Math.max(...files)).toBeLessThanOrEqual(7 + 30 + 2);
    expect(numberIn(driver, 'SELECT max(received_at_ms) FROM exchanges')).toBeGreaterThan(
      START_MS + 89 * DAY_MS,
    );
    driver.close();
  });
});
