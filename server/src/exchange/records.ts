// What outlives an exchange: its row in the ledger, texts and states that are worth having again, details, cached answers.
// Part of the ports (exchange/ports.ts), which are where everybody gets these types from.

import type { DialectId, Use } from '../core/model/dialect-id.ts';
import type { Usage } from '../core/model/usage.ts';
import type { Cost } from '../core/pricing/cost.ts';

/** What is known when an exchange is admitted. */
export interface LedgerOpening {
  readonly id: string;
  readonly receivedAtMs: number;
  /** Route name of http/routes.ts, e.g. "chat.completions". */
  readonly route: string;
  readonly clientId: string | undefined;
  /** Ids that clients send to tie requests together; undefined where absent. */
  readonly conversationId: string | undefined;
  readonly agentId: string | undefined;
  /** The client's own id of the request, where it sent one. */
  readonly clientRequestId?: string | undefined;
  readonly dialectIn: DialectId | undefined;
  readonly use: Use | 'resource';
}

/** What is known when it ends. Times are epoch milliseconds; undefined where the stage was never reached. */
export interface LedgerClosing {
  readonly id: string;
  readonly dialectOut: DialectId | undefined;
  readonly modelAsked: string | undefined;
  readonly modelServed: string | undefined;
  readonly upstreamId: string | undefined;
  readonly keyId: string | undefined;
  readonly attempts: number;
  /** HTTP status that the client saw (499 when it left first). */
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly headersAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly firstOutputAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** undefined: the upstream reported none. */
  readonly usage: Usage | undefined;
  /** What a conversion lost, as `x-sluice-loss` told the client. */
  readonly losses: string | undefined;
  readonly streamed: boolean;
  readonly aborted: boolean;
  /** Every attempt, where there was more than one; usage and times above are those of the one that counts. */
  readonly tries?: readonly LedgerAttempt[] | undefined;
  /** Id of the route whose policy served it; undefined for what has no route. */
  readonly policy?: string | undefined;
  /** What all attempts together cost; undefined where there is nothing to pay for: a refusal, a count, a cached answer. */
  readonly cost?: Cost | undefined;
  /** True when `usage` is an estimate of ours, because the upstream told none. */
  readonly usageEstimated?: boolean;
  /** What the response cache had to do with it; undefined where it was not asked. */
  readonly cache?: CacheUse | undefined;
  /** What a cached answer would have cost, in nano-US-dollars. */
  readonly savedNanoUsd?: number | undefined;
  /** Why less of the prompt was read from the provider's cache than before; see core/guardian. */
  readonly promptCache?: string | undefined;
  /** The error as the client was told, without secrets. */
  readonly errorMessage?: string | undefined;
  /** The provider's id of the request: that of the attempt that counts; undefined where it told none. */
  readonly upstreamRequestId?: string | undefined;
  /** The model that the last attempt asked its upstream for, for those who look on: the ledger keeps it of several only. */
  readonly modelSent?: string | undefined;
}

/** hit: answered from the cache. stale: so, although it was too old. miss: asked in vain. bypass: not to be asked. */
export type CacheUse = 'hit' | 'miss' | 'stale' | 'bypass';

/** Why an attempt was made. */
export type AttemptCause = 'first' | 'retry' | 'again' | 'hedge' | 'race' | 'resume';

/** How it ended. lost: another one was faster. left: the client was gone. cut: it failed after output had been sent. */
export type AttemptEnd = 'answered' | 'failed' | 'cut' | 'lost' | 'left';

/** One of several attempts of an exchange. Times are epoch milliseconds; undefined where a stage was never reached. */
export interface LedgerAttempt {
  /** From 1, in the order of their beginning. */
  readonly ordinal: number;
  readonly cause: AttemptCause;
  readonly upstreamId: string;
  readonly keyId: string;
  readonly model: string;
  readonly dialect: DialectId;
  readonly startedAtMs: number;
  readonly headersAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly firstOutputAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly end: AttemptEnd;
  /** HTTP status of the upstream, where it answered. */
  readonly status: number | undefined;
  /** Reason of the verdict, where it failed. */
  readonly reason: string | undefined;
  readonly errorCode: string | undefined;
  readonly usage: Usage | undefined;
  /** What it cost; undefined where it never got as far as a model. */
  readonly cost?: Cost | undefined;
  /** The provider's id of the request; undefined where it told none. */
  readonly upstreamRequestId?: string | undefined;
}

