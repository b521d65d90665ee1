// What is kept of one exchange, to be looked at and sent again: the text of a StoredDetail is a CaptureRecord as JSON.
// Types alone, so that a browser may read them too.

import type { DialectId, Use } from '../../core/model/dialect-id.ts';
import type { Usage } from '../../core/model/usage.ts';

/** A body as it stood on the wire. */
export interface CapturedBody {
  /** Its whole length in bytes, also where not all of it is kept. */
  readonly bytes: number;
  /** base64 where the kept bytes are no text. */
  readonly encoding: 'utf8' | 'base64';
  readonly text: string;
  /** Only the beginning is kept. */
  readonly cut: boolean;
}

/** Headers in their order and letter case; secrets in them are replaced. */
export type CapturedHeaders = readonly (readonly [name: string, value: string])[];

/** What the client asked. */
export interface CapturedRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** With its question mark, or ''. */
  readonly query: string;
  readonly headers: CapturedHeaders;
  /** Absent where there was none, and in what was kept of its own accord. */
  readonly body?: CapturedBody;
}

/** What the client was answered. Times are epoch milliseconds. */
export interface CapturedReply {
  /** 0: nothing was sent. */
  readonly status: number;
  readonly headers: CapturedHeaders;
  readonly body?: CapturedBody;
  readonly headAtMs?: number;
  readonly firstByteAtMs?: number;
  /** ended: in good order. cut: by us, because it could not be completed. gone: the client left first. */
  readonly end: 'ended' | 'cut' | 'gone';
}

/** One attempt on an upstream, as it was sent and answered. Times are epoch milliseconds. */
export interface CapturedAttempt {
  /** From 1, in the order of their sending. */
  readonly ordinal: number;
  readonly upstreamId?: string;
  readonly keyId?: string;
  readonly model?: string;
  readonly dialect?: DialectId;
  /** Why it was made, and how it ended; see LedgerAttempt. */
  readonly cause?: string;
  readonly end?: string;
  /** Reason of the verdict, where it failed. */
  readonly reason?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Only in captures. */
  readonly request?: {
    readonly method: string;
    /** Scheme, host and port. */
    readonly origin: string;
    /** Path and query, without credentials. */
    readonly target: string;
    readonly headers: CapturedHeaders;
    readonly body?: CapturedBody;
    /** Length of the body, where that was known before it was sent. */
    readonly bytes?: number;
  };
  /** Absent where the upstream never answered. */
  readonly answer?: {
    readonly status: number;
    readonly headers: CapturedHeaders;
    /** Of an error that was kept of its own accord: the first 8 KiB. */
    readonly body?: CapturedBody;
    readonly headAtMs?: number;
    readonly firstByteAtMs?: number;
  };
  /** Why there is no whole answer. ended is the good end; aborted: we needed no more, or the client had left. */
  readonly outcome?: 'ended' | 'failed' | 'aborted';
}

/** What became of it, as the ledger has it. Times are epoch milliseconds. */
export interface CapturedOutcome {
  readonly status: number;
  readonly modelAsked?: string;
  readonly modelServed?: string;
  readonly upstreamId?: string;
  readonly keyId?: string;
  readonly dialectOut?: DialectId;
  readonly policy?: string;
  readonly attempts: number;
  readonly streamed: boolean;
  readonly aborted: boolean;
  readonly firstOutputAtMs?: number;
  readonly endedAtMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly usage?: Usage;
  readonly costNanoUsd?: number;
  readonly losses?: string;
  readonly cache?: string;
}

/** Why it failed, as the client was told. */
export interface CapturedError {
  readonly code: string;
  readonly message?: string;
  readonly suggestion?: string;
}

/** A key that could serve the exchange, or one that could not, or a whole upstream. */
export interface ChosenKey {
  readonly upstreamId: string;
  readonly keyId?: string;
  readonly keyName?: string;
  /** The name that was sent, or would have been. */
  readonly model?: string;
  /** The attempts that were made on it, by their ordinals; absent where it was not asked. */
  readonly attempts?: readonly number[];
  /** Sentences: how it stood when the gateway chose, and why it was asked or was not. */
  readonly why: string;
}

/** What the gateway knew when it chose whom to ask. */
export interface CapturedChoices {
  /** Id of the route. */
  readonly route?: string;
  /** How it chooses among candidates of one priority. */
  readonly order?: string;
  /** Who was asked, in that order, and then who could have been. */
  readonly candidates: readonly ChosenKey[];
  /** Who could not be asked. */
  readonly passedOver: readonly ChosenKey[];
  /** Sentences about the whole. */
  readonly notes: readonly string[];
}

/** One exchange. */
export interface CaptureRecord {
  /** Of this shape. */
  readonly format: 1;
  /** Id of the exchange. */
  readonly id: string;
  /**
   * error: it failed. retried: it was served, but not by the first attempt. Both are kept of their own accord, without what
   * was asked and answered. capture: the operator asked for it.
   */
  readonly kind: 'error' | 'retried' | 'capture';
  readonly receivedAtMs: number;
  /** Name of the route, e.g. "chat.completions". */
  readonly route: string;
  readonly clientId?: string;
  readonly conversationId?: string;
  readonly agentId?: string;
  readonly dialectIn?: DialectId;
  readonly use: Use | 'resource';
  readonly request: CapturedRequest;
  /** Only in captures. */
  readonly reply?: CapturedReply;
  readonly attempts: readonly CapturedAttempt[];
  /** Absent where it ended before anybody was looked for. */
  readonly choices?: CapturedChoices;
  readonly outcome: CapturedOutcome;
  readonly error?: CapturedError;
}
