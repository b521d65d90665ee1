// All or nothing: what a piece of work writes is in the database as a whole, or not at all.

import type { StoreDriver } from './driver.ts';

/** Runs `work` in one transaction. Throws what it throws, or StoreFailure; then nothing was written. */
export function transaction(driver: StoreDriver, work: () => void): void {
  driver.exec(driver.words.begin);
  try {
    work();
    driver.exec('COMMIT');
  } catch (error) {
    rollBack(driver);
    throw error;
  }
}

/** The same for work that waits. Nothing else may use the driver meanwhile. */
export async function longTransaction(driver: StoreDriver, work: () => Promise<void>): Promise<void> {
  driver.exec(driver.words.begin);
  try {
    await work();
    driver.exec('COMMIT');
  } catch (error) {
    rollBack(driver);
    throw error;
  }
}

function rollBack(driver: StoreDriver): void {
  try {
    driver.exec('ROLLBACK');
  } catch {
    // SQLite rolls back by itself when the disk is full; the first error is the one that tells why.
  }
}
