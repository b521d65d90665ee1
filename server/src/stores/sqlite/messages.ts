// What the main thread and the writer's thread say to each other. Plain data only: it is copied between threads.

import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';

/** How the writer is started. */
export interface WriterSettings {
  readonly path: string;
  /** Rows older than this are deleted; 0 keeps them for ever. */
  readonly retentionDays: number;
}

/** Everything that happened since the last batch. An exchange may be in both lists. */
export interface Batch {
  readonly number: number;
  readonly openings: readonly LedgerOpening[];
  readonly closings: readonly LedgerClosing[];
}

/** Main thread to writer. */
export type ToWriter = { readonly kind: 'batch'; readonly batch: Batch } | { readonly kind: 'stop' };

/** Writer to main thread. */
export type FromWriter =
  | { readonly kind: 'ready'; readonly interrupted: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** All batches up to this one are on disk, or counted as lost. */
  | { readonly kind: 'stored'; readonly upTo: number; readonly counts: WriterCounts }
  /** Something that the operator should know, ready to be shown. */
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'stopped'; readonly counts: WriterCounts };

/** Exchanges, since the start. */
export interface WriterCounts {
  /** Rows written, an exchange written as open and then as done counting twice. */
  readonly written: number;
  /** Given up because the disk did not take them in time. */
  readonly lost: number;
  /** Held in memory at this moment. */
  readonly waiting: number;
}
