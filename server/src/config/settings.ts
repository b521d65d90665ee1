// The resolved, immutable configuration that the running gateway reads. A reload makes a new one; a request keeps the
// one it began with.

import type { Budget } from '../core/budgets/budget.ts';
import type { Lossy } from '../core/conversion/policy.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import type { TraitsOverride } from '../core/model/traits.ts';
import type { Price } from '../core/pricing/price.ts';
import type { AccountAddresses } from '../core/providers/account.ts';
import type { Provider } from '../core/providers/provider.ts';
import type {
  HealthPolicy,
  LimitPolicy,
  Limits,
  ModelLimits,
  QueuePolicy,
  RoutingRoute,
} from '../core/routing/policy.ts';
import type { LogLevel, LogLevelsConfig } from './schema/log.ts';

/** Milliseconds each stage of an exchange may take; see docs/reference/config.md. */
export interface Timeouts {
  readonly connectMs: number;
  /** Until the headers of a streamed answer. */
  readonly headersMs: number;
  /** Until the headers of an answer that is not streamed: a model sends them only when it has finished. */
  readonly answerMs: number;
  readonly firstOutputMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** One key of an upstream. The id is derived from the secret, so it is stable over reloads and safe to show. */
export interface UpstreamKey {
  readonly id: string;
  readonly secret: string;
  /** Id of the stored account that is used in the place of a secret, which is then ''. */
  readonly account?: string;
  /** Keys of a higher rank come before the others of their upstream; a whole number below 1000, 0 where absent. */
  readonly rank?: number;
  /** What the operator calls it. */
  readonly name?: string;
  /** Taken out of use by the operator. */
  readonly disabled?: true;
  /** Its share among the keys of its upstream, for the order `weighted`; 1 where absent. */
  readonly weight?: number;
  /** Its own limits; where absent, the `keyLimits` of its upstream. */
  readonly limits?: Limits;
}

/** What models cost at an upstream. */
export interface ModelPrice {
  readonly models: readonly string[];
  /** undefined: that of the model `as`. */
  readonly price: Price | undefined;
  /** A model of the built-in price list. */
  readonly as?: string;
}

/** What models cost at some upstreams. */
export interface PlacedPrice {
  /** Glob of ids of providers or upstreams. */
  readonly place: string;
  /** Glob of model names. */
  readonly model: string;
  /** undefined: that of the model `as`. */
  readonly price: Price | undefined;
  /** A model of the built-in price list. */
  readonly as?: string;
}

/** One configured base URL with keys. */
export interface Upstream {
  readonly id: string;
  readonly provider: Provider;
  readonly enabled: boolean;
  /** Higher is tried first. */
  readonly priority: number;
  readonly dialects: readonly DialectId[];
  /** Base URL per dialect; every dialect of `dialects` has one. May carry a query, which is kept. */
  readonly baseUrls: Readonly<Partial<Record<DialectId, string>>>;
  /** At least one; a keyless local server has one with an empty secret. */
  readonly keys: readonly UpstreamKey[];
  /** Globs of the models it offers; empty = any. */
  readonly models: readonly string[];
  /** alias → model; exact > longest `prefix*` > `*`. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Request headers set (string) or removed (null) by the operator, lower-case names. */
  readonly headers: Readonly<Record<string, string | null>>;
  /** What is secret in its headers and addresses; absent where nothing is. */
  readonly secrets?: readonly string[];
  /** http://, https://, socks5:// or socks5h:// proxy for this upstream. */
  readonly proxy: string | undefined;
  readonly timeouts: Timeouts;
  /** Formats of clients that are converted for it where it does not speak them itself. */
  readonly convert: readonly DialectId[];
  /** Whether it streams: as asked, always, or never. The gateway makes up for the difference. */
  readonly streaming: 'any' | 'always' | 'never';
  /** What to do with a request that has something the upstream's format cannot carry; undefined: as `conversion` says. */
  readonly lossy: Lossy | undefined;
  /** The operator's word on what its models take, by globs of their names. */
  readonly traits: readonly ModelTraitsEntry[];
  /** Its share among upstreams of its priority, for the order `weighted`. */
  readonly weight: number;
  /** Limits of the upstream as a whole, and of each of its keys. */
  readonly limits: Limits | undefined;
  readonly keyLimits: Limits | undefined;
  /** Limits of each key for some models. The first entry that matches counts. */
  readonly modelLimits: readonly ModelLimits[];
  readonly prices: readonly ModelPrice[];
  /** Where its accounts are renewed and asked about, where that is not the preset's. */
  readonly accounts?: AccountAddresses;
}

/** Traits of the models that match one of the globs. */
export interface ModelTraitsEntry {
  readonly models: readonly string[];
  readonly traits: TraitsOverride;
}

/** An upstream as it stands in the configuration file, before validation. A type and not an interface: it is JSON. */
export type UpstreamEntry = {
  readonly id: string;
  readonly provider: string;
  readonly keys?: string[];
  readonly baseUrl?: string | Readonly<Partial<Record<DialectId, string>>>;
  readonly models?: string[];
  readonly aliases?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One program or person that may call the gateway. */
export interface Client {
  readonly id: string;
  readonly enabled: boolean;
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  readonly limits?: Limits;
  /** For people; the id where absent. */
  readonly name?: string;
  /** From this moment on (ms since 1970) the key is refused. */
  readonly expiresAtMs?: number;
  /** Globs of the models and of the ids of upstreams that it may use; absent: all. */
  readonly models?: readonly string[];
  readonly upstreams?: readonly string[];
  /** What it may spend. Never empty. */
  readonly budgets?: readonly Budget[];
  /** Under a budget: whether it may use what has no known price, which no budget can count. Absent: refuse. */
  readonly unpricedModels?: 'refuse' | 'allow';
}

/** Where the configuration came from, for the banner and `sluice config`. */
export interface SettingsOrigin {
  /** Absolute path of the file, if there is one. */
  readonly file: string | undefined;
  /** Sentences about what was found elsewhere (environment, local servers, demo), in order. */
  readonly notices: readonly string[];
}

/** What several gateways share. */
export interface StateSettings {
  /** Of a Redis or Valkey server; a secret. */
  readonly url: string;
  /** What all names in it begin with. */
  readonly prefix: string;
  /** How many gateways there may be, for one that cannot ask; absent: 1. */
  readonly instances?: number;
  /** The longest that a request waits for it. */
  readonly timeoutMs: number;
}

/** Where answers are kept that are given again. */
export interface CacheSettings {
  /** redis:// or rediss:// URL, which may hold a password; undefined: in memory. */
  readonly url: string | undefined;
  /** All answers in memory together, and the largest one. */
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
}

/** Everything the running gateway needs to know. */
export interface Settings {
  readonly origin: SettingsOrigin;
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Further ports of the same host; absent: none. */
    readonly compatListeners?: readonly number[];
    readonly bodyLimitBytes: number;
    /** Serve without client keys on a non-loopback address. */
    readonly allowOpen: boolean;
    /** Host names accepted in the Host header besides loopback names and the bound address. */
    readonly allowedHosts: readonly string[];
    /** Addresses and networks of proxies whose X-Forwarded-For is believed; absent: none. */
    readonly trustedProxies?: readonly string[];
    /** Origins that browsers may call from; empty = none. */
    readonly corsOrigins: readonly string[];
    /** How long streams in flight may finish after SIGTERM. */
    readonly drainMs: number;
    /** A comment is sent to a streaming client after this much upstream silence. */
    readonly heartbeatMs: number;
    /** How many processes relay; absent: this one alone. */
    readonly workers?: number | 'auto';
  };
  readonly clients: readonly Client[];
  readonly upstreams: readonly Upstream[];
  /** Global aliases, applied before the upstreams' own. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The first that fits a request counts; the last one fits all. At least one. */
  readonly routes: readonly RoutingRoute[];
  readonly health: HealthPolicy;
  readonly queue: QueuePolicy;
  readonly limits: LimitPolicy & {
    /** Limits of models over all upstreams, by the name that is sent. The first entry that matches counts. */
    readonly models: readonly ModelLimits[];
  };
  readonly conversion: {
    /** Among upstreams of one priority, those that speak the client's own format come first. */
    readonly preferNative: boolean;
    /** Refuse also what only makes the answer worse. */
    readonly strict: boolean;
    readonly lossy: Lossy;
  };
  /** Where answers are kept that are given again. */
  readonly cache: CacheSettings;
  /** The server through which several gateways are one; absent: this one is alone. */
  readonly state?: StateSettings | undefined;
  readonly prices: {
    /** Absolute path of the price file, which need not exist; undefined where there is no configuration file. */
    readonly file: string | undefined;
    /** Those of the configuration, then those of the file. The first that matches counts. */
    readonly models: readonly PlacedPrice[];
  };
  readonly storage: {
    /** Absolute path of the SQLite file. With PostgreSQL nothing is there; its folder is the data folder all the same. */
    readonly sqlitePath: string;
    /** postgres:// URL, which may hold a password; absent: the ledger is the SQLite file. */
    readonly postgresUrl?: string | undefined;
    /** The most bytes that rows take in the data folder while PostgreSQL is away. */
    readonly spoolBytes?: number;
    readonly retentionDays: number;
    /** The most bytes that rows and roll-ups take; 0: no limit. */
    readonly maxBytes?: number;
  };
  readonly log: {
    readonly level: LogLevel;
    /** Of parts of the gateway; absent: that of everything. */
    readonly levels?: LogLevelsConfig;
    /** Absolute path, or undefined for standard output. */
    readonly file: string | undefined;
    /** Absolute path of the folder for files of requests, errors and keys; undefined: none are written. */
    readonly folder?: string | undefined;
    readonly maxFileBytes?: number;
    readonly retentionDays?: number;
  };
  /** Who may read the metrics; absent: there are none. */
  readonly metrics?: {
    readonly enabled: boolean;
    /** A secret. */
    readonly token: string | undefined;
    /** Callers on this machine need no token. */
    readonly open: boolean;
    /** Series for each key, by its id. */
    readonly keyLabels: boolean;
  };
}
