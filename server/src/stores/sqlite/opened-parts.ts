// Opens a database together with everything that reads it when it begins, so that a damaged table is found here, whichever
// it is: then the file is moved aside as one that cannot be opened at all.

import { AgeClock } from '../tables/age-clock.ts';
import { failureOf, type OpenDriver, type StoreDriver } from '../tables/driver.ts';
import { fileNumberOf, messageOf, moveAside, openForWriting, type WritableDatabase } from './database.ts';
import { RowWriter } from './row-writer.ts';
import { unusable } from './trouble.ts';

/** An open database with what works on it. */
export interface OpenedParts extends WritableDatabase {
  readonly rows: RowWriter;
  readonly clock: AgeClock;
  readonly fileNumber: number | undefined;
}

/** `begin` reads what else is needed; it may be called once more, for a new file. Throws with a message for the operator. */
export async function openParts(
  path: string,
  open: OpenDriver,
  begin: (driver: StoreDriver) => void,
): Promise<OpenedParts> {
  const first = await openForWriting(path, open);
  try {
    return partsOf(path, first, begin);
  } catch (error) {
    close(first.driver);
    const { trouble } = failureOf(error);
    if (trouble !== 'corrupt' || first.movedTo !== undefined)
      throw new Error(unusable(path, trouble, messageOf(error)));
  }
  const movedTo = moveAside(path, new Date());
  return { ...partsOf(path, await openForWriting(path, open), begin), movedTo };
}

function partsOf(path: string, opened: WritableDatabase, begin: (driver: StoreDriver) => void): OpenedParts {
  const { driver, newest } = opened;
  const rows = new RowWriter(driver, newest);
  begin(driver);
  return { ...opened, rows, clock: new AgeClock(driver), fileNumber: fileNumberOf(path) };
}

function close(driver: StoreDriver): void {
  try {
    driver.close();
  } catch {
    // Why it is closed is what matters.
  }
}
