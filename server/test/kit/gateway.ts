// A whole gateway in process on a free loopback port, with the real transport; only its ledger and its log are recorders.

import { createHash } from 'node:crypto';
import type { AdminOutside } from '../../src/admin/parts.ts';
import { type App, type AppParts, createApp } from '../../src/app.ts';
import type { Client, Settings, Timeouts, Upstream } from '../../src/config/settings.ts';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import {
  DEFAULT_HEALTH,
  DEFAULT_LIMIT_POLICY,
  DEFAULT_QUEUE,
  DEFAULT_RETRY,
  DEFAULT_ROUTE,
  type RetryPolicy,
  type RoutingRoute,
} from '../../src/core/routing/policy.ts';
import type { Standing } from '../../src/core/routing/standing.ts';
import type { OperatorVault } from '../../src/exchange/operator/operator.ts';
import type {
  AnswerCache,
  Details,
  Keep,
  LedgerClosing,
  LedgerOpening,
  Lens,
  Observer,
  Prices,
  Spending,
  StateStore,
} from '../../src/exchange/ports.ts';
import { createTransport } from '../../src/upstream/transport/transport.ts';
import { FakeKeep } from './fake-ports.ts';

/** Speaks everything and has no ways of its own. */
const provider: Provider = {
  id: 'plain',
  name: 'Plain',
  documentation: '',
  bases: {},
  dialects: DIALECT_IDS,
  environment: [],
  owns: [],
};

/** Short enough for tests, long enough for a busy machine. */
const TIMEOUTS: Timeouts = {
  connectMs: 5_000,
  headersMs: 15_000,
  answerMs: 15_000,
  firstOutputMs: 15_000,
  idleMs: 15_000,
  totalMs: 20_000,
};

/** What a test says of an upstream; the rest is plain. */
export type UpstreamSetup = Partial<Omit<Upstream, 'keys' | 'timeouts' | 'provider'>> & {
  readonly origin: string;
  /** Secrets; their ids are k1, k2, … */
  readonly secrets?: readonly string[];
  readonly timeouts?: Partial<Timeouts>;
  readonly provider?: Partial<Provider>;
};

/** An upstream that speaks all four dialects below one origin. */
function upstreamAt(setup: UpstreamSetup): Upstream {
  const { origin, secrets, timeouts, provider: own, ...rest } = setup;
  return {
    id: 'one',
    enabled: true,
    priority: 0,
    dialects: DIALECT_IDS,
    baseUrls: Object.fromEntries(DIALECT_IDS.map((dialect) => [dialect, origin])),
    models: [],
    aliases: {},
    headers: {},
    proxy: undefined,
    convert: DIALECT_IDS,
    streaming: 'any',
    lossy: undefined,
    traits: [],
    weight: 1,
    limits: undefined,
    keyLimits: undefined,
    modelLimits: [],
    prices: [],
    ...rest,
    provider: { ...provider, ...own },
    keys: (secrets ?? ['sk-upstream-secret-0001']).map((secret, index) => ({ id: `k${index + 1}`, secret })),
    timeouts: { ...TIMEOUTS, ...timeouts },
  };
}

/** A client with a key. */
export function clientWithKey(id: string, key: string): Client {
  return { id, enabled: true, keyHash: createHash('sha256').update(key).digest('hex') };
}

/** What a test says of the configuration. */
export interface GatewaySetup {
  readonly upstreams: readonly UpstreamSetup[];
  readonly aliases?: Readonly<Record<string, string>>;
  readonly clients?: readonly Client[];
  readonly maxAttempts?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** The route of everything, and routes before it. */
  readonly route?: Partial<RoutingRoute>;
  readonly routes?: readonly Partial<RoutingRoute>[];
  readonly health?: Partial<Settings['health']>;
  readonly queue?: Partial<Settings['queue']>;
  readonly limits?: Partial<Settings['limits']>;
  readonly server?: Partial<Settings['server']>;
  readonly conversion?: Partial<Settings['conversion']>;
  readonly cache?: Partial<Settings['cache']>;
  /** What outlives the gateway; a keep in memory unless told otherwise. */
  readonly keep?: Keep;
  /** What the pool knows across restarts; nothing unless told otherwise. */
  readonly state?: StateStore;
  /** Answers that may be given again; kept in memory unless told otherwise. */
  readonly answers?: AnswerCache;
  /** What models cost; nobody knows unless told otherwise. */
  readonly prices?: Prices;
  /** What clients have spent before; nothing is asked unless told otherwise. */
  readonly spending?: Spending;
  readonly observers?: readonly Observer[];
  readonly lenses?: readonly Lens[];
  /** The admin API and its operator; there is none unless told otherwise. */
  readonly admin?: { readonly outside: AdminOutside; readonly vault: OperatorVault };
  /** Where details of exchanges are kept; nowhere unless told otherwise. */
  readonly details?: Details;
  readonly metrics?: Settings['metrics'];
  /** What the gateway is made of besides, in place of all of the above. */
  readonly parts?: Partial<AppParts>;
}

