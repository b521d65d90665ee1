// Runs a gateway from start to stop: settings, ledger, log and app are opened, the banner is shown, and signals are obeyed.

import { type App, createApp } from '../app.ts';
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
import { createLog, type ProgramLog } from '../observe/log.ts';
import { createRedactor, type Redactor } from '../observe/redact.ts';
import { openStores } from '../stores/open.ts';
import { createTransport } from '../upstream/transport/transport.ts';
import { version } from '../version.ts';
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
  const stores = await openStores({
    location: settings.storage.sqlitePath,
    retentionDays: settings.storage.retentionDays,
    onTrouble: (message) => log.error(message),
    redact: (text) => redactor.redact(text),
  });
  if (!stores.ok) return refuse([stores.message]);
  const { ledger, keep, state } = stores;
  if (ledger.interrupted > 0)
    log.warn(
      `${ledger.interrupted} exchanges were cut off when the gateway last ended; their rows say "interrupted".`,
    );

  const { dashboardPage } = await import('../admin/page.ts');
  const app = createApp({
    settings: () => live.current(),
    transport: createTransport(),
    ledger,
    keep,
    state,
    log,
    version,
    page: dashboardPage(),
    vault: start.vault,
  });
  await app.restore();
  try {
    const address = await app.edge.listen();
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    const origin = `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${address.port}`;
    say(banner({ version, origin, settings, demo: isDemo(settings) }));
  } catch (error) {
    await app.stop(0);
    await ledger.shut();
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
  log.info('Stopped.');
  await log.close();
  return 0;
}

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
    report: (result) => reportReload(result, log),
  });
  live.onSwap((next) => {
    redactor.know(secretsOf(next));
    log.setLevel(next.log.level);
  });
  return live;
}

const SECRET_HEADER = /auth|key|token|secret|cookie/i;

/** What must never be seen: the keys of all upstreams and the passwords of their proxies. */
function secretsOf(settings: Settings): string[] {
  return settings.upstreams.flatMap(({ keys, proxy, headers }) => {
    const password = proxy === undefined ? '' : decodeURIComponent(new URL(proxy).password);
    const inHeaders = Object.entries(headers).map(([name, value]) =>
      SECRET_HEADER.test(name) ? (value ?? '') : '',
    );
    return [...keys.map(({ secret }) => secret), ...inHeaders, password].filter((secret) => secret !== '');
  });
}

function reportReload(result: ReloadResult, log: ProgramLog): void {
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
