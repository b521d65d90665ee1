// The dashboard and the alerts that come with the gateway name only metrics and labels that exist.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { METRICS } from '../../src/core/telemetry/metrics.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Of prom-client, or of Prometheus itself. */
const OTHERS = ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'up'];

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Names of metrics in an expression, without what histograms add. */
function metricsIn(expression: string): string[] {
  const bare = expression.replace(/"[^"]*"/g, '""');
  const words = [...bare.matchAll(/\b(?:sluice|gen_ai|process|nodejs)_[a-z0-9_]+/g)].map(([word]) => word);
  return words.map((word) => {
    const base = word.replace(/_(?:bucket|sum|count)$/, '');
    return METRICS.some(({ name, kind }) => kind === 'histogram' && name === base) ? base : word;
  });
}

/** Labels that an expression asks our metrics for. */
function labelsIn(expression: string): { readonly metric: string; readonly label: string }[] {
  return [...expression.matchAll(/\b((?:sluice|gen_ai)_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(
    ([, name = '', inner = '']) =>
      [...inner.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => ({
        metric: metricsIn(name)[0] ?? name,
        label,
      })),
  );
}

function check(expressions: readonly string[]): void {
  expect(expressions.length).toBeGreaterThan(5);
  for (const expression of expressions) {
    for (const name of metricsIn(expression))
      expect([...METRICS.map((metric) => metric.name), ...OTHERS], expression).toContain(name);
    for (const { metric, label } of labelsIn(expression)) {
      if (label === 'le') continue;
      expect(METRICS.find(({ name }) => name === metric)?.labels, expression).toContain(label);
    }
  }
}

describe('monitoring files', () => {
  test('10.9 the dashboard for Grafana asks only for what there is', () => {
    const { panels, templating } = JSON.parse(read('deploy/grafana/sluice.json')) as {
      readonly panels: readonly Panel[];
      readonly templating: { readonly list: readonly { readonly query: unknown }[] };
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const shown = panels.filter(({ type }) => type !== 'row');
    for (const { title, targets } of shown) expect(targets?.length ?? 0, title).toBeGreaterThan(0);
    const expressions = shown.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    check([...expressions, ...templating.list.map(({ query }) => JSON.stringify(query))]);
  });

  test('10.9 so do the alerts for Prometheus', () => {
    const text = read('deploy/prometheus/sluice-alerts.yml');
    const rules = text.split(/^ {6}- alert: /m).slice(1);
    const expressions = rules.map((rule) => /expr: ([\s\S]*?)\n {8}(?:for|labels):/.exec(rule)?.[1] ?? '');
    expect(expressions).not.toContain('');
    check(expressions);
  });

  test('the example for Prometheus reads the page that there is', () => {
    expect(read('deploy/prometheus/prometheus.yml')).toContain('metrics_path: /metrics');
  });
});
