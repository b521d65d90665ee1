// Deletes what is older or more than is to be kept, and gives the room back to the disk.

import type { StoreDriver, StoreStatement } from './driver.ts';
import {
  ALL_DIMENSIONS,
  CROSSED_FROM,
  crossed,
  firstKept,
  GRAINS,
  type Grain,
  HOURS,
  masksOf,
} from './rollup/grains.ts';
import { exchangesBeyond } from './room.ts';
import { NUMBERS_PER_MS } from './schema.ts';
import { numberIn, prepared, SET_MARK } from './statements.ts';
import { transaction } from './transaction.ts';

const DAY_MS = 86_400_000;
const ROWS_AT_A_TIME = 500;
const BUCKETS_AT_A_TIME = 50;
/** The newest buckets lose nothing before the oldest ones have gone. */
const BUCKETS_SPARED = 8;
const PAUSE_MS = 20;
/** Free pages (4 KB) are left for new rows up to this, or a twentieth of the file. */
const SPARE_PAGES = 2_000;
const PAGES_AT_A_TIME = 250;

/** Deletes the oldest rows of exchanges. */
export class OldRows {
  readonly #driver: StoreDriver;
  readonly #boundary: StoreStatement;
  readonly #remove: StoreStatement;
  readonly #mark: StoreStatement;
  /** Rows that are too many for their room, as it was last looked. */
  #beyond = 0;

  constructor(driver: StoreDriver) {
    this.#driver = driver;
    this.#boundary = driver.prepare(
      'SELECT max(number) AS number FROM (SELECT number FROM exchanges WHERE number < ? ORDER BY number LIMIT ?) AS oldest',
    );
    this.#remove = driver.prepare('DELETE FROM exchanges WHERE number <= ?');
    this.#mark = driver.prepare(
      `UPDATE marks SET value = ${driver.words.greater('value', '?')} WHERE name = 'rows_from'`,
    );
  }

  /** Deletes some rows older than so many days. True while there is more to do. Throws StoreFailure. */
  trimAge(retentionDays: number, nowMs: number): boolean {
    if (!(retentionDays > 0)) return false;
    return this.#delete((nowMs - retentionDays * DAY_MS) * NUMBERS_PER_MS, ROWS_AT_A_TIME) > 0;
  }

  /**
   * Deletes some of the oldest rows while rows and roll-ups take more than so many bytes. True while there is more to do.
   * Throws StoreFailure.
   */
  trimSize(maxBytes: number): boolean {
    if (!(maxBytes > 0)) return false;
    if (this.#beyond <= 0) this.#beyond = exchangesBeyond(this.#driver, maxBytes, ROWS_AT_A_TIME);
    if (this.#beyond <= 0) return false;
    const deleted = this.#delete(Number.MAX_SAFE_INTEGER, Math.min(ROWS_AT_A_TIME, this.#beyond));
    this.#beyond = deleted === 0 ? 0 : this.#beyond - deleted;
    // How many are too many is an estimate on PostgreSQL: looking once a round keeps chance from adding up.
    return deleted > 0 && (this.#beyond > 0 || this.#driver.engine !== 'postgres');
  }

  /** Answers how many have gone. */
  #delete(before: number, rows: number): number {
    const found = this.#boundary.all([before, rows])[0]?.['number'] ?? null;
    if (found === null) return 0;
    const boundary = Number(found);
    let deleted = 0;
    transaction(this.#driver, () => {
      deleted = this.#remove.run([boundary]);
      this.#mark.run([boundary + 1]);
    });
    return deleted;
  }
}

/** Deletes roll-ups that are too old or too many. */
export class OldRollUps {
  readonly #driver: StoreDriver;
  /** Buckets of hours before this one have no sums by several dimensions. */
  #crossedFrom = 0;

  constructor(driver: StoreDriver) {
    this.#driver = driver;
  }

