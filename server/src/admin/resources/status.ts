// How the gateway is, and the level of its log.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { AdminApp } from '../app.ts';
import { notAvailable, told } from '../app.ts';
import { logLevelSchema, type Status, statusSchema } from '../contract/status.ts';
import type { AdminParts } from '../parts.ts';

/** Registers the endpoints. */
export function registerStatus(app: AdminApp, parts: AdminParts): void {
  let delays: IntervalHistogram | undefined;
  app.route({
    method: 'GET',
    path: '/status',
    name: 'status.get',
    summary: 'Version, uptime, what is in flight, the ledger, the process',
    answer: statusSchema,
    run: async () => {
      // Measured from the first question on: a gateway that nobody watches does not pay for it.
      if (delays === undefined) {
        delays = monitorEventLoopDelay({ resolution: 20 });
        delays.enable();
      }
      const status = told(await statusOf(parts, delays));
      delays.reset();
      return status;
    },
  });
  app.route({
    method: 'GET',
    path: '/log-level',
    name: 'log.level',
    summary: 'How much is logged',
    answer: logLevelSchema,
    run: async () =>
      parts.logLevel === undefined
        ? notAvailable('The switch of the log')
        : told({ level: parts.logLevel.get() }),
  });
  app.route({
    method: 'PUT',
    path: '/log-level',
    name: 'log.set-level',
    summary: 'Log more or less, until the next start or change of the configuration',
    body: logLevelSchema,
    answer: logLevelSchema,
    run: async ({ body, note }) => {
      if (parts.logLevel === undefined) return notAvailable('The switch of the log');
      note(`${parts.logLevel.get()} → ${body.level}`);
      parts.logLevel.set(body.level);
      return told({ level: parts.logLevel.get() });
    },
  });
}

const inMs = (nanoseconds: number): number =>
  Number.isFinite(nanoseconds) ? Math.round(nanoseconds / 1e4) / 100 : 0;

async function statusOf(parts: AdminParts, delays: IntervalHistogram): Promise<Status> {
  const settings = parts.settings();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const [storage, cache] = await Promise.all([storageOf(parts), parts.cache?.stats()]);
  return {
    service: 'sluice',
    version: parts.version,
    node: process.version,
    startedAtMs: parts.startedAtMs,
    uptimeMs: parts.clock.epochMs() - parts.startedAtMs,
    demo: parts.demo(),
    ready: parts.ready(),
    file: settings.origin.file ?? null,
    notices: settings.origin.notices,
    inFlight: parts.count(),
    waiting: parts.waiting?.() ?? null,
    upstreams: settings.upstreams.length,
    clients: settings.clients.length,
    ledger: parts.ledger?.() ?? null,
    storage,
    cache: cache === undefined ? null : { ...cache },
    process: {
      rssBytes: rss,
      heapBytes: heapUsed,
      cpuSeconds: (user + system) / 1e6,
      loopDelayMeanMs: inMs(delays.mean),
      loopDelayP99Ms: inMs(delays.percentile(99)),
    },
    parts: {
      config: parts.config !== undefined,
      archive: parts.queries !== undefined,
      prices: parts.prices !== undefined,
      budgets: parts.budgets !== undefined,
      cache: parts.cache !== undefined,
      capture: parts.capture !== undefined,
      replay: parts.replay !== undefined,
      feed: parts.feed !== undefined,
    },
  };
}

async function storageOf({ queries }: AdminParts): Promise<Status['storage']> {
  const answer = await queries?.ask('storage', {});
  if (answer?.ok !== true) return null;
  const { oldestMs, newestMs, rows, bytes, freeBytes, summedPart } = answer.answer;
  return { rows, bytes, freeBytes, summedPart, oldestMs: oldestMs ?? null, newestMs: newestMs ?? null };
}
