// Opens the ledger on PostgreSQL: the same tables, shared by any number of gateways.

import { randomBytes, randomInt } from 'node:crypto';
import { type LedgerOpened, openBuffered } from '../tables/ledger.ts';
import type { DetailLimits, KeptLimits } from '../tables/messages.ts';
import { NUMBERS_PER_MS } from '../tables/schema.ts';
import type { PostgresThreads } from './in-place.ts';
import { claimFolder, type OwnFolder } from './own-folder.ts';
import { postgresPlace } from './place.ts';
import { POSTGRES_TIMES, type PostgresTimes } from './settings.ts';
import { SPOOL_BYTES } from './spool.ts';
import { postgresThreads } from './threads.ts';

/** How the ledger is opened. */
export interface PostgresLedgerOptions {
  /** postgres:// URL, with a password as the case may be; `schema` in it names the schema, "sluice" otherwise. */
  readonly url: string;
  /** The folder for data of this gateway: what the database does not take now is kept there. */
  readonly dataFolder: string;
  /** Rows older than this are deleted; 0 keeps them for ever. */
  readonly retentionDays: number;
  /** Rows and roll-ups of all gateways together take no more than this: the oldest rows are deleted; 0 or absent: no limit. */
  readonly maxBytes?: number | undefined;
  /** What is kept on this machine while the database is away takes no more than this; the usual when absent. */
  readonly spoolBytes?: number | undefined;
  /** Hears, once per occasion, what the operator should know; the text says what to do. */
  onTrouble(message: string): void;
  /** Applied to texts that clients and upstreams choose (models, conversation and agent ids). */
  redact?: ((text: string) => string) | undefined;
  /** How much is kept of kept texts; the usual when absent. */
  readonly kept?: KeptLimits;
  /** How much is kept of details; the usual when absent. */
  readonly details?: DetailLimits;
  /** How long is waited for the database; the usual when absent. */
  readonly times?: PostgresTimes;
  /** Where writer and reader run; the default suits how Sluice was started. */
  readonly threads?: PostgresThreads;
}

/** Opens the ledger and starts its writer, also while the database is away. Never throws. */
export async function openPostgresLedger(options: PostgresLedgerOptions): Promise<LedgerOpened> {
  const place = postgresPlace(options.url);
  if ('problem' in place) return { ok: false, message: `storage.url cannot be used: ${place.problem}.` };
  let own: OwnFolder | undefined;
  try {
    own = await claimFolder(options.dataFolder, place.mark);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `The folder ${options.dataFolder} cannot be used to keep rows while the database is away (${detail}). Make it writable for this user.`,
    };
  }
  if (own === undefined)
    return {
      ok: false,
      message: `Too many gateways run with the data folder ${options.dataFolder}. Stop some of them.`,
    };
  const { folder, gateway, release } = own;
  const { url, schema, name } = place;
  const { retentionDays, maxBytes, spoolBytes = SPOOL_BYTES, kept, details, redact } = options;
  const { times = POSTGRES_TIMES, threads = postgresThreads } = options;
  const run = `${gateway}.${randomBytes(4).toString('hex')}`;
  return openBuffered({
    name,
    startWriter: (listener) =>
      threads.startWriter(
        {
          url,
          schema,
          name,
          folder,
          gateway,
          run,
          retentionDays,
          maxBytes,
          spoolBytes,
          times,
          kept,
          details,
        },
        listener,
      ),
    startReader: (listener) => threads.startReader({ url, schema, name, times }, listener),
    release,
    // Others may number their exchanges in the same millisecond: beginning elsewhere, they seldom meet.
    numbersFrom: randomInt(NUMBERS_PER_MS),
    onTrouble: (message) => options.onTrouble(message),
    redact,
  });
}
