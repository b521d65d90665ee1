// What the threads of a ledger on PostgreSQL are started with, and how long they wait. Plain data: it is copied to them.

import type { DetailLimits, KeptLimits } from '../tables/messages.ts';
import type { ConnectionOptions } from './serve-connection.ts';

/** Milliseconds. */
export interface PostgresTimes {
  /** A connection is made within this. */
  readonly connectMs: number;
  /** A statement of the writer is answered within this: well below the time that an end of the gateway may take. */
  readonly writeMs: number;
  /** One of a question: below the 15 s after which the question is given up. */
  readonly readMs: number;
}

export const POSTGRES_TIMES: PostgresTimes = { connectMs: 3_000, writeMs: 4_000, readMs: 12_000 };

/** What the writer is started with. */
export interface PostgresSettings {
  readonly url: string;
  readonly schema: string;
  /** For messages. */
  readonly name: string;
  /** The folder of this gateway's spool. */
  readonly folder: string;
  /** This gateway, also after a restart. */
  readonly gateway: string;
  /** This run of it. */
  readonly run: string;
  readonly retentionDays: number;
  /** Rows and roll-ups of all gateways together take no more than this, the oldest rows are deleted; 0: no limit. */
  readonly maxBytes?: number | undefined;
  readonly spoolBytes: number;
  readonly times: PostgresTimes;
  readonly kept?: KeptLimits | undefined;
  readonly details?: DetailLimits | undefined;
}

/** A connection whose statements are given up after so long, by the server a little before by us. */
export function connectionOptions(
  { url, schema, times }: Pick<PostgresSettings, 'url' | 'schema' | 'times'>,
  answerMs: number,
): ConnectionOptions {
  const statementMs = Math.max(1, Math.floor(answerMs * 0.9));
  return { url, schema, connectMs: times.connectMs, statementMs, lockMs: Math.floor(statementMs / 2) };
}
