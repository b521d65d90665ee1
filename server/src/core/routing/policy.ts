// What an operator can say about routing, as data: how candidates are ordered and asked, what is tried again, how long
// keys rest, how much of what may be used. Times are milliseconds.

/** How candidates of one priority are ordered. */
export type Order =
  | 'fill_first'
  | 'round_robin'
  | 'random'
  | 'sticky'
  | 'lru'
  | 'least_used'
  | 'least_in_flight'
  | 'lowest_latency'
  | 'weighted'
  | 'cheapest';

/** Every order there is. */
export const ORDERS: readonly Order[] = [
  'fill_first',
  'round_robin',
  'random',
  'sticky',
  'lru',
  'least_used',
  'least_in_flight',
  'lowest_latency',
  'weighted',
  'cheapest',
];

/**
 * How candidates are asked. serial: one after the other. hedged: the next one joins when the first has shown nothing for
 * `delayMs` ("p95": longer than 95 of 100 usually take), for at most the share `budget` of requests. race: several at once.
 */
export type DispatchMode =
  | { readonly type: 'serial' }
  | {
      readonly type: 'hedged';
      readonly delayMs: number | 'p95';
      readonly maxParallel: number;
      readonly budget: number;
    }
  | { readonly type: 'race'; readonly maxParallel: number };

/**
 * What is tried again: an HTTP status ("429"), a class ("5xx"), `network` (no connection, a broken or late answer),
 * `empty` (an answer without anything in it), `auth` (a refused key or an empty account, on another key), `model` (it
 * does not have the model, on another upstream).
 */
export type RetryOn = string;

/** When and how often something is tried again before any output. */
export interface RetryPolicy {
  /** All attempts of one request together. */
  readonly maxAttempts: number;
  /** How often one candidate is asked again, when no other is left. */
  readonly sameUpstream: number;
  readonly on: readonly RetryOn[];
  /** Waits before the same candidate is asked again: full jitter up to initialMs × 2ⁿ, at most maxMs. */
  readonly backoff: { readonly initialMs: number; readonly maxMs: number };
  /** At most this share of requests of the last ten seconds may be repeats to the same candidate. */
  readonly budget: number;
}

/** How keys, models and upstreams are put aside. */
export interface HealthPolicy {
  readonly cooldown: {
    /** Believe what the provider says about when to come back. */
    readonly honorHeaders: boolean;
    /** When it says nothing. */
    readonly defaultMs: number;
    /** The longest rest, unless the provider names a daily reset. */
    readonly maxMs: number;
  };
  /** So many failures in a row put a candidate aside for openMs; 0 failures: never. */
  readonly breaker: { readonly failures: number; readonly openMs: number };
  /** A key that was refused is left alone until it is tested again: by hand, or by one request after retestMs. */
  readonly quarantine: { readonly onAuth: boolean; readonly retestMs: number };
}

/** How much may be used. Absent: no limit; 0: nothing. */
export interface Limits {
  /** Requests in a minute and in a day. */
  readonly rpm?: number;
  readonly rpd?: number;
  /** Tokens, input and output together, in a minute and in a day. */
  readonly tpm?: number;
  readonly tpd?: number;
  /** Requests at the same time. */
  readonly concurrency?: number;
}

/** Limits of the models that match one of the globs. */
export interface ModelLimits {
  readonly models: readonly string[];
  readonly limits: Limits;
}

/** How limits count. */
export interface LimitPolicy {
  /** sliding: the last 60 seconds. fixed: minutes of the clock. */
  readonly window: 'sliding' | 'fixed';
  /** IANA name of the zone in which days begin. */
  readonly timeZone: string;
}

/** Requests that wait for capacity. */
export interface QueuePolicy {
  readonly maxWaitMs: number;
  /** All together, and of one client. */
  readonly maxSize: number;
  readonly maxPerClient: number;
}

/** How answers are given again. */
export interface ReusePolicy {
  /** How long an answer is fresh. */
  readonly ttlMs: number;
  /** How long after that it still stands in when the upstreams fail. */
  readonly staleMs: number;
  /** client: to the same client only. shared: to every client of the route. */
  readonly scope: 'client' | 'shared';
  /** Only where the same question is meant to get the same answer. */
  readonly deterministicOnly: boolean;
}

/** What holds where a cache is switched on without saying how. */
export const DEFAULT_REUSE: ReusePolicy = {
  ttlMs: 600_000,
  staleMs: 0,
  scope: 'client',
  deterministicOnly: true,
};

/** How the requests of one route are served. */
export interface RoutePolicy {
  readonly order: Order;
  /** Requests of one conversation stay with the key that served the last one for so long; undefined: they do not. */
  readonly affinity: { readonly ttlMs: number } | undefined;
  readonly dispatch: DispatchMode;
  readonly retry: RetryPolicy;
  /** What happens when every candidate is cooling or out of quota. */
  readonly onExhausted: 'refuse' | 'wait';
  /** What happens when a stream dies after output: it ends with an error, or another candidate goes on with it. */
  readonly streamFailure: 'error' | 'resume';
  /** Which model name an answer shows: the one that was asked for, or the upstream's. */
  readonly echoModel: 'alias' | 'upstream';
  /** Marks for the provider's prompt cache: as the client set them, or one of ours where it set none. */
  readonly promptCacheMarks: 'client' | 'auto';
  /** Answers are given again to the same question; undefined: never. */
  readonly cache: ReusePolicy | undefined;
  /** Stands in where a request names no model. */
  readonly defaultModel: string | undefined;
  /** Takes the place of every request's model. */
  readonly forceModel: string | undefined;
}

/** A route: whom it is for, and how they are served. An empty list means everyone or everything. */
export interface RoutingRoute extends RoutePolicy {
  readonly id: string;
  /** Globs of the models that are asked for. */
  readonly models: readonly string[];
  /** Globs of client ids. */
  readonly clients: readonly string[];
  /** Ids of the only upstreams that serve it. */
  readonly upstreams: readonly string[];
}

/** What holds where nothing is configured. */
export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 3,
  sameUpstream: 1,
  on: ['408', '409', '425', '429', '5xx', 'network', 'empty', 'auth', 'model'],
  backoff: { initialMs: 500, maxMs: 8_000 },
  budget: 0.2,
};

/** See DEFAULT_RETRY. */
export const DEFAULT_HEALTH: HealthPolicy = {
  cooldown: { honorHeaders: true, defaultMs: 15_000, maxMs: 3_600_000 },
  breaker: { failures: 5, openMs: 60_000 },
  quarantine: { onAuth: true, retestMs: 600_000 },
};

/** See DEFAULT_RETRY. */
export const DEFAULT_QUEUE: QueuePolicy = { maxWaitMs: 60_000, maxSize: 1_000, maxPerClient: 100 };

/** See DEFAULT_RETRY. */
export const DEFAULT_LIMIT_POLICY: LimitPolicy = { window: 'sliding', timeZone: 'UTC' };

/** See DEFAULT_RETRY. */
export const DEFAULT_ROUTE: RoutingRoute = {
  id: 'default',
  models: [],
  clients: [],
  upstreams: [],
  order: 'round_robin',
  affinity: { ttlMs: 3_600_000 },
  dispatch: { type: 'serial' },
  retry: DEFAULT_RETRY,
  onExhausted: 'refuse',
  streamFailure: 'error',
  echoModel: 'alias',
  promptCacheMarks: 'client',
  cache: undefined,
  defaultModel: undefined,
  forceModel: undefined,
};
