// What sending a captured request again has shown. Types alone, so that a browser may read them too.

import type { Usage } from '../../core/model/usage.ts';

/** Where a request is sent again; nothing given: as it was asked, through the configuration of this moment. */
export interface ReplayTarget {
  readonly model?: string;
  /** Id of the upstream that alone may serve it. */
  readonly upstream?: string;
}

/** A call of a tool. */
export interface ReplayToolCall {
  readonly name: string;
  /** JSON as the model wrote it. */
  readonly arguments: string;
}

/** One of the two answers, in no format's words. */
export interface ReplayAnswer {
  /** Id of its exchange in the ledger. */
  readonly exchangeId: string;
  readonly status: number;
  readonly model?: string;
  readonly upstreamId?: string;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ReplayToolCall[];
  readonly stop?: string;
  readonly usage?: Usage;
  readonly costNanoUsd?: number;
  /** What the client was told where it failed. */
  readonly error?: string;
  /** Its body could be read as a whole answer; otherwise text and what follows is what could be read. */
  readonly readable: boolean;
  readonly durationMs: number;
  /** Until the first output. */
  readonly firstOutputMs?: number;
}

/** A member in which they differ. */
export interface ReplayDifference {
  readonly member:
    | 'status'
    | 'error'
    | 'model'
    | 'upstream'
    | 'text'
    | 'reasoning'
    | 'toolCalls'
    | 'stop'
    | 'usage'
    | 'cost'
    | 'duration'
    | 'firstOutput';
  readonly before: unknown;
  readonly after: unknown;
  /**
   * Status, error, why it stopped, which tools were called, text where there was none or none where there was. What else
   * differs, above all the words, varies from call to call.
   */
  readonly matters: boolean;
}

/** How they differ. */
export interface ReplayDiff {
  /** Nothing that matters differs. */
  readonly same: boolean;
  readonly differences: readonly ReplayDifference[];
  /** The texts line by line as a unified diff; absent where they are the same. */
  readonly text?: string;
}

/** A request that was sent again. */
export interface ReplayReport {
  readonly request: {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly model?: string;
    readonly streamed: boolean;
    readonly bytes: number;
    readonly to: ReplayTarget;
    /** Sentences about what is not as it was when the request came first. */
    readonly notes: readonly string[];
  };
  readonly before: ReplayAnswer;
  readonly after: ReplayAnswer;
  readonly diff: ReplayDiff;
}
