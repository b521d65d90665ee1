// Runs a gateway from start to stop: it is opened, the banner is shown, and signals are obeyed.

import type { AddressInfo } from 'node:net';
import type { App } from '../app.ts';
import { checkExposure } from '../config/exposure.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import { formatProblem } from '../config/problem.ts';
import { watchConfig } from '../config/watch.ts';
import type { ProgramLog } from '../observe/log.ts';
import { version } from '../version.ts';
import { type OpenGateway, openGateway } from './open-gateway.ts';
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

  const opening = await openGateway(start, reading, options);
  if (!opening.ok) return refuse([opening.message]);
  const { gateway } = opening;
  const { app, live, log } = gateway;
  try {
    const address = await app.edge.listen();
    say(bannerOf(gateway, address));
    setTimeout(() => gateway.prices.warm(), PRICES_AFTER_MS).unref();
  } catch (error) {
    await app.stop(0);
    await gateway.close();
    return refuse([bindingProblem(error, reading.settings.server)]);
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
  log.info('Stopped.');
  await gateway.close();
  return 0;
}

function bannerOf({ app, live, createdKey }: OpenGateway, address: AddressInfo): string {
  const settings = live.current();
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const origin = `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${address.port}`;
  const secrets = process.stderr.isTTY ? secretsToShow(app, createdKey) : {};
  return banner({ version, origin, settings, demo: isDemo(settings), ...secrets });
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
