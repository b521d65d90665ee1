// The metrics of a gateway: an observer that counts, and the page that a monitoring system reads.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { MOMENT_METRICS } from '../../core/telemetry/metrics.ts';
import type { Observer } from '../../exchange/ports.ts';
import { createExchangeMetrics, type ExchangeMetricsOptions } from './exchange-metrics.ts';
import { type Reading, readMoment } from './moment-metrics.ts';
import type { Exposition } from './registry.ts';
import type { MetricSources } from './sources.ts';

/** The metrics. */
export interface Metrics {
  readonly observer: Observer;
  /** Adds what can be asked; a source of the same name is replaced. */
  watch(sources: MetricSources): void;
  /** Media type of the page. */
  readonly contentType: string;
  /** The page as of now. Whoever asks while it is being made gets the same one. */
  page(): Promise<string>;
  close(): void;
}

const LAG_RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;

/** Starts counting. */
export function createMetrics(options: ExchangeMetricsOptions): Metrics {
  const exchanges = createExchangeMetrics(options);
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  let sources: MetricSources = {};
  let exposition: Promise<Exposition> | undefined;
  let running: Promise<string> | undefined;

  const make = async (): Promise<string> => {
    exposition ??= import('./registry.ts').then(({ createExposition }) => createExposition(exchanges));
    const { text } = await exposition;
    const readings = await readMoment(sources, options.settings().metrics?.keyLabels === true);
    const series = { definition: MOMENT_METRICS.series, labels: [], value: exchanges.labelSets };
    return text([...readings, ...lagReadings(lag), series]);
  };

  return {
    observer: exchanges,
    watch(more) {
      sources = { ...sources, ...more };
    },
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    page() {
      running ??= make().finally(() => {
        running = undefined;
      });
      return running;
    },
    close() {
      lag.disable();
    },
  };
}

/** How late the event loop was since the last time. The histogram counts whole intervals: what was waited for is taken off. */
function lagReadings(lag: IntervalHistogram): Reading[] {
  const { lag: definition } = MOMENT_METRICS;
  const seconds = (percentile: number): number =>
    Math.max(0, lag.percentile(percentile) / NANOSECONDS - LAG_RESOLUTION_MS / 1_000);
  const readings = [
    { definition, labels: ['0.5'], value: seconds(50) },
    { definition, labels: ['0.99'], value: seconds(99) },
  ];
  lag.reset();
  return readings;
}
