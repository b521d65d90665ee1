// Details of exchanges: kept for a while, in bounded room, with long texts beside the database.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Details, StoredDetail } from '../../src/exchange/ports.ts';
import { openForWriting } from '../../src/stores/sqlite/database.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import { StoredDetails } from '../../src/stores/tables/stored-details.ts';
import { ENGINES, rowsOf } from './engines.ts';
import { temporaryFolder } from './folder.ts';

const DAY_MS = 86_400_000;

function detail(id: string, more: Partial<StoredDetail> = {}): StoredDetail {
  return { id, atMs: 1_000, kind: 'error', text: `{"of":"${id}"}`, ...more };
}

describe.each(ENGINES)('details on %s', (_name, openDriver) => {
  async function open(path: string): Promise<{ details: Details; shut(): Promise<void> }> {
    const opened = await openLedger({
      path,
      retentionDays: 0,
      onTrouble: () => undefined,
      startWriter: startInPlace(openDriver),
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { details: opened.details, shut: () => opened.ledger.shut() };
  }

  test('are there again after a restart, short ones and long ones, readable by this user only', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const long = detail('../../long', { kind: 'capture', text: 'x'.repeat(300_000) });
    const first = await open(path);
    first.details.put(detail('short'));
    first.details.put(long);
    await expect.poll(() => first.details.get('../../long')).toEqual(long);
    await first.shut();
    const { details, shut } = await open(path);
    expect(await details.get('short')).toEqual(detail('short'));
    expect(await details.get('../../long')).toEqual(long);
    expect(await details.get('other')).toBeUndefined();
    const folder = join(dirname(path), 'details');
    const [file] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, file ?? '')).mode & 0o777).toBe(0o600);
    await shut();
    expect(await rowsOf(openDriver, path, 'SELECT count(*) AS n FROM details WHERE text IS NULL')).toEqual([
      { n: 1 },
    ]);
  });

  test('that were asked for are not replaced by those of an error or a retry, which are by all', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { details } = await open(path);
    details.put(detail('a', { text: 'x'.repeat(300_000) }));
    details.put(detail('a', { kind: 'capture', text: 'asked for' }));
    details.put(detail('a', { text: 'of its own accord' }));
    details.put(detail('a', { kind: 'retried', text: 'likewise' }));
    details.put(detail('b', { kind: 'retried' }));
    await expect.poll(() => details.get('b')).toEqual(detail('b', { kind: 'retried' }));
    await expect.poll(async () => (await details.get('a'))?.text).toBe('asked for');
    expect(readdirSync(join(dirname(path), 'details'))).toEqual([]);
  });

  test('go with their files when they are too old or too much: errors first', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { driver } = await openForWriting(path, openDriver);
    const limits = { errorAgeMs: 7 * DAY_MS, captureAgeMs: 30 * DAY_MS, bytes: 1_000_000 };
    const stored = new StoredDetails(path, limits);
    stored.opened(driver);
    const long = 'x'.repeat(300_000);
    for (const id of ['old', 'young', 'younger', 'youngest']) {
      stored.accept([
        detail(id, { text: long }),
        detail(`${id} capture`, { kind: 'capture', text: 'small' }),
        ...(id === 'old' ? [detail('old retry', { kind: 'retried' as const })] : []),
      ]);
      stored.write();
    }
    const age = (id: string, days: number): void =>
      driver.exec(`UPDATE details SET number = number - ${days * DAY_MS * 1_000} WHERE id = '${id}'`);
    age('old', 8);
    age('old retry', 8);
    age('old capture', 31);
    age('young capture', 8);
    while (stored.trim());
    const ids = (): unknown[] =>
      driver
        .prepare('SELECT id FROM details ORDER BY id')
        .all([])
        .map(({ id }) => id);
    expect(ids()).toEqual([
      'young',
      'young capture',
      'younger',
      'younger capture',
      'youngest',
      'youngest capture',
    ]);
    expect(readdirSync(join(dirname(path), 'details'))).toHaveLength(3);
    stored.accept([detail('last', { text: long })]);
    stored.write();
    while (stored.trim());
    // Too much: the oldest of all go.
    expect(ids()).not.toContain('young capture');
    expect(ids()).not.toContain('young');
    expect(ids()).toContain('last');
    expect(readdirSync(join(dirname(path), 'details'))).toHaveLength(3);
    driver.close();
  });

  test('without any there is no folder', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { details } = await open(path);
    expect(await details.get('a')).toBeUndefined();
    expect(existsSync(join(dirname(path), 'details'))).toBe(false);
  });
});
