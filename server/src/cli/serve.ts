// Runs a gateway from start to stop: it is opened, the banner is shown, and signals are obeyed.

import type { App } from '../app.ts';
import { checkExposure } from '../config/exposure.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import { formatProblem } from '../config/problem.ts';
import type { Settings } from '../config/settings.ts';
import { watchConfig } from '../config/watch.ts';
import type { ProgramLog } from '../observe/log.ts';
import { version } from '../version.ts';
import type { Headquarters, Listening } from './headquarters.ts';
import { type OpenGateway, openGateway } from './open-gateway.ts';
import { bindingProblem } from './serve-words.ts';
import { findStart, isDemo, type StartOptions } from './start-settings.ts';
import { banner } from './ui/banner.ts';

/** Serves until a signal ends it. Resolves with the exit code. */
export async function serve(options: StartOptions): Promise<number> {
  const start = await findStart(options);
  const reading = await start.read();
  if (!reading.ok) return refuse(reading.problems.map(formatProblem));
  const exposed = checkExposure(reading.settings);
  if (exposed !== undefined) return refuse([formatProblem(exposed)]);
  for (const warning of reading.warnings) say(formatProblem(warning));

  const headquarters = await headquartersFor(reading.settings);
  const opening = await openGateway(start, reading, options, headquarters);
  if (!opening.ok) return refuse([opening.message]);
  const { gateway } = opening;
  const { app, live, log } = gateway;
  // From the first answer on, also where the first of several processes gives it: who sees it may end the gateway.
  const stopped = stopSignal(log);
  const listening = await listen(gateway, headquarters);
  if (typeof listening === 'string') {
    await app.stop(0);
    await gateway.close();
    return refuse([listening]);
  }
  say(bannerOf(gateway, listening));
  setTimeout(() => gateway.prices.warm(), PRICES_AFTER_MS).unref();

  const onChange = async (): Promise<void> => void (await live.reload());
  const watches = [
    watchConfig({ lastRead: () => live.lastRead(), onChange }),
    watchConfig({ lastRead: () => start.vault.lastRead(), onChange }),
  ];
  live.onSwap(() => headquarters?.reload());
  process.on('SIGHUP', () => {
    log.reopen();
    headquarters?.reload();
    void live.reload();
  });
  await stopped;
  for (const watch of watches) watch.close();
  await Promise.all([stopGently(app, live, log), headquarters?.close(live.current().server.drainMs)]);
  log.info('Stopped.');
  await gateway.close();
  return 0;
}

/** Loaded where several processes are to relay. */
async function headquartersFor({ server }: Settings): Promise<Headquarters | undefined> {
  if ((server.workers ?? 1) === 1) return undefined;
  const { Headquarters, workersOf } = await import('./headquarters.ts');
  return new Headquarters(workersOf(server));
}

/** Listens, by itself or with the processes that relay; why that cannot be, in words for the operator. */
async function listen(
  { app, live, log, served }: OpenGateway,
  headquarters: Headquarters | undefined,
): Promise<Listening | string> {
  try {
    if (headquarters !== undefined)
      return await headquarters.open({ ...served, onTrouble: (message) => log.error(message) });
    const { address, family, port } = await app.edge.listen();
    return { host: address, family, port };
  } catch (error) {
    return bindingProblem(error, live.current().server);
  }
}

function bannerOf({ app, live, createdKey }: OpenGateway, address: Listening): string {
  const settings = live.current();
  const host = address.family === 'IPv6' ? `[${address.host}]` : address.host;
  const origin = `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${address.port}`;
  const secrets = process.stderr.isTTY ? secretsToShow(app, createdKey) : {};
  const furtherPorts = settings.server.compatListeners ?? [];
  return banner({ version, origin, settings, demo: isDemo(settings), furtherPorts, ...secrets });
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

/** The price list is loaded when the gateway has started and nobody waits. */
const PRICES_AFTER_MS = 1_000;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function refuse(messages: readonly string[]): number {
  for (const message of messages) say(message);
  return 1;
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
