// Everything that looks on while the gateway serves: metrics, traces, the log folder, the live feed. Each is loaded only
// where the settings or the environment ask for it.

import type { App, AppParts } from '../app.ts';
import { keyChanges } from '../config/key-changes.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { KeyEvent } from '../core/telemetry/key-event.ts';
import { budgetReports } from '../exchange/money/budget-reports.ts';
import { poolGauges } from '../exchange/pool/gauges.ts';
import { keyReports } from '../exchange/pool/report.ts';
import {
  type Crew,
  type CrewReport,
  togetherBudgets,
  togetherGauges,
  togetherKeys,
} from '../exchange/shared/crew.ts';
import { createFeed, type Feed } from '../observe/feed.ts';
import type { LogFiles } from '../observe/files/log-files.ts';
import type { ProgramLog } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics/metrics.ts';
import type { MetricSources } from '../observe/metrics/sources.ts';
import type { Redactor } from '../observe/redact.ts';
import type { Tracing } from '../observe/trace/tracing.ts';
import { tracingWanted } from '../observe/trace/wanted.ts';

/** What the gateway is run with. */
export interface ObservationOptions {
  readonly live: Pick<LiveSettings, 'current' | 'onSwap'>;
  readonly redactor: Redactor;
  readonly log: Pick<ProgramLog, 'error'>;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The processes that relay for this one. */
  readonly crew?: Crew | undefined;
}

/** Those who look on. */
export interface Observation {
  /** What createApp() is to be given. */
  readonly parts: Pick<AppParts, 'metrics' | 'keyEvent'> & Required<Pick<AppParts, 'observers' | 'lenses'>>;
  readonly feed: Feed;
  /** Lets the metrics tell of a gateway that runs, and of more that can be asked. */
  watch(app: App, sources: MetricSources): void;
  /** Writes and sends what is left; within about two seconds. Never rejects. */
  shut(): Promise<void>;
}

/** Those who look on, or why not all of them can, in words for the operator. */
export type ObservationStarted =
  | { readonly ok: true; readonly observation: Observation }
  | { readonly ok: false; readonly message: string };

/** Begins to look on. What is switched on is decided here: it takes a restart to change that. */
export async function startObservation(options: ObservationOptions): Promise<ObservationStarted> {
  const { live, redactor, env } = options;
  const settings = live.current();
  const files = await openFiles(settings, options);
  if (typeof files === 'string') return { ok: false, message: files };
  const metrics = settings.metrics?.enabled === true ? await loadMetrics(options) : undefined;
  const tracing = tracingWanted(env) ? await loadTracing(options) : undefined;
  const feed = createFeed((text) => redactor.redact(text));
  const forget = files === undefined ? undefined : live.onSwap(changesTo(files));
  return {
    ok: true,
    observation: {
      parts: {
        observers: [metrics?.observer, files, feed].filter((one) => one !== undefined),
        lenses: tracing === undefined ? [] : [tracing.lens],
        ...(metrics === undefined ? {} : { metrics }),
        ...(files === undefined ? {} : { keyEvent: (event: KeyEvent) => files.keyEvent(event) }),
      },
      feed,
      watch: (app, sources) =>
        metrics?.watch({
          version: options.version,
          ...gaugesOf(app, live, options.crew),
          ...(tracing === undefined ? {} : { spans: () => tracing.counts() }),
          ...(files === undefined ? {} : { logLost: () => files.lost }),
          ...sources,
        }),
      async shut() {
        forget?.();
        metrics?.close();
        await Promise.all([tracing?.shut(), files?.close()]);
      },
    },
  };
}

/** What can be asked of the exchanges that run, here and in the processes that relay. */
function gaugesOf(
  { memory }: App,
  live: Pick<LiveSettings, 'current'>,
  crew: Crew | undefined,
): MetricSources {
  const { pool, running, waiting } = memory;
  const reports = (): readonly CrewReport[] => crew?.reports() ?? [];
  return {
    inFlight: () => reports().reduce((sum, { count }) => sum + count, running.count),
    queued: () => reports().reduce((sum, report) => sum + report.waiting, waiting.size),
    pool: () => {
      const own = poolGauges(live.current(), pool);
      if (crew === undefined) return own;
      return togetherGauges(own, togetherKeys(keyReports(live.current(), pool), reports()), reports());
    },
    budgets: () => togetherBudgets(budgetReports(live.current(), pool), reports()),
  };
}

/** The folder, nothing where none is wanted, or a message. */
async function openFiles(
  { log }: Settings,
  options: ObservationOptions,
): Promise<LogFiles | string | undefined> {
  if (log.folder === undefined) return undefined;
  const { openLogFiles } = await import('../observe/files/log-files.ts');
  const opened = await openLogFiles({
    folder: log.folder,
    maxFileBytes: log.maxFileBytes ?? DEFAULT_FILE_BYTES,
    retentionDays: log.retentionDays ?? DEFAULT_DAYS,
    redactor: options.redactor,
    onTrouble: (message) => options.log.error(message),
  });
  return opened.ok ? opened.files : opened.message;
}

const DEFAULT_FILE_BYTES = 20 * 1024 * 1024;
const DEFAULT_DAYS = 14;

function changesTo(files: LogFiles): (next: Settings, previous: Settings) => void {
  return (next, previous) => {
    for (const event of keyChanges(next, previous, Date.now())) files.keyEvent(event);
  };
}

async function loadMetrics({ live, redactor }: ObservationOptions): Promise<Metrics> {
  const { createMetrics } = await import('../observe/metrics/metrics.ts');
  return createMetrics({ settings: () => live.current(), redact: (text) => redactor.redact(text) });
}

/** Loads what sends traces. */
export async function loadTracing({ live, redactor, version }: ObservationOptions): Promise<Tracing> {
  const { createTracing } = await import('../observe/trace/tracing.ts');
  return createTracing({
    version,
    settings: () => live.current(),
    redact: (text) => redactor.redact(text),
  });
}
