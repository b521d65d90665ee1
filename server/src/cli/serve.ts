// Runs a gateway from start to stop: settings, ledger, log and app are opened, the banner is shown, and signals are obeyed.

import type { LogLevelSwitch } from '../admin/parts.ts';
import { type App, createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import { checkExposure } from '../config/exposure.ts';
import {
  createLiveSettings,
  type LiveSettings,
  type ReloadResult,
  type SettingsReading,
} from '../config/live-settings.ts';
import { formatProblem } from '../config/problem.ts';
import type { Settings } from '../config/settings.ts';
import { watchConfig } from '../config/watch.ts';
import { spendingFrom } from '../exchange/money/ask-spending.ts';
import type { Details } from '../exchange/ports.ts';
import { createCapture } from '../observe/capture/capture.ts';
import { redactedDetails } from '../observe/capture/redacted-details.ts';
import { createLog, type ModuleLog, type ProgramLog } from '../observe/log.ts';
import { createRedactor, type Redactor } from '../observe/redact.ts';
import { createPrices } from '../prices/prices.ts';
import { createAnswers } from '../stores/answers.ts';
import { openStores } from '../stores/open.ts';
import type { LedgerStats } from '../stores/sqlite/ledger.ts';
import { createTransport } from '../upstream/transport/transport.ts';
import { version } from '../version.ts';
import { openOutside } from './admin-outside.ts';
import { createConfigControl, switchingVault } from './config-control.ts';
import { startObservation } from './observation.ts';
import { findStart, isDemo, type Start, type StartOptions } from './start-settings.ts';
import { banner } from './ui/banner.ts';

/** Serves until a signal ends it. Resolves with the exit code. */
export async function serve(options: StartOptions): Promise<number> {
  const start = await findStart(options);
  const reading = await start.read();
  if (!reading.ok) return refuse(reading.problems.map(formatProblem));
  const exposed = checkExposure(reading.settings);
  if (exposed !== undefined) return refuse([formatProblem(exposed)]);
  for (const warning of reading.warnings) say(formatProblem(warning));

  const { settings } = reading;
  const redactor = createRedactor();
  redactor.know(secretsOf(settings));
  const logged = createLog({ ...settings.log, terminal: process.stdout.isTTY, redactor });
  if (!logged.ok) return refuse([logged.message]);
  const { log } = logged;
  const live = liveSettings(start, reading, log, redactor);
  const observed = await startObservation({ live, redactor, log, version, env: process.env });
  if (!observed.ok) return refuse([observed.message]);
  const { observation } = observed;
  const stores = await openStores({
    location: settings.storage.sqlitePath,
    retentionDays: settings.storage.retentionDays,
    maxBytes: settings.storage.maxBytes ?? 0,
    onTrouble: (message) => log.of('storage').error(message),
    redact: (text) => redactor.redact(text),
  });
  if (!stores.ok) return refuse([stores.message]);
  const { ledger, keep, state } = stores;
  if (ledger.interrupted > 0)
    log
      .of('storage')
      .warn(
        `${ledger.interrupted} exchanges were cut off when the gateway last ended; their rows say "interrupted".`,
      );

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
      queries: stores.queries,
      ledger: () => ledgerHealth(ledger.stats()),
      capture: capture.control,
      bundle: (ids) => captureBundle(details, ids, live.current()),
      feed: observation.feed,
      logLevel: logSwitch(live, log),
    },
  });
  if (!opened.ok) {
    await ledger.shut();
    await observation.shut();
    await log.close();
    return refuse([opened.message]);
  }
  const prices = createPrices({
    settings: () => live.current(),
    onTrouble: (message) => log.of('prices').error(message),
  });
  const app = createApp({
    settings: () => live.current(),
    prices,
    spending: spendingFrom(stores.queries, ledger),
    transport: createTransport(),
    answers,
    ledger,
    keep,
    state,
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
  try {
    const address = await app.edge.listen();
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    const origin = `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${address.port}`;
    const secrets = process.stderr.isTTY ? secretsToShow(app, opened.created) : {};
    say(banner({ version, origin, settings, demo: isDemo(settings), ...secrets }));
    setTimeout(() => prices.warm(), PRICES_AFTER_MS).unref();
  } catch (error) {
    await app.stop(0);
    await ledger.shut();
    await observation.shut();
    await log.close();
    return refuse([bindingProblem(error, settings.server)]);
  }

  const onChange = async (): Promise<void> => void (await live.reload());
  const watches = [
    watchConfig({ lastRead: () => live.lastRead(), onChange }),
    watchConfig({ lastRead: () => start.vault.lastRead(), onChange }),
  ];
  process.on('SIGHUP', () => {
    log.reopen();
    void live.reload();
  });
  await stopSignal(log);
  for (const watch of watches) watch.close();
  await stopGently(app, live, log);
  await ledger.shut();
  await observation.shut();
  log.info('Stopped.');
  await log.close();
  return 0;
}

/** What is shown on a terminal alone: a log that is kept must not hold it. */
function secretsToShow(
  { admin }: App,
  created: string | undefined,
): { readonly login?: string; readonly adminKey?: string } {
  return {
    ...(admin === undefined ? {} : { login: admin.gate.links.make().token }),
    ...(created === undefined ? {} : { adminKey: created }),
  };
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

/** The price list is loaded when the gateway has started and nobody waits. */
const PRICES_AFTER_MS = 1_000;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function refuse(messages: readonly string[]): number {
  for (const message of messages) say(message);
  return 1;
}

/** Why the address could not be taken, and what to do. */
function bindingProblem(error: unknown, server: { readonly host: string; readonly port: number }): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `${server.host}:${server.port}`;
  if (code === 'EADDRINUSE')
    return `Port ${server.port} is in use: another program, perhaps another Sluice, listens on ${where}. Stop it, or choose another port with --port or PORT.`;
  if (code === 'EACCES')
    return `This user may not listen on ${where}. Ports below 1024 need a privilege: choose another with --port or PORT.`;
  if (code === 'EADDRNOTAVAIL')
    return `${server.host} is not an address of this machine. Set server.host or --host to one that is.`;
  return `The gateway could not listen on ${where}: ${error instanceof Error ? error.message : String(error)}.`;
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

/** Resolves at the first SIGTERM or SIGINT; the second ends the process at once. */
function stopSignal(log: ProgramLog): Promise<void> {
  return new Promise<void>((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  }).then(() =>
    log.info(
      'Stopping: no new requests are taken; streams in flight may finish. A second signal ends at once.',
    ),
  );
}

async function stopGently(app: App, live: LiveSettings, log: ProgramLog): Promise<void> {
  const { drainMs } = live.current().server;
  const { count } = app.memory.running;
  if (count > 0) log.info(`Waiting up to ${drainMs} ms for ${count} exchanges in flight.`);
  await app.stop(drainMs);
}
