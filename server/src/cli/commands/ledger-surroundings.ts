// Files that stand beside a ledger and are no part of it: a gateway whose ledger moves may look for them elsewhere.

import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isPostgres, sqlitePath } from '../../stores/open.ts';
import { adminKeyPath } from '../../vault/admin-key.ts';
import { vaultPlaces } from '../../vault/places.ts';

/** Says which of them a gateway would no longer find, and what to do about it. */
export async function leftBehind(from: string, to: string, dataFolder: string): Promise<readonly string[]> {
  const [before, after] = [folderOf(from, dataFolder), folderOf(to, dataFolder)];
  if (before === after) return [];
  const { keys, secret, accounts, accountsFolder } = vaultPlaces(before);
  const paths = [
    keys,
    secret,
    accounts,
    accountsFolder,
    adminKeyPath(before),
    join(before, 'config-history'),
  ];
  const there = await Promise.all(
    paths.map((path) =>
      access(path)
        .then(() => path)
        .catch(() => undefined),
    ),
  );
  const names = there.filter((path) => path !== undefined).map((path) => path.slice(before.length + 1));
  if (names.length === 0) return [];
  return [
    `Stored keys and accounts, the admin key and the history of the configuration are no part of the ledger. They are in ${before} (${names.join(', ')}); a gateway whose ledger is in its new place looks for them in ${after}. Copy them there while it is stopped ("cp -a").`,
  ];
}

/** Where a gateway keeps its files. */
function folderOf(place: string, dataFolder: string): string {
  return isPostgres(place) ? dataFolder : dirname(resolve(sqlitePath(place) ?? place));
}
