// Sums up rows as they are written: those of one transaction first in memory, then once into each bucket that they touch.
// A row is counted in the transaction that makes it complete, so never twice and never without being there.

import {
  type StoreDriver,
  StoreFailure,
  type StoreRow,
  type StoreStatement,
  type StoreValue,
} from '../driver.ts';
import { type Buckets, bucketsOf, placeText } from './buckets.ts';
import {
  addRow,
  addSums,
  FIGURES,
  namesOf,
  noSums,
  type RowValues,
  receivedAt,
  type Sums,
  wasServed,
} from './figures.ts';
import { DIMENSIONS, firstKept, GRAINS, type Grain, MINUTES, masksOf } from './grains.ts';
import { addTo, decodeBins, encodeBins } from './histogram.ts';
import { ANY, Names } from './names.ts';

const MODEL: number = DIMENSIONS.indexOf('model');

/** Exchanges of one minute that have all names in common. */
interface Cell {
  readonly minute: number;
  readonly names: readonly string[];
  served: boolean;
  readonly sums: Sums;
}

interface Statements {
  readonly grain: Grain;
  readonly masks: readonly number[];
  readonly buckets: Buckets;
  /** Keeps the number of rows. */
  readonly count: StoreStatement;
}

function statementsOn(driver: StoreDriver, grain: Grain): Statements {
  return {
    grain,
    masks: masksOf(grain),
    buckets: bucketsOf(driver, grain),
    count: driver.prepare(`UPDATE marks SET value = value + ? WHERE name = '${grain.table}'`),
  };
}

/** Writes roll-ups of one database. */
export class RollUp {
  readonly #driver: StoreDriver;
  readonly #statements: readonly Statements[];
  readonly #names: Names;
  #cells: Map<string, Cell> = new Map();

  constructor(driver: StoreDriver) {
    this.#driver = driver;
    this.#statements = GRAINS.map((grain) => statementsOn(driver, grain));
    this.#names = new Names(driver);
  }

  /** Counts a row that is done. Nothing is written yet. */
  add(row: RowValues): void {
    const minute = Math.floor(receivedAt(row) / MINUTES.ms);
    const names = namesOf(row);
    const key = `${minute}\0${names.join('\0')}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { minute, names, served: false, sums: noSums() };
      this.#cells.set(key, cell);
    }
    if (wasServed(row)) cell.served = true;
    addRow(cell.sums, row);
  }

  /** Writes what was counted; to be called in the transaction that writes the rows. Throws StoreFailure. */
  write(nowMs: number): void {
    this.#names.begin();
    const cells = [...this.#cells.values()].map(({ minute, names, served, sums }) => ({
      atMs: minute * MINUTES.ms,
      ids: names.map((name, at) => this.#names.idOf(at, name, at !== MODEL || served)),
      sums,
    }));
    for (const statements of this.#statements) this.#writeGrain(statements, cells, nowMs);
    this.#cells = new Map();
  }

  /**
   * The same for rows that matter more than their figures: false when a defect keeps these out, and the transaction goes on
   * without them. Throws StoreFailure where the database itself is in trouble.
   */
  tryWrite(nowMs: number): boolean {
    this.#driver.exec('SAVEPOINT sums');
    try {
      this.write(nowMs);
      this.#driver.exec('RELEASE SAVEPOINT sums');
      return true;
    } catch (error) {
      if (error instanceof StoreFailure && error.trouble !== 'other') throw error;
      this.forget();
      this.#driver.exec('ROLLBACK TO SAVEPOINT sums; RELEASE SAVEPOINT sums');
      return false;
    }
  }

  /** The transaction failed, or is given up: what was counted is not written. */
  forget(): void {
    this.#cells = new Map();
    this.#names.forget();
  }

  #writeGrain(
    { grain, masks, buckets, count }: Statements,
    cells: readonly { readonly atMs: number; readonly ids: readonly number[]; readonly sums: Sums }[],
    nowMs: number,
  ): void {
    const rows = new Map<string, { readonly place: number[]; readonly sums: Sums }>();
    for (const mask of masks) {
      const first = firstKept(grain, mask, nowMs);
      if (first === Number.POSITIVE_INFINITY) continue;
      for (const { atMs, ids, sums } of cells) {
        const bucket = Math.floor(atMs / grain.ms);
        if (bucket < first) continue;
        const place = [bucket, mask, ...ids.map((id, at) => ((mask >> at) & 1 ? id : ANY))];
        const key = placeText(place);
        const row = rows.get(key) ?? { place, sums: noSums() };
        rows.set(key, row);
        addSums(row.sums, sums);
      }
    }
    const stored = buckets.find([...rows.values()].map(({ place }) => place));
    const written: StoreValue[][] = [];
    for (const [key, { place, sums }] of rows) {
      const before = stored.get(key);
      if (before !== undefined) addStored(sums, before);
      written.push([...place, ...sums.figures, encodeBins(sums.durations), encodeBins(sums.ttfts)]);
    }
    buckets.put(written);
    if (rows.size > stored.size) count.run([rows.size - stored.size]);
  }
}

function addStored(sums: Sums, stored: StoreRow): void {
  FIGURES.forEach((name, at) => {
    sums.figures[at] = (sums.figures[at] ?? 0) + Number(stored[name]);
  });
  const { durations, ttfts } = stored;
  if (durations instanceof Uint8Array)
    decodeBins(durations, (bin, count) => addTo(sums.durations, bin, count));
  if (ttfts instanceof Uint8Array) decodeBins(ttfts, (bin, count) => addTo(sums.ttfts, bin, count));
}