  /** True while there is more to do. Throws StoreFailure. */
  trim(nowMs: number): boolean {
    for (const grain of GRAINS) if (this.#trimGrain(grain, nowMs)) return true;
    return this.#trimCrossed(nowMs);
  }

  #trimGrain(grain: Grain, nowMs: number): boolean {
    const first = numberIn(this.#driver, `SELECT coalesce(min(at), -1) FROM ${grain.table}`);
    if (first < 0) return false;
    const rows = numberIn(this.#driver, `SELECT value FROM marks WHERE name = '${grain.table}'`);
    const tooOld = first < firstKept(grain, 0, nowMs);
    if (!tooOld && rows <= grain.rows) return false;
    if (!tooOld && this.#trimFinest(grain, first, nowMs)) return true;
    transaction(this.#driver, () => {
      const deleted = prepared(this.#driver, `DELETE FROM ${grain.table} WHERE at = ?`).run([first]);
      this.#counted(grain, deleted);
      // Also for those that are too old: when the clock is set back, they would seem to be young enough to be there.
      this.#marked(`${grain.table}_from`, first + 1);
    });
    return true;
  }

  /** Sums by all dimensions are most of the rows and are asked for least: the oldest of them go before anything else. */
  #trimFinest(grain: Grain, first: number, nowMs: number): boolean {
    const mark = `${grain.table}_all_from`;
    const from = Math.max(first, numberIn(this.#driver, 'SELECT value FROM marks WHERE name = ?', [mark]));
    if (from >= Math.floor(nowMs / grain.ms) - BUCKETS_SPARED) return false;
    transaction(this.#driver, () => {
      const remove = `DELETE FROM ${grain.table} WHERE at = ? AND mask = ${ALL_DIMENSIONS}`;
      this.#counted(grain, prepared(this.#driver, remove).run([from]));
      this.#marked(mark, from + 1);
    });
    return true;
  }

  #trimCrossed(nowMs: number): boolean {
    const until = firstKept(HOURS, ALL_DIMENSIONS, nowMs);
    const first = numberIn(this.#driver, `SELECT min(at) FROM ${HOURS.table}`);
    this.#crossedFrom = Math.max(this.#crossedFrom, first === 0 ? until : first);
    if (this.#crossedFrom >= until) return false;
    const to = Math.min(until, this.#crossedFrom + BUCKETS_AT_A_TIME);
    const masks = masksOf(HOURS).filter(crossed).join(', ');
    const remove = prepared(this.#driver, `DELETE FROM ${HOURS.table} WHERE at = ? AND mask IN (${masks})`);
    transaction(this.#driver, () => {
      let deleted = 0;
      for (let at = this.#crossedFrom; at < to; at++) deleted += remove.run([at]);
      this.#counted(HOURS, deleted);
      if (deleted > 0) this.#marked(CROSSED_FROM, to);
    });
    this.#crossedFrom = to;
    return to < until;
  }

  #counted(grain: Grain, deleted: number): void {
    if (deleted > 0)
      prepared(this.#driver, 'UPDATE marks SET value = value - ? WHERE name = ?').run([deleted, grain.table]);
  }

  #marked(name: string, value: number): void {
    prepared(this.#driver, SET_MARK).run([name, value]);
  }
}

/**
 * Gives some free pages back to the disk, where the file was made to allow it. True while there is more to do. Throws
 * StoreFailure.
 */
export function vacuumSome(driver: StoreDriver): boolean {
  // PostgreSQL does it by itself.
  if (driver.engine === 'postgres') return false;
  const free = numberIn(driver, 'PRAGMA freelist_count');
  const spare = Math.max(SPARE_PAGES, numberIn(driver, 'PRAGMA page_count') / 20);
  if (free <= spare || numberIn(driver, 'PRAGMA auto_vacuum') !== 2) return false;
  driver.exec(`PRAGMA incremental_vacuum(${PAGES_AT_A_TIME})`);
  // Should it be unable to move any, it would be asked for ever.
  return numberIn(driver, 'PRAGMA freelist_count') < free;
}

/** Runs a statement that deletes rows below a number, at most so many at a time, until none is left. */
export function deleteBefore(
  remove: StoreStatement,
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
      // The next batch of rows meets the same trouble and reports it, and the next round deletes.
    }
  };
  step();
}
