// Opens the ledger on SQLite: the file is claimed, and its writer started.

import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type LedgerOpened, openBuffered } from '../tables/ledger.ts';
import type { DetailLimits, KeptLimits } from '../tables/messages.ts';
import { claim } from '../tables/owner.ts';
import type { WriterListener, WriterThread } from '../tables/thread.ts';
import { hasNodeSqlite } from './open-driver.ts';
import { startReader } from './queries/start-reader.ts';
import { startWriter } from './start-writer.ts';
import type { StartWriter } from './thread.ts';
import { troubleOf, unusable } from './trouble.ts';

/** How the ledger is opened. */
export interface LedgerOptions {
  /** Path of the SQLite file; missing folders are made, for this user only. */
  readonly path: string;
  /** Rows older than this are deleted; 0 keeps them for ever. */
  readonly retentionDays: number;
  /** Rows and roll-ups take no more than this: the oldest rows are deleted; 0 or absent: no limit. */
  readonly maxBytes?: number;
  /** Hears, once per occasion, what the operator should know; the text says what to do. */
  onTrouble(message: string): void;
  /** Applied to texts that clients and upstreams choose (models, conversation and agent ids). */
  redact?(text: string): string;
  /** How much is kept of kept texts; the usual when absent. */
  readonly kept?: KeptLimits;
  /** How much is kept of details; the usual when absent. */
  readonly details?: DetailLimits;
  /** Where the writer runs; the default suits how Sluice was started. */
  readonly startWriter?: StartWriter;
  /** Shares the writer with other processes. */
  share?(start: (listener: WriterListener) => WriterThread): (listener: WriterListener) => WriterThread;
}

/** Opens the ledger and starts its writer. Never throws. */
export async function openLedger(options: LedgerOptions): Promise<LedgerOpened> {
  const path = resolve(options.path);
  let owner: Awaited<ReturnType<typeof claim>>;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    owner = await claim(path, hasNodeSqlite() ? 'node' : 'wasm');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, message: unusable(path, troubleOf(error), detail) };
  }
  if (!('release' in owner)) {
    return {
      ok: false,
      message: `The ledger ${path} is in use by another gateway (process ${owner.pid} on ${owner.host}). Stop that gateway, or set storage.url to another file for this one.`,
    };
  }
  const { release } = owner;
  const { retentionDays, kept, maxBytes, details, redact } = options;
  const start = (listener: WriterListener): WriterThread =>
    (options.startWriter ?? startWriter)({ path, retentionDays, kept, maxBytes, details }, listener);
  return openBuffered({
    name: path,
    startWriter: options.share?.(start) ?? start,
    startReader: (listener) => startReader(path, listener),
    release,
    onTrouble: (message) => options.onTrouble(message),
    redact,
  });
}
