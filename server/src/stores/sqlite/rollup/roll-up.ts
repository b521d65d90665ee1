// Sums up rows as they are written: those of one transaction first in memory, then once into each bucket that they touch.
// A row is counted in the transaction that makes it complete, so never twice and never without being there.

import type { SqliteDriver, SqliteRow, SqliteStatement } from '../driver.ts';
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

const PLACE: readonly string[] = ['at', 'mask', ...DIMENSIONS];
const COLUMNS: readonly string[] = [...PLACE, ...FIGURES, 'durations', 'ttfts'];
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
  readonly find: SqliteStatement;
  readonly put: SqliteStatement;
  /** Keeps the number of rows. */
  readonly count: SqliteStatement;
}

function statementsOn(driver: SqliteDriver, grain: Grain): Statements {
  return {
    grain,
    masks: masksOf(grain),
    find: driver.prepare(
      `SELECT ${COLUMNS.slice(PLACE.length).join(', ')} FROM ${grain.table}
        WHERE ${PLACE.map((column) => `${column} = ?`).join(' AND ')}`,
    ),
    put: driver.prepare(
      `INSERT OR REPLACE INTO ${grain.table} (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
    ),
    count: driver.prepare(`UPDATE marks SET value = value + ? WHERE name = '${grain.table}'`),
  };
}

/** Writes roll-ups of one database. */
export class RollUp {
  readonly #statements: readonly Statements[];
  readonly #names: Names;
  #cells: Map<string, Cell> = new Map();

  constructor(driver: SqliteDriver) {
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

  /** Writes what was counted; to be called in the transaction that writes the rows. Throws SqliteFailure. */
  write(nowMs: number): void {
    const cells = [...this.#cells.values()].map(({ minute, names, served, sums }) => ({
      atMs: minute * MINUTES.ms,
      ids: names.map((name, at) => this.#names.idOf(at, name, at !== MODEL || served)),
      sums,
    }));
    for (const statements of this.#statements) this.#writeGrain(statements, cells, nowMs);
    this.#cells = new Map();
  }

  /** The transaction failed, or is given up: what was counted is not written. */
  forget(): void {
    this.#cells = new Map();
    this.#names.forget();
  }

  #writeGrain(
    { grain, masks, find, put, count }: Statements,
    cells: readonly { readonly atMs: number; readonly ids: readonly number[]; readonly sums: Sums }[],
    nowMs: number,
  ): void {
    let made = 0;
    for (const mask of masks) {
      const first = firstKept(grain, mask, nowMs);
      if (first === Number.POSITIVE_INFINITY) continue;
      const rows = new Map<string, { readonly place: number[]; readonly sums: Sums }>();
      for (const { atMs, ids, sums } of cells) {
        const bucket = Math.floor(atMs / grain.ms);
        if (bucket < first) continue;
        const place = [bucket, mask, ...ids.map((id, at) => ((mask >> at) & 1 ? id : ANY))];
        const key = place.join();
        const row = rows.get(key) ?? { place, sums: noSums() };
        rows.set(key, row);
        addSums(row.sums, sums);
      }
      for (const { place, sums } of rows.values()) {
        const stored = find.all(place)[0];
        if (stored === undefined) made++;
        else addStored(sums, stored);
        put.run([...place, ...sums.figures, encodeBins(sums.durations), encodeBins(sums.ttfts)]);
      }
    }
    if (made > 0) count.run([made]);
  }
}

function addStored(sums: Sums, stored: SqliteRow): void {
  FIGURES.forEach((name, at) => {
    sums.figures[at] = (sums.figures[at] ?? 0) + Number(stored[name]);
  });
  const { durations, ttfts } = stored;
  if (durations instanceof Uint8Array)
    decodeBins(durations, (bin, count) => addTo(sums.durations, bin, count));
  if (ttfts instanceof Uint8Array) decodeBins(ttfts, (bin, count) => addTo(sums.ttfts, bin, count));
}
