// One of the processes that relay for a gateway: it serves clients by itself, and asks the one that started it for what all
// of them share.

import { type App, createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import type { Settings } from '../config/settings.ts';
import { spendingFrom } from '../exchange/money/ask-spending.ts';
import { budgetReports } from '../exchange/money/budget-reports.ts';
import { poolGauges } from '../exchange/pool/gauges.ts';
import { keyReports } from '../exchange/pool/report.ts';
import type { Details, Keep } from '../exchange/ports.ts';
import type { CrewReport } from '../exchange/shared/crew.ts';
import { handOn } from '../http/side-door.ts';
import { createCapture } from '../observe/capture/capture.ts';
import { redactedDetails } from '../observe/capture/redacted-details.ts';
import { tracingWanted } from '../observe/trace/wanted.ts';
import { type LedgerOpened, openBuffered } from '../stores/tables/ledger.ts';
import { NUMBERS_PER_MS } from '../stores/tables/schema.ts';
import { version } from '../version.ts';
import { answersOver } from '../workers/answers-line.ts';
import { observerOver, serveMember } from '../workers/crew-line.ts';
import { keepOver } from '../workers/keep-line.ts';
import { readerOver, writerOver } from '../workers/ledger-line.ts';
import { limitStoreOver } from '../workers/limits-line.ts';
import { createLine, type Line } from '../workers/line.ts';
import { notesOver } from '../workers/notes-line.ts';
import { pipeTo } from '../workers/pipe.ts';
import { type GatewayBase, openBase, openPrices, openSharedOf, openStoresOf } from './gateway-base.ts';
import { loadTracing } from './observation.ts';
import { bindingProblem } from './serve-words.ts';
import { findStart, type StartOptions } from './start-settings.ts';
import type { WorkerPlace } from './worker-place.ts';

/** Serves until the process that started this one says that it is enough, or is gone. Resolves with the exit code. */
export async function serveWorker(options: StartOptions, place: WorkerPlace): Promise<number> {
  // What a terminal sends to all processes at once is for the one that was started by a person.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const line = createLine(pipeTo(process));
  const enough = new Promise<number | undefined>((said) => {
    line.hear('stop', (withinMs) => said(Number(withinMs)));
    line.onEnd(() => said(undefined));
  });
  const refuse = (message: string): number => {
    line.tell('refused', message);
    return 1;
  };
  const start = await findStart(options);
  const reading = await start.read();
  if (!reading.ok) return refuse('The configuration was changed and is not valid any more.');
  const opened = openBase(start, reading);
  if (!opened.ok) return refuse(opened.message);
  const { base } = opened;
  const stores = await storesOf(base, reading.settings, line, place);
  if (!stores.ok) return refuse(stores.message);
  const worker = await createWorker(base, stores, line, place);
  try {
    const { address, family, port } = await worker.app.edge.listen();
    line.tell('listening', { host: address, family, port });
  } catch (error) {
    await worker.close(0);
    return refuse(bindingProblem(error, reading.settings.server));
  }
  line.tell('serves', undefined);
  const drainMs = (await enough) ?? base.live.current().server.drainMs;
  await worker.close(drainMs);
  return 0;
}

interface Worker {
  readonly app: App;
  close(drainMs: number): Promise<void>;
}

type Stores = Extract<LedgerOpened, { ok: true }>;

async function createWorker(
  base: GatewayBase,
  stores: Stores,
  line: Line,
  place: WorkerPlace,
): Promise<Worker> {
  const { live, log, redactor, accounts } = base;
  const settings = live.current();
  const shared = sharedBy(settings, stores.keep, line, base);
  const details: Details = redactedDetails(stores.details, redactor);
  const capture = createCapture({ details, redactor, clock: systemClock, log });
  const tracing = tracingWanted(process.env)
    ? await loadTracing({ live, redactor, version, log, env: process.env })
    : undefined;
  const closed = observerOver(line);
  const app = createApp({
    ...stores,
    ...shared,
    settings: () => live.current(),
    prices: openPrices(base),
    spending: spendingFrom(stores.queries, stores.ledger),
    transport: accounts.transport,
    log,
    version,
    observers: [closed],
    keyEvent: (event) => line.tell('crew.key', event),
    lenses: [capture.lens, ...(tracing === undefined ? [] : [tracing.lens])],
    details,
    forward: (handed) => handOn(place.door, handed),
  });
  serveMember(line, {
    report: () => ({
      ...reportOf(app, live.current()),
      capture: capture.control.status(),
      cache: shared.answers.stats(),
    }),
    openCapture: (window) => void capture.control.open(window),
    closeCapture: () => void capture.control.close(),
    admit: (keyHash) => void app.guests.admit(keyHash),
    setLevel: (level) => log.setLevel(level as Settings['log']['level']),
    reload: () => reload(base),
  });
  await app.restore();
  return {
    app,
    close: async (drainMs) => {
      await app.stop(drainMs);
      closed.flush();
      shared.close();
      await stores.ledger.shut();
      await tracing?.shut();
      await log.close();
    },
  };
}

function reportOf({ memory, watching }: App, settings: Settings): Omit<CrewReport, 'capture' | 'cache'> {
  const { pool, running, waiting } = memory;
  return {
    inFlight: watching.list(),
    keys: keyReports(settings, pool),
    budgets: budgetReports(settings, pool),
    clients: poolGauges(settings, pool).clients,
    count: running.count,
    waiting: waiting.size,
  };
}

function reload({ log, live }: { log: GatewayBase['log']; live: LiveSettings }): void {
  log.reopen();
  void live.reload();
}

/** The keeper writes to a file; a server of databases is asked by each process itself. */
async function storesOf(
  { log, redactor }: GatewayBase,
  settings: Settings,
  line: Line,
  { place, count }: WorkerPlace,
): Promise<LedgerOpened> {
  if (settings.storage.postgresUrl !== undefined) return openStoresOf(settings, { log, redactor });
  const opened = await openBuffered({
    name: settings.storage.sqlitePath,
    startWriter: (listener) => writerOver(line, listener),
    startReader: (listener) => readerOver(line, listener),
    release: () => undefined,
    numbersFrom: Math.floor((place * NUMBERS_PER_MS) / (count + 1)),
    onTrouble: (message) => log.of('storage').error(message),
    redact: (text) => redactor.redact(text),
  });
  return opened.ok ? { ...opened, keep: keepOver(line) } : opened;
}

type Shared = Pick<Parameters<typeof createApp>[0], 'keep' | 'sharedNotes' | 'limitStore'> & {
  readonly answers: NonNullable<Parameters<typeof createApp>[0]['answers']>;
  close(): void;
};

/** What all processes share: through the keeper, or through the server that several gateways have in common. */
function sharedBy(settings: Settings, keep: Keep, line: Line, base: GatewayBase): Shared {
  const { state, cache } = settings;
  const opened = openSharedOf(settings, keep, base);
  const { notes = notesOver(line), limits = limitStoreOver(line) } = opened;
  const answers = state === undefined && cache.url === undefined ? answersOver(line) : opened.answers;
  return { keep: opened.keep, sharedNotes: notes, limitStore: limits, answers, close: () => opened.close() };
}
