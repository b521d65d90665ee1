// What is asked when the metrics are read: each a function of the part that knows. What is absent has no series.

/** How many of something are in a state. */
export interface StateCount {
  readonly upstreamId: string;
  readonly state: string;
  readonly count: number;
}

/** What the pool knows of upstreams and keys. */
export interface PoolGauges {
  /** State of each upstream as a whole, and its attempts on their way. */
  readonly upstreams: readonly {
    readonly upstreamId: string;
    readonly state: string;
    readonly inFlight: number;
  }[];
  readonly keys: readonly { readonly upstreamId: string; readonly keyId: string; readonly state: string }[];
  /** Pairs of key and model that are set aside. */
  readonly keyModels: readonly StateCount[];
  /** Used parts of limits, 0 to 1. Of keys, the one that has used most. */
  readonly limits: readonly {
    readonly upstreamId: string;
    readonly level: 'upstream' | 'key' | 'model';
    readonly kind: string;
    readonly usedRatio: number;
  }[];
  readonly clients: readonly {
    readonly clientId: string;
    readonly kind: string;
    readonly usedRatio: number;
  }[];
}

/** How a client stands with one of its budgets. Money in nano-US-dollars. */
export interface BudgetGauge {
  readonly client: string;
  readonly per: string;
  readonly limitNanoUsd: number;
  readonly spentNanoUsd: number;
  readonly reservedNanoUsd: number;
}

/** All that can be asked. */
export interface MetricSources {
  readonly version?: string;
  /** Exchanges on their way. */
  inFlight?(): number;
  /** Requests that wait. */
  queued?(): number;
  pool?(): PoolGauges;
  cache?(): Promise<CacheGauges> | CacheGauges;
  ledger?(): { readonly waiting: number; readonly lost: number };
  budgets?(): readonly BudgetGauge[];
  /** Spans of traces since the start. */
  spans?(): { readonly exported: number; readonly lost: number };
  /** Lines that the log folder did not take. */
  logLost?(): number;
}

/** What the response cache holds. */
export interface CacheGauges {
  readonly entries: number;
  readonly bytes: number;
}
