// Opens the ledger that is copied to, making it where there is none; for a look it is left as it is.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { migrate, schemaState } from '../postgres/migrations.ts';
import { claimFolder } from '../postgres/own-folder.ts';
import type { PostgresPlace } from '../postgres/place.ts';
import { damaged, messageOf, openForWriting } from '../sqlite/database.ts';
import { fileState } from '../sqlite/migrations/index.ts';
import { openDriver } from '../sqlite/open-driver.ts';
import { readDatabase } from '../sqlite/reader.ts';
import { type CopyPlace, failed, type Outcome, onPostgres } from './place.ts';
import { Side } from './side.ts';
import { hold, inUse, type SideSetting, usedBy } from './source.ts';

/** Undefined: there is no ledger yet, and it is only looked. */
type Work<Result> = (side: Side | undefined) => Promise<Outcome<Result>>;

/** Works on the ledger that is copied to. */
export function withTarget<Result>(
  place: CopyPlace,
  setting: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  if (place.kind === 'postgres') return toPostgres(place, setting, work);
  return setting.dryRun ? lookAtFile(place.path, setting, work) : toFile(place.path, setting, work);
}

async function lookAtFile<Result>(
  path: string,
  { note }: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  if (!existsSync(path)) return work(undefined);
  const held = await hold(path, true);
  if (typeof held === 'string') return failed(held);
  if ('pid' in held) note(inUse(path, held));
  const read = await readDatabase(path, async (driver) => {
    const state = fileState(driver);
    if (state === 'foreign') return failed(`${path} is the database of another program.`);
    if (state === 'newer') return failed(`The ledger ${path} was written by a newer version of Sluice.`);
    return work(state === 'current' ? new Side(driver, { name: path, path }) : undefined);
  });
  return read.ok ? read.result : read;
}

async function toFile<Result>(
  path: string,
  { note }: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    return failed(`The folder of ${path} cannot be made (${messageOf(error)}).`);
  }
  const held = await hold(path, false);
  if (typeof held === 'string') return failed(held);
  if (!('release' in held)) return failed(inUse(path, held));
  try {
    const { driver, movedTo } = await openForWriting(path, openDriver);
    if (movedTo !== undefined) note(damaged(path, movedTo));
    try {
      return await work(new Side(driver, { name: path, path }));
    } finally {
      driver.close();
    }
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    held.release();
  }
}

function toPostgres<Result>(
  place: PostgresPlace,
  { dataFolder, dryRun, note }: SideSetting,
  work: Work<Result>,
): Promise<Outcome<Result>> {
  const { name, schema, mark } = place;
  return onPostgres(place, async (driver) => {
    const state = schemaState(driver, schema);
    if (state === 'newer') return failed(`The ledger ${name} was written by a newer version of Sluice.`);
    if (dryRun && state !== 'current') return work(undefined);
    if (!dryRun) migrate(driver, schema);
    const used = usedBy(driver, name);
    if (used !== undefined && !dryRun) return failed(used);
    if (used !== undefined) note(used);
    if (dryRun) return work(new Side(driver, { name, path: undefined }));
    // What is known of keys is each gateway's own: it is given to the one that starts here.
    const own = await claimFolder(dataFolder, mark).catch((error: unknown) => messageOf(error));
    if (typeof own === 'string' || own === undefined)
      return failed(
        `The folder ${dataFolder} cannot be used to tell whose states are copied (${own ?? 'too many gateways'}). Make it writable for this user.`,
      );
    own.release();
    return work(new Side(driver, { name, path: undefined, gateway: own.gateway }));
  });
}
