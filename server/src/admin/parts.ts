// What the admin API needs of the gateway. Every part but the first few may be missing: its endpoints then answer 501.

import type { ConfigEditor } from '../config/edit/editor.ts';
import type { KeyStore } from '../config/edit/key-store.ts';
import type { Settings, Upstream } from '../config/settings.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Price } from '../core/pricing/price.ts';
import type { CaptureControl } from '../exchange/detail/capture-control.ts';
import type { CaptureRecord } from '../exchange/detail/capture-record.ts';
import type { Discovery } from '../exchange/discover-models.ts';
import type { Guests } from '../exchange/guests.ts';
import type { LedgerQueries } from '../exchange/ledger-queries.ts';
import type { BudgetReport } from '../exchange/money/budget-reports.ts';
import type { Operator } from '../exchange/operator/operator.ts';
import type { AnswerCache, Clock, Log } from '../exchange/ports.ts';
import type { ReplayReport, ReplayTarget } from '../exchange/replay/report.ts';
import type { InFlight } from '../exchange/watching.ts';
import type { Caller } from './app.ts';
import type { SessionShelf } from './auth/sessions.ts';
import type { AccountQuotaView, AccountView, AccountWish } from './contract/accounts.ts';
import type { ClosedEvent } from './contract/live.ts';
import type { ShownPriceView } from './contract/prices.ts';

export type { InFlight } from '../exchange/watching.ts';

/** The key of the admin API. Only its hash is ever at rest. */
export interface AdminKey {
  /** SHA-256 of the key, hex; undefined: there is none, and nobody has it. */
  digest(): string | undefined;
  /** Makes another key, which alone counts from here on; the one place where it can be seen. An error in words for the operator. */
  renew(): Promise<
    { readonly ok: true; readonly key: string } | { readonly ok: false; readonly message: string }
  >;
}

/** One line of the audit log. */
export interface AuditEntry {
  readonly atMs: number;
  /** Id of the request. */
  readonly id: string;
  readonly who: Caller['kind'];
  /** Id of the client, or the public part of a session's id. */
  readonly whoId?: string;
  readonly address: string;
  /** Name of the endpoint: "upstreams.create". */
  readonly action: string;
  /** Path of the request. */
  readonly target: string;
  /** What was changed, without secrets. */
  readonly detail?: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Code of the error, where it was one. */
  readonly error?: string;
}

/** Where changes are noted. Neither method throws or rejects. */
export interface AuditLog {
  add(entry: AuditEntry): void;
  /** The last ones, newest first. `before`: only those before this moment (epoch milliseconds). */
  last(limit: number, before?: number): Promise<readonly AuditEntry[]>;
  /** Resolves when all lines are on disk. */
  flush(): Promise<void>;
}

/** What the ledger says of itself. */
export interface LedgerHealth {
  /** Rows not yet on disk. */
  readonly waiting: number;
  /** Rows that could not be written since the start. */
  readonly lost: number;
}

/** One price as people read it: US dollars for a million tokens. */
export interface ListedPrice {
  readonly upstreamId: string;
  readonly provider: string;
  readonly model: string;
  /** undefined: nobody knows. */
  readonly price: ShownPriceView | undefined;
}

/** The prices. */
export interface PriceBook {
  of(upstream: Upstream, model: string, atMs: number): Price | undefined;
  /** What configuration, price file and catalogue say at a moment. */
  list?(atMs: number): readonly ListedPrice[];
}

/** The switch of the response cache. */
export type CacheControl = Pick<AnswerCache, 'stats' | 'purge'>;

/** The level of the log while the program runs. */
export interface LogLevelSwitch {
  get(): Settings['log']['level'];
  set(level: Settings['log']['level']): void;
}

/** Why an account was not changed. */
export interface AccountFailure {
  readonly ok: false;
  readonly message: string;
  readonly suggestion?: string;
}

/** What became of an account. `found` is false where there is none of this id. */
export type AccountDone = { readonly ok: true; readonly found: boolean } | AccountFailure;