/** The configuration of a gateway under test. */
export function settingsOf(setup: GatewaySetup): Settings {
  // One attempt for each candidate, and turns that depend on nothing: tests of repeats and of affinity ask for them.
  const retry = { ...DEFAULT_RETRY, maxAttempts: setup.maxAttempts ?? 3, sameUpstream: 0, ...setup.retry };
  const base: RoutingRoute = { ...DEFAULT_ROUTE, retry, affinity: undefined };
  return {
    origin: { file: undefined, notices: [] },
    server: {
      host: '127.0.0.1',
      port: 0,
      bodyLimitBytes: 64 * 1024 * 1024,
      allowOpen: false,
      allowedHosts: [],
      corsOrigins: [],
      drainMs: 1_000,
      heartbeatMs: 15_000,
      ...setup.server,
    },
    clients: setup.clients ?? [],
    upstreams: setup.upstreams.map(upstreamAt),
    aliases: setup.aliases ?? {},
    routes: [...(setup.routes ?? []).map((route) => ({ ...base, ...route })), { ...base, ...setup.route }],
    health: { ...DEFAULT_HEALTH, ...setup.health },
    queue: { ...DEFAULT_QUEUE, ...setup.queue },
    limits: { ...DEFAULT_LIMIT_POLICY, models: [], ...setup.limits },
    conversion: { preferNative: true, strict: false, lossy: 'refuse', ...setup.conversion },
    cache: { url: undefined, maxBytes: 67_108_864, maxEntryBytes: 1_048_576, ...setup.cache },
    prices: { file: undefined, models: [] },
    storage: { sqlitePath: '', retentionDays: 90 },
    log: { level: 'info', file: undefined },
    ...(setup.metrics && { metrics: setup.metrics }),
  };
}

/** Nothing is ever put aside: for tests that meet one fault after the other with one key. */
export const NEVER_RESTS: Settings['health'] = {
  cooldown: { honorHeaders: true, defaultMs: 0, maxMs: 0 },
  breaker: { failures: 0, openMs: 1 },
  quarantine: { onAuth: false, retestMs: 1 },
};

/** A running gateway. */
export interface Gateway {
  readonly app: App;
  readonly port: number;
  /** The configuration of this moment; assigning is a reload. */
  settings: Settings;
  readonly opened: LedgerOpening[];
  readonly closed: LedgerClosing[];
  readonly keep: FakeKeep;
  /** Every line of the log, as JSON. */
  readonly logged: string[];
  /** What is held against a key, or against it for one of its models. */
  standings(upstreamId: string, keyId: string): Standing[];
  /** Resolves with the row of a request id once it is closed. */
  row(requestId: string | undefined): Promise<LedgerClosing>;
  stop(): Promise<void>;
}

/** Starts a gateway. */
export async function startGateway(setup: GatewaySetup): Promise<Gateway> {
  const state = { settings: settingsOf(setup) };
  const opened: LedgerOpening[] = [];
  const closed: LedgerClosing[] = [];
  const keep = new FakeKeep();
  const logged: string[] = [];
  const waiting: { id: string; resolve: (row: LedgerClosing) => void }[] = [];
  const app = createApp({
    settings: () => state.settings,
    transport: createTransport(),
    ledger: {
      open: (opening) => {
        opened.push(opening);
        return {
          close: (closing) => {
            closed.push(closing);
            for (const one of waiting) if (one.id === closing.id) one.resolve(closing);
          },
        };
      },
      flush: () => Promise.resolve(),
    },
    keep: setup.keep ?? keep,
    state: setup.state ?? { load: () => Promise.resolve([]), save: () => undefined },
    log: {
      exchange: (opening, closing) => void logged.push(JSON.stringify(['exchange', opening, closing])),
      warn: (message, fields) => void logged.push(JSON.stringify(['warn', message, fields])),
      error: (message, fields) => void logged.push(JSON.stringify(['error', message, fields])),
    },
    version: '0.0.0',
    ...(setup.answers && { answers: setup.answers }),
    ...(setup.prices && { prices: setup.prices }),
    ...(setup.spending && { spending: setup.spending }),
    ...(setup.observers && { observers: setup.observers }),
    ...(setup.lenses && { lenses: setup.lenses }),
    ...(setup.admin && { admin: setup.admin.outside, vault: setup.admin.vault }),
    ...(setup.details && { details: setup.details }),
    ...setup.parts,
  });
  const { port } = await app.edge.listen();
  return {
    app,
    port,
    get settings() {
      return state.settings;
    },
    set settings(next) {
      state.settings = next;
    },
    opened,
    closed,
    keep,
    logged,
    standings: (upstreamId, keyId) => {
      const { places } = app.memory.pool;
      const all = [
        places.at('upstream', upstreamId),
        places.at('key', upstreamId, keyId),
        ...places.lanesOf(upstreamId, keyId).map(({ lane }) => lane),
      ];
      return all.flatMap(({ standing }) => standing ?? []);
    },
    row: (requestId) => {
      const found = closed.find((row) => row.id === requestId);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => waiting.push({ id: requestId ?? '', resolve }));
    },
    stop: () => app.stop(0),
  };
}
