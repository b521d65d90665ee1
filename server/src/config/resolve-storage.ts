// `storage` of the file → where the ledger is kept: in a file of this machine, or in a PostgreSQL that several gateways share.

import { join } from 'node:path';
import type { Environment } from './environment.ts';
import type { Findings } from './findings.ts';
import { dataFolder, sqlitePath } from './places.ts';
import type { ConfigFile } from './schema/config-file.ts';
import type { Settings } from './settings.ts';
import { canBeDecoded } from './url-escapes.ts';

/** What the places depend on. */
interface Surroundings {
  readonly file: string | undefined;
  readonly env: Environment;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** Resolves the section; a URL that cannot be one is reported, never with what is in it. */
export function resolveStorage(
  { url, retentionDays, maxBytes, spoolBytes }: ConfigFile['storage'],
  { file, env, home, platform }: Surroundings,
  findings: Findings,
): Settings['storage'] {
  const usual = join(dataFolder({ env, home, platform }), 'sluice.db');
  const kept = { retentionDays, maxBytes, spoolBytes };
  if (url === undefined) return { sqlitePath: usual, ...kept };
  if (/^postgres(?:ql)?:/i.test(url)) {
    const problem = problemOf(url);
    if (problem !== undefined) {
      const suggestion =
        'Write "postgres://user:password@host:5432/database"; other characters as %40 and the like.';
      findings.add(['storage', 'url'], problem, { suggestion });
      return { sqlitePath: usual, ...kept };
    }
    // Stored keys and the spool stay in the data folder.
    return { sqlitePath: usual, postgresUrl: url, ...kept };
  }
  const path = sqlitePath(url, file, home);
  if (path === undefined) {
    const suggestion =
      'Write "sqlite:" and the path of a file, as in "sqlite:./data/sluice.db", or a "postgres://" URL.';
    findings.add(['storage', 'url'], 'Is not a storage URL that is known here.', { suggestion });
  }
  return { sqlitePath: path ?? '', ...kept };
}

function problemOf(url: string): string | undefined {
  if (!URL.canParse(url) || !/^postgres(?:ql)?:\/\//i.test(url))
    return 'Is not the URL of a PostgreSQL database.';
  if (!canBeDecoded(url)) return 'Has a "%" that begins no escape: it is written as %25.';
  const schema = new URL(url).searchParams.get('schema');
  if (schema === null || /^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return undefined;
  return 'Its "schema" may have small letters, digits and "_" only.';
}
