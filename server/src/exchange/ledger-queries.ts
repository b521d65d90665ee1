// What can be asked of the ledger. Questions are answered away from the thread that relays: long ones from roll-ups, so
// that they take as long with ten million rows as with ten thousand.

import type { CacheUse, LedgerAttempt, LedgerClosing, LedgerOpening, StoredDetail } from './ports.ts';

/** From (inclusive) to (exclusive), epoch milliseconds. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What exchanges can be told apart by. `model` is the one that was served, or asked for where none was. */
export const DIMENSIONS = ['model', 'upstream', 'key', 'client', 'route'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Which exchanges are meant: those that have one of the values in each dimension that is named. */
export type Selected = { readonly [Name in Dimension]?: readonly string[] };

/** Milliseconds: how long something took, over many exchanges. Percentiles are exact to about 5 %. */
export interface Durations {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Sums over exchanges. Money in nano-US-dollars. */
export interface Totals {
  readonly requests: number;
  /** Those that ended with an error or a status from 400, without those whose client left. */
  readonly errors: number;
  /** Those whose client left. */
  readonly left: number;
  readonly attempts: number;
  readonly tokens: {
    readonly inputUncached: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly inputAudio: number;
    readonly outputText: number;
    readonly outputReasoning: number;
    readonly outputAudio: number;
  };
  readonly costNanoUsd: number;
  /** The part of it whose usage was estimated. */
  readonly estimatedNanoUsd: number;
  /** Requests whose price is not known. */
  readonly unpriced: number;
  readonly cacheHits: number;
  /** What cached answers would have cost. */
  readonly savedNanoUsd: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly duration: Durations;
  /** Until the first output of the answer. */
  readonly ttft: Durations;
}

/** One exchange as a list shows it. */
export interface ExchangeSummary extends LedgerOpening {
  readonly state: 'open' | 'done' | 'interrupted';
  /** Undefined while it runs. */
  readonly closing: Omit<LedgerClosing, 'tries'> | undefined;
}

/** One exchange with all that is known of it. */
export interface ExchangeDetail extends ExchangeSummary {
  readonly attempts: readonly LedgerAttempt[];
  readonly detail: StoredDetail | undefined;
}

/** Sums over exchanges of one conversation. Money in nano-US-dollars. */
interface ConversationSums {
  /** When the first and the last of them were received. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** All of them, also those that run. */
  readonly requests: number;
  /** Those that ended with an error or were interrupted, without those whose client left. */
  readonly errors: number;
  readonly models: readonly string[];
  readonly tokens: Totals['tokens'];
  readonly costNanoUsd: number;
  /** Requests whose price is not known. */
  readonly unpriced: number;
}

/** What the exchanges of one agent in a conversation come to. */
export interface AgentSummary extends ConversationSums {
  /** undefined: those that told none. */
  readonly id: string | undefined;
  /** How long they took together. */
  readonly durationMs: number;
}

/** All exchanges that carry the same conversation id: one run of an agent. */
export interface ConversationSummary extends ConversationSums {
  readonly id: string;
  readonly clientIds: readonly string[];
  readonly upstreams: readonly string[];
  /** Distinct agent ids. */
  readonly agents: number;
  /** Those that run. */
  readonly open: number;
  readonly cacheHits: number;
  readonly savedNanoUsd: number;
  /** There are more exchanges than were counted: the sums are those of the newest ones. */
  readonly cut: boolean;
}

/** One conversation with its agents and exchanges. */
export interface ConversationDetail extends ConversationSummary {
  /** Most exchanges first. */
  readonly byAgent: readonly AgentSummary[];
  /** The newest ones, oldest first. */
  readonly turns: readonly ExchangeSummary[];
}

/** Every question with its answer. */
export interface LedgerQuestions {
  totals: { ask: { readonly period: Period; readonly only?: Selected }; answer: Totals };
  /** The greatest first, by requests; at most `limit` (default 100), the rest summed up as name undefined. */
  groups: {
    ask: {
      readonly period: Period;
      readonly only?: Selected;
      readonly by: Dimension;
      readonly limit?: number;
    };
    answer: readonly { readonly name: string | undefined; readonly totals: Totals }[];
  };
  /** `bucketMs` absent: chosen by the length of the period (row 11.4). Empty buckets are left out. */
  series: {
    ask: {
      readonly period: Period;
      readonly only?: Selected;
      readonly by?: Dimension;
      readonly bucketMs?: number;
    };
    answer: {
      readonly bucketMs: number;
      readonly points: readonly {
        readonly atMs: number;
        readonly name: string | undefined;
        readonly totals: Totals;
      }[];
    };
  };
  /** Newest first. `before`: the cursor of the page before. */
  exchanges: {
    ask: {
      readonly period?: Period;
      readonly only?: Selected;
      readonly outcome?: 'ok' | 'error' | 'left' | 'open';
      readonly conversation?: string;
      readonly agent?: string;
      readonly cache?: CacheUse;
      /** Begins one of: id, conversation, model, error code, the provider's or the client's own id of the request. */
      readonly search?: string;
      readonly before?: string;
      readonly limit: number;
    };
    answer: { readonly rows: readonly ExchangeSummary[]; readonly next: string | undefined };
  };
  exchange: { ask: { readonly id: string }; answer: ExchangeDetail | undefined };
  /**
   * Conversations that have an exchange in the period that is selected, by the newest of these, newest first; each with all
   * of its exchanges. `before`: the cursor of the page before.
   */
  conversations: {
    ask: {
      readonly period?: Period;
      readonly only?: Selected;
      /** Begins the id, or the name of a model, client or agent. A whole id answers that conversation alone. */
      readonly search?: string;
      readonly before?: string;
      readonly limit: number;
    };
    answer: { readonly conversations: readonly ConversationSummary[]; readonly next: string | undefined };
  };
  conversation: { ask: { readonly id: string }; answer: ConversationDetail | undefined };
  /** What clients have spent since a moment, in nano-US-dollars, in the order of the questions. */
  spending: {
    ask: { readonly clients: readonly { readonly id: string; readonly sinceMs: number }[] };
    answer: readonly number[];
  };
  /** Models without a price, by requests. */
  unpriced: {
    ask: { readonly period: Period };
    answer: readonly {
      readonly model: string;
      readonly upstream: string;
      readonly requests: number;
      readonly tokens: number;
    }[];
  };
  storage: {
    ask: Record<string, never>;
    answer: {
      readonly rows: number;
      readonly bytes: number;
      readonly freeBytes: number;
      readonly oldestMs: number | undefined;
      readonly newestMs: number | undefined;
      /** How much of the time that rows are there for is in the sums: below 1 after an update, totals are too low then. */
      readonly summedPart: number;
    };
  };
}

/** An answer, or why there is none, in words for the operator. */
export type LedgerAnswer<Kind extends keyof LedgerQuestions> =
  | { readonly ok: true; readonly answer: LedgerQuestions[Kind]['answer'] }
  | { readonly ok: false; readonly message: string };

/** Asks the ledger. Never rejects. */
export interface LedgerQueries {
  ask<Kind extends keyof LedgerQuestions>(
    kind: Kind,
    question: LedgerQuestions[Kind]['ask'],
  ): Promise<LedgerAnswer<Kind>>;
}
