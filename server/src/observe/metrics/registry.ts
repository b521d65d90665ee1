// Our families in a registry of prom-client of their own, which writes them in the format of Prometheus. Loaded when the
// metrics are first read: until then nobody needs it.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricDefinition } from '../../core/telemetry/metrics.ts';
import type { ExchangeMetrics } from './exchange-metrics.ts';
import type { Reading } from './moment-metrics.ts';
import type { HistogramCell } from './series.ts';

/** One line of the exposition. */
interface Line {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Writes everything, one family after the other. */
export interface Exposition {
  /** Names of all metrics, those of the process too. */
  names(): string[];
  /** `readings`: what the sources said just now. */
  text(readings: readonly Reading[]): Promise<string>;
}

/** Makes the registry of these families. */
export function createExposition(exchanges: ExchangeMetrics): Exposition {
  const registry = new Registry();
  let moment: readonly Reading[] = [];
  const counters = new Map(exchanges.counters.map((family) => [family.definition, family]));
  const histograms = new Map(exchanges.histograms.map((family) => [family.definition, family]));

  const linesOf = (definition: MetricDefinition): Line[] => {
    const histogram = histograms.get(definition);
    if (histogram !== undefined)
      return [...histogram.cells()].flatMap((cell) => histogramLines(definition, cell));
    const counter = counters.get(definition);
    if (counter !== undefined)
      return [...counter.cells()].map(({ labels, value }) => ({
        labels: labelled(definition, labels),
        value: value * counter.scale,
      }));
    return moment
      .filter((reading) => reading.definition === definition)
      .map(({ labels, value }) => ({ labels: labelled(definition, labels), value }));
  };

  for (const definition of METRICS) register(registry, definition, () => linesOf(definition));
  collectDefaultMetrics({ register: registry });

  const names = (): string[] => registry.getMetricsAsArray().map(({ name }) => name);
  return {
    names,
    async text(readings) {
      moment = readings;
      const parts: string[] = [];
      for (const name of names()) {
        parts.push(await registry.getSingleMetricAsString(name));
        // Thousands of lines are a few milliseconds of work: whoever is being served comes in between.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return `${parts.join('\n\n')}\n`;
    },
  };
}

/** Puts a metric into the registry whose lines are made when they are asked for. */
function register(registry: Registry, definition: MetricDefinition, lines: () => Line[]): void {
  const { name, help, kind, labels, buckets } = definition;
  const plain = { name, help, labelNames: [...labels], registers: [registry] };
  const metric =
    kind === 'histogram'
      ? new Histogram({ ...plain, buckets: [...buckets] })
      : kind === 'counter'
        ? new Counter(plain)
        : new Gauge(plain);
  const get = (): Promise<object> =>
    Promise.resolve({ name, help, type: kind, values: lines(), aggregator: 'sum' });
  // The registry asks histograms by another method than the rest.
  Object.assign(metric, { get, getForPromString: get });
}

function labelled(definition: MetricDefinition, values: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [place, label] of definition.labels.entries()) labels[label] = values[place] ?? '';
  return labels;
}

function histogramLines(definition: MetricDefinition, { labels, counts, sum }: HistogramCell): Line[] {
  const { name, buckets } = definition;
  const own = labelled(definition, labels);
  const lines: Line[] = [];
  let count = 0;
  for (const [place, inBucket] of counts.entries()) {
    count += inBucket;
    const le = buckets[place] ?? '+Inf';
    lines.push({ metricName: `${name}_bucket`, labels: { ...own, le }, value: count });
  }
  // A series that nothing was ever counted in is no use to anyone.
  if (count === 0) return [];
  lines.push({ metricName: `${name}_sum`, labels: own, value: sum });
  lines.push({ metricName: `${name}_count`, labels: own, value: count });
  return lines;
}
