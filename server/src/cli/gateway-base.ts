// What every process of a gateway begins with: its log, its settings, the accounts, and a redactor that knows all secrets.

import { systemClock } from '../clock.ts';
import {
  createLiveSettings,
  type LiveSettings,
  type ReloadResult,
  type SettingsReading,
} from '../config/live-settings.ts';
import { formatProblem } from '../config/problem.ts';
import { secretWords } from '../config/secret-words.ts';
import type { Settings } from '../config/settings.ts';
import type { Keep } from '../exchange/ports.ts';
import { createLog, type ModuleLog, type ProgramLog } from '../observe/log.ts';
import { createRedactor, type Redactor } from '../observe/redact.ts';
import { createPrices, type PriceBook } from '../prices/prices.ts';
import { openStores, type StoresOptions } from '../stores/open.ts';
import { openSharedState, type SharedState } from '../stores/shared-state.ts';
import type { LedgerOpened } from '../stores/tables/ledger.ts';
import { createTransport } from '../upstream/transport/transport.ts';
import { vaultFolder } from '../vault/places.ts';
import { type AccountSeam, openAccountSeam } from './account-seam.ts';
import type { Start } from './start-settings.ts';

/** The beginning. */
export interface GatewayBase {
  readonly redactor: Redactor;
  readonly log: ProgramLog;
  readonly accounts: AccountSeam;
  readonly live: LiveSettings;
}

/** Settings that can be used. */
export type GoodReading = SettingsReading & { readonly ok: true };

/** Begins on a reading of the settings. */
export function openBase(
  start: Start,
  reading: GoodReading,
): { readonly ok: true; readonly base: GatewayBase } | { readonly ok: false; readonly message: string } {
  const { settings } = reading;
  const redactor = createRedactor();
  redactor.know(secretsOf(settings));
  const logged = createLog({ ...settings.log, terminal: process.stdout.isTTY, redactor });
  if (!logged.ok) return logged;
  const { log } = logged;
  const accounts = openAccountSeam({
    vault: () => start.vault.opened(),
    transport: createTransport(),
    log,
  });
  const live = liveSettings(start, reading, log, redactor, accounts.tokens);
  accounts.onToken(() => redactor.know([...secretsOf(live.current()), ...accounts.tokens()]));
  return { ok: true, base: { redactor, log, accounts, live } };
}

/** What models cost, by the settings of the moment. */
export function openPrices({ live, log }: Pick<GatewayBase, 'live' | 'log'>): PriceBook {
  return createPrices({
    settings: () => live.current(),
    onTrouble: (message) => log.of('prices').error(message),
  });
}

/** What several gateways share, as the settings say. `keep`: this gateway's own. */
export function openSharedOf(
  { state, cache }: Settings,
  keep: Keep,
  { log }: Pick<GatewayBase, 'log'>,
): SharedState {
  return openSharedState({
    state,
    cache,
    keep,
    clock: systemClock,
    log: log.of(state === undefined ? 'cache' : 'storage'),
    ...(state === undefined ? {} : { limitMs: state.timeoutMs }),
  });
}

/** Opens the stores of the settings. */
export async function openStoresOf(
  settings: Settings,
  { log, redactor }: Pick<GatewayBase, 'log' | 'redactor'>,
  share?: StoresOptions['share'],
): Promise<LedgerOpened> {
  const { sqlitePath, postgresUrl, spoolBytes, retentionDays, maxBytes } = settings.storage;
  const stores = await openStores({
    location: postgresUrl ?? sqlitePath,
    dataFolder: vaultFolder(settings),
    spoolBytes,
    retentionDays,
    maxBytes: maxBytes ?? 0,
    onTrouble: (message) => log.of('storage').error(message),
    redact: (text) => redactor.redact(text),
    ...(share === undefined ? {} : { share }),
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

function liveSettings(
  start: Start,
  reading: SettingsReading & { readonly ok: true },
  log: ProgramLog,
  redactor: Redactor,
  tokens: () => readonly string[],
): LiveSettings {
  const live = createLiveSettings({
    initial: { settings: reading.settings, snapshot: reading.snapshot },
    read: () => start.read(),
    report: (result) => reportReload(result, log.of('config')),
  });
  live.onSwap((next) => {
    redactor.know([...secretsOf(next), ...tokens()]);
    log.setLevel(next.log.level, next.log.levels ?? {});
  });
  return live;
}

/** What must never be seen: the keys of all upstreams and the passwords of their proxies and of servers of databases. */
function secretsOf(settings: Settings): string[] {
  const { cache, state, storage, upstreams, metrics } = settings;
  const urls = [cache.url, state?.url, storage.postgresUrl, ...upstreams.map(({ proxy }) => proxy)];
  const passwords = secretWords(
    {},
    urls.filter((url) => url !== undefined),
  );
  const ofUpstreams = upstreams.flatMap(({ keys, secrets = [] }) => [
    ...keys.map(({ secret }) => secret),
    ...secrets,
  ]);
  return [...ofUpstreams, ...passwords, metrics?.token ?? ''].filter((secret) => secret !== '');
}

function reportReload(result: ReloadResult, log: ModuleLog): void {
  if (result.swapped) log.info('The configuration was reloaded.');
  else if (result.problems.length > 0)
    log.error('The changed configuration is not valid; the one before stays in force.');
  for (const problem of result.problems) log.warn(formatProblem(problem));
}
