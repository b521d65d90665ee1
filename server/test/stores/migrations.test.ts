// Databases that earlier versions left, made by the migrations that these versions had.

import { join } from 'node:path';
import type { Migration } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { exchanges } from '../../src/stores/sqlite/migrations/0001-exchanges.ts';
import { kept } from '../../src/stores/sqlite/migrations/0002-kept.ts';
import { losses } from '../../src/stores/sqlite/migrations/0003-losses.ts';
import { applyMigrations } from '../../src/stores/sqlite/migrations/apply.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import { ENGINES, faultyDriver, rowsOf } from './engines.ts';
import { attempt, closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const VERSIONS: readonly (readonly [string, Readonly<Record<string, Migration>>])[] = [
  ['0001', { '0001-exchanges': exchanges }],
  ['0002', { '0001-exchanges': exchanges, '0002-kept': kept }],
  ['0003', { '0001-exchanges': exchanges, '0002-kept': kept, '0003-losses': losses }],
];

describe.each(ENGINES)('a database of an earlier version on %s', (_name, openDriver) => {
  async function oldDatabase(migrations: Readonly<Record<string, Migration>>): Promise<string> {
    const path = join(temporaryFolder(), 'sluice.db');
    const driver = await openDriver({ path, readOnly: false });
    driver.exec(`PRAGMA application_id = ${0x53_6c_75_63}`);
    await applyMigrations(driver, migrations);
    driver.exec(`INSERT INTO exchanges (number, id, state, received_at_ms, route, use, status)
      VALUES (${Date.now() * 1000}, 'old', 'done', ${Date.now()}, 'chat', 'generate', 200)`);
    driver.close();
    return path;
  }

  test.each(VERSIONS)('(%s) is brought to the present shape, with its rows', async (_version, migrations) => {
    const path = await oldDatabase(migrations);
    const troubles: string[] = [];
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: (message) => troubles.push(message),
      startWriter: startInPlace(openDriver),
    });
    if (!opened.ok) throw new Error(opened.message);
    const { ledger, keep, state } = opened;
    onTestFinished(() => ledger.shut());
    expect(await state.load()).toEqual([]);
    keep.put('reasoning', 'a', 'one');
    state.save([{ kind: 'use', key: 'k', text: 'used' }]);
    ledger
      .open(opening('new'))
      .close(closing('new', { losses: 'seed=dropped', tries: [attempt(1), attempt(2)] }));
    await ledger.shut();
    expect(troubles).toEqual([]);
    expect(
      await rowsOf(openDriver, path, 'SELECT id, status, losses FROM exchanges ORDER BY number'),
    ).toEqual([
      { id: 'old', status: 200, losses: null },
      { id: 'new', status: 200, losses: 'seed=dropped' },
    ]);
    expect(await rowsOf(openDriver, path, 'SELECT count(*) AS n FROM attempts')).toEqual([{ n: 2 }]);
    expect(await rowsOf(openDriver, path, 'SELECT text FROM kept')).toEqual([{ text: 'one' }]);
    expect(await rowsOf(openDriver, path, 'SELECT text FROM state')).toEqual([{ text: 'used' }]);
    expect(await rowsOf(openDriver, path, 'SELECT name FROM kysely_migration ORDER BY name')).toEqual(
      [
        '0001-exchanges',
        '0002-kept',
        '0003-losses',
        '0004-attempts',
        '0005-state',
        '0006-money',
        '0007-rollups',
        '0008-details',
        '0009-request-ids',
      ].map((name) => ({ name })),
    );
  });

  test('is left as it was when a step fails, and brought on by the next start', async () => {
    const path = await oldDatabase(VERSIONS[2]?.[1] ?? {});
    const before = await rowsOf(openDriver, path, 'SELECT name FROM sqlite_master ORDER BY name');
    const faulty = faultyDriver(openDriver);
    faulty.words = 'create table "state"';
    faulty.trouble = 'full';
    const options = { path, retentionDays: 90, onTrouble: (): void => undefined };
    const failed = await openLedger({ ...options, startWriter: startInPlace(faulty.openDriver) });
    expect(failed).toMatchObject({ ok: false, message: expect.stringContaining('The disk is full') });
    expect(await rowsOf(openDriver, path, 'SELECT name FROM sqlite_master ORDER BY name')).toEqual(before);
    const opened = await openLedger({ ...options, startWriter: startInPlace(openDriver) });
    expect(opened.ok).toBe(true);
    if (opened.ok) await opened.ledger.shut();
  });
});
