import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openForWriting } from '../sqlite/database.ts';
import { openDriver } from '../sqlite/open-driver.ts';
import { AgeClock } from './age-clock.ts';
import type { StoreDriver } from './driver.ts';

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;
const START_MS: number = Date.UTC(2026, 0, 1);

async function database(): Promise<StoreDriver> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { driver } = await openForWriting(join(folder, 'sluice.db'), openDriver);
  onTestFinished(() => driver.close());
  return driver;
}

describe('the time by which rows are old', () => {
  test('29 goes with the clock, and with one that is set by an hour or two', async () => {
    const clock = new AgeClock(await database(), START_MS, 0);
    expect(clock.now(START_MS + 60_000, 60_000)).toBe(START_MS + 60_000);
    expect(clock.now(START_MS + 2 * HOUR_MS, 61_000)).toBe(START_MS + 2 * HOUR_MS);
    expect(clock.now(START_MS, 62_000)).toBe(START_MS);
    expect(clock.now(START_MS + 2 * HOUR_MS, 63_000)).toBe(START_MS + 2 * HOUR_MS);
  });

  test('29 does not jump by forty days: it catches up with a day for every hour', async () => {
    const clock = new AgeClock(await database(), START_MS, 0);
    expect(clock.now(START_MS, 0)).toBe(START_MS);
    const jumped = START_MS + 40 * DAY_MS;
    expect(clock.now(jumped, 0)).toBe(START_MS);
    expect(clock.now(jumped + HOUR_MS, HOUR_MS)).toBe(START_MS + DAY_MS);
    // Set right again: as if nothing had been.
    expect(clock.now(START_MS + 2 * HOUR_MS, 2 * HOUR_MS)).toBe(START_MS + 2 * HOUR_MS);
    let [wallMs, uptimeMs] = [jumped, 2 * HOUR_MS];
    for (let minute = 0; minute < 41 * 60; minute++) {
      wallMs += 60_000;
      uptimeMs += 60_000;
      clock.now(wallMs, uptimeMs);
    }
    expect(clock.now(wallMs, uptimeMs)).toBe(wallMs);
  });

  test('29 is remembered by a restart, under whatever clock', async () => {
    const driver = await database();
    const first = new AgeClock(driver, START_MS, 0);
    first.now(START_MS, 0);
    const second = new AgeClock(driver, START_MS + 40 * DAY_MS, 0);
    expect(second.now(START_MS + 40 * DAY_MS, 60_000)).toBe(START_MS + 24 * 60_000);
  });

  test('begins with the newest row where an earlier version left the file', async () => {
    const driver = await database();
    driver.exec(`INSERT INTO exchanges (number, id, state, received_at_ms, route, use)
      VALUES (${START_MS * 1000}, 'a', 'done', ${START_MS}, 'chat', 'generate')`);
    const clock = new AgeClock(driver, START_MS + 40 * DAY_MS, 0);
    expect(clock.now(START_MS + 40 * DAY_MS, 0)).toBe(START_MS);
  });
});
