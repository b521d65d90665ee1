// Numbers for the names that sums are kept by. Clients choose names of models, so there is a limit: names beyond it are
// summed up together, and names that no upstream has served reach theirs long before those that one has.

import type { StoreDriver, StoreStatement } from '../driver.ts';

/** Stands in the place of a dimension that a sum is not by. */
export const ANY = 0;
/** The exchange has no name there. */
export const NAMELESS = 1;
/** Names beyond the limit. */
export const OTHERS = 2;
const FIRST_ID = 10;

/** Names of one dimension. */
const NAMES_LIMIT = 4_000;
/** Names of models that were only asked for. */
const UNSERVED_LIMIT = 500;

/** The names that have a number, as the writer knows them. */
export class Names {
  readonly #insert: StoreStatement;
  readonly #all: StoreStatement;
  readonly #highest: StoreStatement;
  readonly #shared: boolean;
  #ids: Map<string, number>[] = [];
  #unserved = 0;
  #next: number = FIRST_ID;
  #loaded = false;

  constructor(driver: StoreDriver) {
    this.#insert = driver.prepare(
      'INSERT INTO rollup_names (id, dimension, served, name) VALUES (?, ?, ?, ?)',
    );
    this.#shared = driver.engine === 'postgres';
    this.#highest = driver.prepare('SELECT max(id) AS id FROM rollup_names');
    this.#all = driver.prepare('SELECT id, dimension, served, name FROM rollup_names');
  }

  /** What was written last may not be there: it is read again when it is needed. */
  forget(): void {
    this.#loaded = false;
  }

  /** To be called first in a transaction: where other gateways write too, they may have numbered names. */
  begin(): void {
    if (!this.#shared || !this.#loaded) return;
    const highest = Number(this.#highest.all([])[0]?.['id'] ?? 0);
    if (highest >= this.#next) this.#loaded = false;
  }

  /** The number of a name, to be called in a transaction. `served`: it is not only what a client wrote. */
  idOf(dimension: number, name: string, served: boolean): number {
    if (name === '') return NAMELESS;
    if (!this.#loaded) this.#load();
    const ids = this.#idsOf(dimension);
    const known = ids.get(name);
    if (known !== undefined) return known;
    if (ids.size >= NAMES_LIMIT || (!served && this.#unserved >= UNSERVED_LIMIT)) return OTHERS;
    const id = this.#next;
    this.#insert.run([id, dimension, served ? 1 : 0, name]);
    this.#next++;
    if (!served) this.#unserved++;
    ids.set(name, id);
    return id;
  }

  #idsOf(dimension: number): Map<string, number> {
    const ids = this.#ids[dimension] ?? new Map<string, number>();
    this.#ids[dimension] = ids;
    return ids;
  }

  #load(): void {
    this.#ids = [];
    this.#unserved = 0;
    this.#next = FIRST_ID;
    for (const { id, dimension, served, name } of this.#all.all([])) {
      this.#idsOf(Number(dimension)).set(String(name), Number(id));
      if (served === 0) this.#unserved++;
      this.#next = Math.max(this.#next, Number(id) + 1);
    }
    this.#loaded = true;
  }
}
