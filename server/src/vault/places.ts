// Where stored keys are kept: beside the ledger, in the data folder of the user unless the configuration says otherwise.

import { dirname, join } from 'node:path';
import type { Settings } from '../config/settings.ts';

/** Absolute paths of the files of a vault. */
export interface VaultPlaces {
  /** The stored keys, sealed. */
  readonly keys: string;
  /** What they are sealed with. */
  readonly secret: string;
  /** There while somebody writes. */
  readonly lock: string;
  /** The list of stored accounts, and the folder of what proves them, a sealed file each. */
  readonly accounts: string;
  readonly accountsFolder: string;
}

/** The places below a folder. */
export function vaultPlaces(folder: string): VaultPlaces {
  return {
    keys: join(folder, 'keys.json'),
    secret: join(folder, 'secret.key'),
    lock: join(folder, 'keys.lock'),
    accounts: join(folder, 'accounts.json'),
    accountsFolder: join(folder, 'accounts'),
  };
}

/** The folder of a configuration's vault. */
export function vaultFolder(settings: Pick<Settings, 'storage'>): string {
  return dirname(settings.storage.sqlitePath);
}
