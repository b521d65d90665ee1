// Opens everything that a gateway consists of, in the order in which one part needs the other; what was opened is closed
// again when a later part cannot be.

import type { FoundServer, LogLevelSwitch } from '../admin/parts.ts';
import { type App, createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import type { Settings } from '../config/settings.ts';
import { spendingFrom } from '../exchange/money/ask-spending.ts';
import type { Details } from '../exchange/ports.ts';
import { createCapture } from '../observe/capture/capture.ts';
import { redactedDetails } from '../observe/capture/redacted-details.ts';
import type { ProgramLog } from '../observe/log.ts';
import type { PriceBook } from '../prices/prices.ts';
import type { LedgerStats } from '../stores/tables/ledger.ts';
import { version } from '../version.ts';
import { createAccountControl } from './account-control.ts';
import { openOutside } from './admin-outside.ts';
import { createConfigControl, switchingVault } from './config-control.ts';
import { rememberedWindows } from './context-windows.ts';
import { type GoodReading, openBase, openPrices, openSharedOf, openStoresOf } from './gateway-base.ts';
import type { Headquarters, ServedParts } from './headquarters.ts';
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
  /** What other processes of this gateway are served with. */
  readonly served: Omit<ServedParts, 'onTrouble'>;
  /** Closes what outlives the app, after it has stopped. */
  close(): Promise<void>;
}

/** A gateway, or why there is none, in words for the operator. */
export type GatewayOpening =
  | { readonly ok: true; readonly gateway: OpenGateway }
  | { readonly ok: false; readonly message: string };

/** Opens a gateway on a reading of its settings. */
export async function openGateway(
  start: Start,
  reading: GoodReading,
  options: StartOptions,
  headquarters?: Headquarters,
): Promise<GatewayOpening> {
  const { settings } = reading;
  const based = openBase(start, reading);
  if (!based.ok) return based;
  const { redactor, log, accounts, live } = based.base;
  const { crew } = headquarters ?? {};
  const observed = await startObservation({ live, redactor, log, version, env: process.env, crew });
  if (!observed.ok) return observed;
  const { observation } = observed;
  const stores = await openStoresOf(
    settings,
    based.base,
    headquarters && ((start) => headquarters.share(start)),
  );
  const giveUp = async (message: string): Promise<GatewayOpening> => {
    if (stores.ok) await stores.ledger.shut();
    await observation.shut();
    await log.close();
    return { ok: false, message };
  };
  if (!stores.ok) return giveUp(stores.message);
  const { ledger, queries } = stores;

  const { dashboardPage } = await import('../admin/page.ts');
  const shared = openSharedOf(settings, stores.keep, based.base);
  const { answers } = shared;
  // Where others relay, nobody else here would find out whether the server of the cache is there.
  if (headquarters !== undefined) void answers.get('');
  const details = redactedDetails(stores.details, redactor);
  const capture = createCapture({ details, redactor, clock: systemClock, log });
  const contextWindow = rememberedWindows();
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
      capture: headquarters?.capture(capture.control) ?? capture.control,
      bundle: (ids) => captureBundle(details, ids, live.current()),
      feed: observation.feed,
      accounts: createAccountControl({ seam: accounts, vault: start.vault, live }),
      contextWindow,
      logLevel: headquarters?.logLevel(logSwitch(live, log)) ?? logSwitch(live, log),
    },
  });
  if (!opened.ok) {
    shared.close();
    return giveUp(opened.message);
  }
  const prices = openPrices(based.base);
  const app = createApp({
    ...stores,
    keep: shared.keep,
    sharedNotes: shared.notes ?? headquarters?.notes(),
    limitStore: shared.limits ?? headquarters?.limits(),
    crew,
    settings: () => live.current(),
    prices,
    spending: spendingFrom(queries, ledger),
    transport: accounts.transport,
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
    shared.close();
    await ledger.shut();
    await observation.shut();
    await log.close();
  };
  const { observers, keyEvent } = observation.parts;
  const served = {
    observers,
    keyEvent,
    answers,
    keep: shared.keep,
    queries,
    details,
    listenPrivately: (path: string) => app.edge.listenPrivately(path),
  };
  return { ok: true, gateway: { app, live, log, prices, createdKey: opened.created, served, close } };
}

/** How long a model server on this machine may take to answer when the operator asks for them. */
const LOCAL_ANSWER_MS = 1_000;

/** Loaded when the operator first asks. */
async function localServers(gatewayPort: number): Promise<readonly FoundServer[]> {
  const { findLocalServers } = await import('../upstream/discover.ts');
  return findLocalServers({ gatewayPort, answerMs: LOCAL_ANSWER_MS });
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
