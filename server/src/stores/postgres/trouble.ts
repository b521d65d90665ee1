// What is wrong with a database on PostgreSQL and what the operator can do about it, in words.

import { failureOf, StoreFailure, type StoreTrouble } from '../tables/driver.ts';
import { ConnectionFailure } from './connection.ts';
import { ForeignSchema } from './migrations.ts';

const ADVICE: Readonly<Record<StoreTrouble, string>> = {
  corrupt: 'Look at the log of the database server.',
  full: 'The disk of the database server is full: free some space there.',
  readonly:
    'Give the user of storage.url the right to create and write tables there, and let it be the primary server.',
  locked: 'The database is slow, or another program holds a lock: look at pg_stat_activity.',
  io: 'See whether the server runs and can be reached from here.',
  open: 'Correct storage.url.',
  other: 'This may be a defect of Sluice: please report it.',
};

/** One sentence about what failed and one about what to do. */
export function unusable(name: string, trouble: StoreTrouble, detail: string): string {
  return `The ledger cannot use ${name} (${detail}). ${ADVICE[trouble]}`;
}

/**
 * True when the server said no, and will go on saying it until somebody changes something: 28 is a wrong user or password,
 * 3D000 no such database, 42501 no right to it.
 */
export function isRefusal({ code }: ConnectionFailure): boolean {
  return code.startsWith('28') || code === '3D000' || code === '42501';
}

/** What an error means for the operator. */
export function wordsOf(error: unknown, name: string): string {
  if (error instanceof ForeignSchema)
    return `The ledger will not write to ${name}: ${error.message}. Update this gateway, or set storage.url to another database.`;
  if (error instanceof ConnectionFailure)
    return unusable(name, isRefusal(error) ? 'open' : 'io', error.message);
  const { trouble, message } = failureOf(error);
  return unusable(name, trouble, message);
}

/** False for what will not be better in a while: then it is the operator's to decide. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ConnectionFailure) return !isRefusal(error);
  return error instanceof StoreFailure && (error.trouble === 'io' || error.trouble === 'locked');
}
