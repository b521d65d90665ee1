// Deletes what is older than it is to be kept, a little at a time, so that new rows are never kept waiting.

import type { SqliteDriver, SqliteStatement } from './driver.ts';
import { NUMBERS_PER_MS } from './schema.ts';

const DAY_MS = 86_400_000;
const ROWS_AT_A_TIME = 500;
const PAUSE_MS = 20;

/**
 * Deletes rows older than `retentionDays` (0 keeps them for ever) in small transactions. `goOn` is asked before each. A
 * failure ends it in silence: the next batch of rows meets the same trouble and reports it, and the next round deletes.
 */
export function deleteOld(driver: SqliteDriver, retentionDays: number, goOn: () => boolean): void {
  if (!(retentionDays > 0)) return;
  const before = (Date.now() - retentionDays * DAY_MS) * NUMBERS_PER_MS;
  const remove = driver.prepare(
    'DELETE FROM exchanges WHERE number IN (SELECT number FROM exchanges WHERE number < ? LIMIT ?)',
  );
  deleteBefore(remove, before, ROWS_AT_A_TIME, goOn);
}

/** Runs a statement that deletes rows below a number, at most so many at a time, until none is left. */
export function deleteBefore(
  remove: SqliteStatement,
  before: number,
  atATime: number,
  goOn: () => boolean,
): void {
  const step = (): void => {
    if (!goOn()) return;
    try {
      const deleted = remove.run([before, atATime]);
      if (deleted === atATime) setTimeout(step, PAUSE_MS).unref();
    } catch {
      // See deleteOld.
    }
  };
  step();
}
