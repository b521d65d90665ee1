// What is wrong with the ledger's file and what the operator can do about it, in words.

import type { StoreTrouble } from '../tables/driver.ts';

const ADVICE: Readonly<Record<StoreTrouble, string>> = {
  corrupt: 'Move the file away and start again.',
  full: 'The disk is full: free some space, or set storage.url to another disk.',
  readonly: 'Make the file and its folder writable for this user, or set storage.url to another place.',
  locked: 'Another program has locked it: close that program, or set storage.url to another file.',
  io: 'The disk reports errors: check it, or set storage.url to another disk.',
  open: 'Make the file and its folder writable for this user, or set storage.url to another place.',
  other: 'This may be a defect of Sluice: please report it.',
};

/** One sentence about what failed and one about what to do. */
export function unusable(path: string, trouble: StoreTrouble, detail: string): string {
  return `The ledger cannot write to ${path} (${detail}). ${ADVICE[trouble]}`;
}

/** The advice for an error of the file system. */
export function troubleOf(error: unknown): StoreTrouble {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  if (code === 'EIO') return 'io';
  return 'open';
}
