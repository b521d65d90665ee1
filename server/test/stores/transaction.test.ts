import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type StoreDriver, StoreFailure } from '../../src/stores/tables/driver.ts';
import { longTransaction, transaction } from '../../src/stores/tables/transaction.ts';
import { ENGINES } from './engines.ts';
import { temporaryFolder } from './folder.ts';

describe.each(ENGINES)('a transaction on %s', (_name, openDriver) => {
  async function table(): Promise<{ driver: StoreDriver; put(n: number): void; all(): unknown[] }> {
    const driver = await openDriver({ path: join(temporaryFolder(), 'some.db'), readOnly: false });
    onTestFinished(() => driver.close());
    driver.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
    return {
      driver,
      put: (n) => driver.exec(`INSERT INTO numbers VALUES (${n})`),
      all: () =>
        driver
          .prepare('SELECT n FROM numbers ORDER BY n')
          .all([])
          .map(({ n }) => n),
    };
  }

  test('keeps all that was written in it', async () => {
    const { driver, put, all } = await table();
    transaction(driver, () => {
      put(1);
      put(2);
    });
    await longTransaction(driver, async () => {
      put(3);
      await Promise.resolve();
      put(4);
    });
    expect(all()).toEqual([1, 2, 3, 4]);
  });

  test('keeps nothing when it fails, tells the first error, and leaves the way free for the next', async () => {
    const { driver, put, all } = await table();
    put(1);
    expect(() =>
      transaction(driver, () => {
        put(2);
        put(1);
      }),
    ).toThrow(StoreFailure);
    await expect(
      longTransaction(driver, async () => {
        put(3);
        throw new Error('first');
      }),
    ).rejects.toThrow('first');
    // As SQLite itself does when the disk is full.
    expect(() =>
      transaction(driver, () => {
        put(4);
        driver.exec('ROLLBACK');
        throw new StoreFailure('full', 'made up');
      }),
    ).toThrow('made up');
    expect(all()).toEqual([1]);
    transaction(driver, () => put(5));
    expect(all()).toEqual([1, 5]);
  });
});
