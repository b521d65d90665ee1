// What the main thread and the writer's thread say to each other. Plain data only: it is copied between threads.

import type { StoredDetail } from '../../exchange/ports.ts';
import type { Engine } from './driver.ts';
import type { FlatRows } from './flat-rows.ts';
import type { Asked, Reply } from './queries/questions.ts';

/** How much is kept of kept texts. */
export interface KeptLimits {
  readonly ageMs: number;
  /** All texts together. */
  readonly bytes: number;
}

/** How much is kept of details. */
export interface DetailLimits {
  readonly errorAgeMs: number;
  readonly captureAgeMs: number;
  /** All texts together. */
  readonly bytes: number;
}

/** How the writer is started. */
export interface WriterSettings {
  readonly path: string;
  /** Rows older than this are deleted; 0 keeps them for ever. */
  readonly retentionDays: number;
  /** How much is kept of kept texts; the usual when absent. */
  readonly kept?: KeptLimits | undefined;
  /** Rows and roll-ups together take no more than this, the oldest rows are deleted; 0: no limit. */
  readonly maxBytes?: number | undefined;
  /** How much is kept of details; the usual when absent. */
  readonly details?: DetailLimits | undefined;
}

/** The rows of exchanges that opened or closed since the last batch, as rows.ts lays them out. */
export interface Batch extends FlatRows {
  readonly number: number;
  /** Attempts of those that closed and took more than one, as attempts.ts lays them out. */
  readonly attempts: FlatRows | undefined;
}

/** A text to be kept. */
export interface KeptText {
  /** See keyHash in keep.ts. */
  readonly hash: string;
  /** Of the text in UTF-8. */
  readonly bytes: number;
  readonly text: string;
}

/** The latest states of some keys, each as three texts one after the other: kind, key, text (null: forget it). */
export interface StateBatch {
  readonly number: number;
  readonly texts: readonly (string | null)[];
}

/** Main thread to writer. */
export type ToWriter =
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'keep'; readonly texts: readonly KeptText[] }
  /** Answered with `found` of the same number. */
  | { readonly kind: 'find'; readonly number: number; readonly hashes: readonly string[] }
  /** Answered with `saved`. */
  | { readonly kind: 'save'; readonly states: StateBatch }
  /** Answered with `loaded`. */
  | { readonly kind: 'load' }
  | { readonly kind: 'details'; readonly details: readonly StoredDetail[] }
  /** Answered with `replied`. Only where the writer has the file to itself. */
  | { readonly kind: 'ask'; readonly asked: Asked }
  /** These exchanges ran in a process that has died. */
  | { readonly kind: 'interrupt'; readonly numbers: readonly number[] }
  | { readonly kind: 'stop' };

/** Writer to main thread. */
export type FromWriter =
  /** A database is open: at the start, and again when it had to be replaced. */
  | {
      readonly kind: 'ready';
      /** Rows that were in flight when the last gateway died. */
      readonly interrupted: number;
      /** The highest exchange number in it, 0 when it is empty. */
      readonly newest: number;
      readonly engine: Engine;
    }
  | { readonly kind: 'failed'; readonly message: string }
  /** All batches up to this one are on disk, or counted as lost. */
  | { readonly kind: 'stored'; readonly upTo: number; readonly counts: WriterCounts }
  /** The texts of the hashes that were asked for, in their order; undefined where there is none. */
  | { readonly kind: 'found'; readonly number: number; readonly texts: readonly (string | undefined)[] }
  /** It cannot be looked up now, which does not mean that nothing is there. */
  | { readonly kind: 'unfound'; readonly number: number }
  /** States up to this batch are on disk, or given up. */
  | { readonly kind: 'saved'; readonly upTo: number }
  /** All states, laid out as in StateBatch; none when they cannot be read. */
  | { readonly kind: 'loaded'; readonly texts: readonly (string | null)[] }
  | { readonly kind: 'replied'; readonly reply: Reply }
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
  /** Written, but in no roll-up, because of a defect. */
  readonly unsummed: number;
}