/** The row of one exchange that is on its way. */
export interface LedgerEntry {
  /** Completes the row; to be called once. */
  close(closing: LedgerClosing): void;
}

/** The record of what was asked, served and used: exactly one row per exchange. Never blocks, never throws. */
export interface Ledger {
  open(opening: LedgerOpening): LedgerEntry;
  /** Resolves when everything handed over so far is on disk. */
  flush(): Promise<void>;
}

/** What a kept text is for; one key may stand in both. */
export type KeepKind = 'reasoning' | 'response';

/**
 * Texts that are worth having again and can be done without: bounded by age and size, and kept across restarts. Neither
 * method throws or rejects; whatever goes wrong, the text is simply not there.
 */
export interface Keep {
  /** Takes a text, in place of an earlier one of the same key. Never blocks. The key holds whose it is. */
  put(kind: KeepKind, key: string, text: string): void;
  /** Those of the keys that are there. Answers within a quarter of a second, with less if need be. */
  get(kind: KeepKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** One thing that is to be known again after a restart. Text undefined: forget it. */
export interface SavedState {
  readonly kind: 'standing' | 'use';
  readonly key: string;
  readonly text: string | undefined;
}

/** What the pool knows of keys, across restarts. Neither method throws or rejects. */
export interface StateStore {
  /** All that was saved, once, at the start; empty when it cannot be read. */
  load(): Promise<readonly SavedState[]>;
  /** Takes what has changed. Never blocks; on disk within a second or two. */
  save(states: readonly SavedState[]): void;
}

/** What was kept of one exchange to be looked at later, as JSON without secrets. */
export interface StoredDetail {
  /** Id of the exchange. */
  readonly id: string;
  readonly atMs: number;
  /** error and retried (served, but not by the first attempt): kept of their own accord. capture: the operator asked for it. */
  readonly kind: 'error' | 'retried' | 'capture';
  readonly text: string;
}

/** Details of exchanges, bounded by age and size. Neither method throws or rejects. */
export interface Details {
  /** Never blocks. */
  put(detail: StoredDetail): void;
  get(id: string): Promise<StoredDetail | undefined>;
}

/** An answer that may be given again. It is JSON, and small next to its text. */
export interface CachedAnswer {
  /** Id of the client whose question it answers; undefined: where the gateway is open. */
  readonly clientId: string | undefined;
  /** The model that was asked for, and the one that answered. */
  readonly model: string;
  readonly modelServed: string;
  /** Who answered. */
  readonly upstreamId: string;
  readonly createdAtMs: number;
  /** After this it only stands in for upstreams that fail. */
  readonly freshUntilMs: number;
  /** After this nobody is to get it. */
  readonly expiresAtMs: number;
  /** What it has cost, in nano-US-dollars; undefined where nobody knows. */
  readonly costNanoUsd?: number | undefined;
  /** What the conversion of the request lost, as `x-sluice-loss` told it. */
  readonly losses?: string | undefined;
  /** ChatResponse (core/model) as JSON. */
  readonly text: string;
}

/** Which answers are to be forgotten. `model`: as it was asked for, or as it answered. `client`: id of a client. */
export type PurgeWish =
  | { readonly all: true }
  | { readonly model: string }
  | { readonly key: string }
  | { readonly client: string };

/** How much is kept, and how well it serves. Counters begin with the process. */
export interface CacheStats {
  readonly store: 'memory' | 'redis';
  /** False while a Redis is configured and does not answer: memory stands in for it. */
  readonly connected: boolean;
  /** Of this process' memory; undefined where they are not counted. */
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly stored: number;
}

/**
 * Answers by the hash of their question. No method throws or rejects, and none takes longer than a twentieth of a second,
 * save `purge`: whatever goes wrong, the answer is simply not there.
 */
export interface AnswerCache {
  /** `again`: the same question has been looked up before, and is not counted twice. */
  get(key: string, again?: boolean): Promise<CachedAnswer | undefined>;
  /** Never blocks. */
  put(key: string, answer: CachedAnswer): void;
  /** How many were forgotten. */
  purge(which: PurgeWish): Promise<number>;
  stats(): CacheStats;
  close(): void;
}
