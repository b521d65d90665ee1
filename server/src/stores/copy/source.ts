// Opens the ledger that is copied from: in one state that does not change meanwhile, and left as it was.

import { existsSync } from 'node:fs';
import { livingGateways } from '../postgres/gateways.ts';
import { schemaState } from '../postgres/migrations.ts';
import { folderWithRows } from '../postgres/own-folder.ts';
import type { PostgresPlace } from '../postgres/place.ts';
import { fileState } from '../sqlite/migrations/index.ts';
import { hasNodeSqlite } from '../sqlite/open-driver.ts';
import { readDatabase } from '../sqlite/reader.ts';
import { troubleOf, unusable } from '../sqlite/trouble.ts';
import type { StoreDriver } from '../tables/driver.ts';
import { claim, type LivingOwner, livingOwner } from '../tables/owner.ts';
import { numberIn } from '../tables/statements.ts';
import { type CopyPlace, failed, type Outcome, onPostgres } from './place.ts';
import { Side } from './side.ts';

/** How a side of a copy is opened. */
export interface SideSetting {
  /** The data folder of gateways of this machine. */
  readonly dataFolder: string;
  /** It is only looked: also beside a gateway. */
  readonly dryRun: boolean;
  /** What the operator should know besides. */
  note(words: string): void;
}

type Work<Result> = (side: Side) => Promise<Outcome<Result>>;

const OTHER_VERSION =
  'was written by another version of Sluice: start the gateway of this version with it once, stop it, and run this again';

/** Works on the ledger that is copied from. */
export function withSource<Result>(
  place: CopyPlace,
  setting: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  return place.kind === 'file' ? fromFile(place.path, setting, work) : fromPostgres(place, setting, work);
}

async function fromFile<Result>(
  path: string,
  { dryRun, note }: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  if (!existsSync(path)) return failed(`There is no ledger at ${path}.`);
  // While this has it, no gateway begins to write to it.
  const held = await hold(path, dryRun);
  if (typeof held === 'string') return failed(held);
  if ('pid' in held) {
    const words = inUse(path, held);
    if (!dryRun) return failed(words);
    note(words);
  }
  try {
    const read = await readDatabase(path, (driver) => readFile(driver, path, work));
    return read.ok ? read.result : read;
  } finally {
    if ('release' in held) held.release();
  }
}

/** Claims a file for this process, or says who has it, or why it cannot be claimed; for a look nothing is claimed. */
export async function hold(
  path: string,
  dryRun: boolean,
): Promise<LivingOwner | { release(): void } | string> {
  try {
    if (dryRun) return (await livingOwner(path)) ?? { release: () => undefined };
    return await claim(path, hasNodeSqlite() ? 'node' : 'wasm');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return unusable(path, troubleOf(error), detail);
  }
}

/** Who uses a file. */
export function inUse(path: string, { pid, host }: LivingOwner): string {
  return `The ledger ${path} is in use by a gateway (process ${pid} on ${host}). Stop that gateway first: what it writes meanwhile would be missing.`;
}

/** Who uses a database; undefined where nobody does. */
export function usedBy(driver: StoreDriver, name: string): string | undefined {
  const hosts = livingGateways(driver);
  if (hosts.length === 0) return undefined;
  return `The ledger ${name} is in use by ${hosts.length === 1 ? 'a gateway' : `${hosts.length} gateways`} (on ${[...new Set(hosts)].join(', ')}). Stop them first; one that was killed is forgotten after a minute.`;
}

async function readFile<Result>(
  driver: StoreDriver,
  path: string,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  const state = fileState(driver);
  if (state === 'foreign') return failed(`${path} is the database of another program.`);
  if (state === 'none') return failed(`There is no ledger in ${path}.`);
  if (state !== 'current') return failed(`The ledger ${path} ${OTHER_VERSION}.`);
  const mark = (name: string): number => numberIn(driver, 'SELECT value FROM marks WHERE name = ?', [name]);
  if (mark('filled') < mark('fill_to'))
    return failed(
      `The ledger ${path} is from before there were sums by day, and not all of it is summed up yet. Let the gateway run on it for some minutes, stop it, and run this again.`,
    );
  driver.exec('BEGIN');
  return work(new Side(driver, { name: path, path }));
}

async function fromPostgres<Result>(
  place: PostgresPlace,
  { dataFolder, dryRun, note }: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  const { name, schema, mark } = place;
  const waiting = folderWithRows(dataFolder, mark);
  const words =
    waiting === undefined
      ? undefined
      : `Rows for ${name} wait in ${waiting}. Start the gateway until they are written, stop it, and run this again.`;
  if (words !== undefined && !dryRun) return failed(words);
  if (words !== undefined) note(words);
  return onPostgres(place, async (driver) => {
    const state = schemaState(driver, schema);
    if (state === 'none') return failed(`There is no ledger in ${name}.`);
    if (state !== 'current') return failed(`The ledger ${name} ${OTHER_VERSION}.`);
    const used = usedBy(driver, name);
    if (used !== undefined && !dryRun) return failed(used);
    if (used !== undefined) note(used);
    driver.exec('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return work(new Side(driver, { name, path: undefined }));
  });
}
