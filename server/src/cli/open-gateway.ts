// Opens everything that a gateway consists of, in the order in which one part needs the other; what was opened is closed
// again when a later part cannot be.

import type { FoundServer, LogLevelSwitch } from '../admin/parts.ts';
import { type App, createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import {
  createLiveSettings,
  type LiveSettings,
  type ReloadResult,
  type SettingsReading,
} from '../config/live-settings.ts';
import { formatProblem } from '../config/problem.ts';
import type { Settings } from '../config/settings.ts';
import { spendingFrom } from '../exchange/money/ask-spending.ts';
import type { Details } from '../exchange/ports.ts';
import { createCapture } from '../observe/capture/capture.ts';
import { redactedDetails } from '../observe/capture/redacted-details.ts';
import { createLog, type ModuleLog, type ProgramLog } from '../observe/log.ts';
import { createRedactor, type Redactor } from '../observe/redact.ts';
import { createPrices, type PriceBook } from '../prices/prices.ts';
import { createAnswers } from '../stores/answers.ts';
import { openStores } from '../stores/open.ts';
import type { LedgerOpened, LedgerStats } from '../stores/sqlite/ledger.ts';
import { createTransport } from '../upstream/transport/transport.ts';
import { version } from '../version.ts';
import { openOutside } from './admin-outside.ts';
import { createConfigControl, switchingVault } from './config-control.ts';
import { startObservation } from './observation.ts';
import { isDemo, type Start, type StartOptions } from './start-settings.ts';

/** A gateway that is ready to listen. */
export interface OpenGateway {
  readonly app: App;
  readonly live: LiveSettings;
  readonly log: ProgramLog;
  readonly prices: PriceBook;
  /** The admin key, where it was made just now: it is known this once. */
  readonly createdKey: string | undefined;
  /** Closes what outlives the app, after it has stopped. */
  close(): Promise<void>;
}

/** A gateway, or why there is none, in words for the operator. */
export type GatewayOpening =
  | { readonly ok: true; readonly gateway: OpenGateway }
  | { readonly ok: false; readonly message: string };

type GoodReading = SettingsReading & { readonly ok: true };

/** Opens a gateway on a reading of its settings. */
export async function openGateway(
  start: Start,
  reading: GoodReading,
  options: StartOptions,
): Promise<GatewayOpening> {
  const { settings } = reading;
  const redactor = createRedactor();
  redactor.know(secretsOf(settings));
  const logged = createLog({ ...settings.log, terminal: process.stdout.isTTY, redactor });
  if (!logged.ok) return logged;
  const { log } = logged;
  const live = liveSettings(start, reading, log, redactor);
  const observed = await startObservation({ live, redactor, log, version, env: process.env });
  if (!observed.ok) return observed;
  const { observation } = observed;
  const stores = await openStoresOf(settings, log, redactor);
  const giveUp = async (message: string): Promise<GatewayOpening> => {
    if (stores.ok) await stores.ledger.shut();
    await observation.shut();
    await log.close();
    return { ok: false, message };
  };
  if (!stores.ok) return giveUp(stores.message);
  const { ledger, queries } = stores;

  const { dashboardPage } = await import('../admin/page.ts');
  const answers = createAnswers(settings.cache, systemClock, log.of('cache'));
  const details = redactedDetails(stores.details, redactor);
  const capture = createCapture({ details, redactor, clock: systemClock, log });
  const opened = await openOutside({
    settings,
    env: process.env,
    log: log.of('admin'),
    parts: {
      ...createConfigControl({ start, live, env: options.env, overrides: options.overrides }),
      demo: () => isDemo(live.current()),
      environment: options.env,
      localServers,
      queries,
      ledger: () => ledgerHealth(ledger.stats()),
      capture: capture.control,
      bundle: (ids) => captureBundle(details, ids, live.current()),
      feed: observation.feed,
      logLevel: logSwitch(live, log),
    },
  });
  if (!opened.ok) return giveUp(opened.message);
  const prices = createPrices({
    settings: () => live.current(),
    onTrouble: (message) => log.of('prices').error(message),
  });
  const app = createApp({
    ...stores,
    settings: () => live.current(),
    prices,
    spending: spendingFrom(queries, ledger),
    transport: createTransport(),
    answers,
    log,
    version,
    page: dashboardPage(),
    vault: switchingVault(start.vault, live),
    admin: opened.outside,
    ...observation.parts,
    lenses: [capture.lens, ...observation.parts.lenses],
    details,
  });
  observation.watch(app, { cache: () => answers.stats(), ledger: () => ledgerHealth(ledger.stats()) });
  await app.restore();
  const close = async (): Promise<void> => {
    await ledger.shut();
    await observation.shut();
    await log.close();
  };
  return { ok: true, gateway: { app, live, log, prices, createdKey: opened.created, close } };
}

/** How long a model server on this machine may take to answer when the operator asks for them. */
const LOCAL_ANSWER_MS = 1_000;

/** Loaded when the operator first asks. */
async function localServers(gatewayPort: number): Promise<readonly FoundServer[]> {
  const { findLocalServers } = await import('../upstream/discover.ts');
  return findLocalServers({ gatewayPort, answerMs: LOCAL_ANSWER_MS });
}

async function openStoresOf(settings: Settings, log: ProgramLog, redactor: Redactor): Promise<LedgerOpened> {
  const { sqlitePath, retentionDays, maxBytes } = settings.storage;
  const stores = await openStores({
    location: sqlitePath,
    retentionDays,
    maxBytes: maxBytes ?? 0,
    onTrouble: (message) => log.of('storage').error(message),
    redact: (text) => redactor.redact(text),
  });
  const interrupted = stores.ok ? stores.ledger.interrupted : 0;
  if (interrupted > 0)
    log
      .of('storage')
      .warn(
        `${interrupted} exchanges were cut off when the gateway last ended; their rows say "interrupted".`,
      );
  return stores;
}

function ledgerHealth({ waiting, unconfirmed, lost }: LedgerStats): { waiting: number; lost: number } {
  return { waiting: waiting + unconfirmed, lost };
}

async function captureBundle(
  details: Details,
  ids: readonly string[],
  settings: Settings,
): Promise<object | undefined> {
  const { gatherBundle } = await import('../exchange/replay/bundle.ts');
  return gatherBundle(details, ids, { version, nowMs: Date.now(), settings });
}

/** The level of the log; a change of the configuration takes the place of what was set here. */
function logSwitch(live: LiveSettings, log: ProgramLog): LogLevelSwitch {
  let { level } = live.current().log;
  live.onSwap((next) => {
    level = next.log.level;
  });
  return {
    get: () => level,
    set: (wanted) => {
      level = wanted;
      log.setLevel(wanted);
    },
  };
}

function liveSettings(
  start: Start,
  reading: SettingsReading & { readonly ok: true },
  log: ProgramLog,
  redactor: Redactor,
): LiveSettings {
  const live = createLiveSettings({
    initial: { settings: reading.settings, snapshot: reading.snapshot },
    read: () => start.read(),
    report: (result) => reportReload(result, log.of('config')),
  });
  live.onSwap((next) => {
    redactor.know(secretsOf(next));
    log.setLevel(next.log.level, next.log.levels ?? {});
  });
  return live;
}

/** What must never be seen: the keys of all upstreams and the passwords of their proxies. */
function secretsOf(settings: Settings): string[] {
  const cached =
    settings.cache.url === undefined ? '' : decodeURIComponent(new URL(settings.cache.url).password);
  const ofUpstreams = settings.upstreams.flatMap(({ keys, proxy, secrets = [] }) => {
    const password = proxy === undefined ? '' : decodeURIComponent(new URL(proxy).password);
    return [...keys.map(({ secret }) => secret), ...secrets, password];
  });
  return [...ofUpstreams, cached, settings.metrics?.token ?? ''].filter((secret) => secret !== '');
}

function reportReload(result: ReloadResult, log: ModuleLog): void {
  if (result.swapped) log.info('The configuration was reloaded.');
  else if (result.problems.length > 0)
    log.error('The changed configuration is not valid; the one before stays in force.');
  for (const problem of result.problems) log.warn(formatProblem(problem));
}