/** Logins that are used in the place of keys; what is changed is in force when the answer is given. Nothing rejects. */
export interface AccountControl {
  list(): Promise<readonly AccountView[]>;
  /** Asks the providers of all accounts that are in use, or of those of one upstream. */
  quotas(upstream?: string): Promise<readonly AccountQuotaView[]>;
  change(id: string, wish: AccountWish): Promise<AccountDone>;
  /** Forgets an account with its login. */
  remove(id: string): Promise<AccountDone>;
  /** Renews the login of an account, and forgets that its quota was used up. */
  renew(id: string): Promise<AccountDone>;
}

/** A model that clients can ask for. */
export interface OfferedModel {
  readonly id: string;
  /** Id of the upstream that offers it, or "alias" or "route". */
  readonly owner: string;
}

/** A model server that answers on this machine. */
export interface FoundServer {
  /** Id of its provider. */
  readonly provider: string;
  readonly providerName: string;
  readonly port: number;
  /** "http://127.0.0.1:11434" */
  readonly origin: string;
  readonly models: readonly string[];
}

/** Everything together. */
export interface AdminParts {
  settings(): Settings;
  readonly operator: Operator;
  /** Proves its bearer to be the operator; undefined while nobody can be. */
  operatorToken(): string | undefined;
  readonly key: AdminKey;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  /** True while new exchanges are taken. */
  ready(): boolean;
  /** True where nothing but the built-in demo model is served. */
  demo(): boolean;
  /** Exchanges on their way. */
  count(): number;
  /** What is on its way, oldest first; asked only while somebody looks. */
  inFlight(): readonly InFlight[];
  /** Requests that wait for a key. */
  waiting?(): number;
  models?(client: string): Promise<readonly OfferedModel[]>;
  /** What upstreams say that they offer. */
  readonly discovery?: Pick<Discovery, 'refresh' | 'last'>;
  /** Clients besides those of the configuration. */
  readonly guests?: Guests;
  /** Where the gateway listens; undefined before it does. */
  listening?(): { readonly host: string; readonly port: number } | undefined;
  /** The environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Asks the loopback ports that model servers use by default, but for the gateway's own. Never rejects. */
  localServers?(gatewayPort: number): Promise<readonly FoundServer[]>;
  readonly config?: ConfigEditor;
  readonly keyStore?: KeyStore;
  readonly accounts?: AccountControl;
  /** How much context a model takes, in tokens, by the price list; 0: nobody knows. */
  contextWindow?(model: string): Promise<number>;
  readonly queries?: LedgerQueries;
  readonly ledger?: () => LedgerHealth;
  readonly prices?: PriceBook;
  readonly budgets?: () => readonly BudgetReport[];
  readonly cache?: CacheControl;
  readonly capture?: CaptureControl;
  replay?(id: string, to: ReplayTarget): Promise<ReplayReport | SluiceError>;
  /** The same with a capture that need not be one of this gateway, such as one out of a bundle. */
  replayRecord?(record: CaptureRecord, to: ReplayTarget): Promise<ReplayReport | SluiceError>;
  /** One JSON object of an exchange's captures, without secrets. */
  bundle?(ids: readonly string[]): Promise<object | undefined>;
  /** Events of exchanges that are over. Answers how to stop listening. */
  readonly feed?: { subscribe(listener: (event: ClosedEvent) => void): () => void };
  readonly logLevel?: LogLevelSwitch;
}

/** What comes from outside of the gateway proper; the rest is known where it is put together. */
export type AdminOutside = Pick<
  AdminParts,
  | 'key'
  | 'audit'
  | 'demo'
  | 'environment'
  | 'localServers'
  | 'config'
  | 'keyStore'
  | 'accounts'
  | 'contextWindow'
  | 'queries'
  | 'ledger'
  | 'prices'
  | 'capture'
  | 'bundle'
  | 'feed'
  | 'logLevel'
> & {
  /** Where sessions are kept over a restart; without it they end with the process. */
  readonly sessions?: SessionShelf;
};
