// docs/reference/metrics.md, made from the table of metrics.

import { METRICS, type MetricDefinition } from '../../core/telemetry/metrics.ts';

function row({ name, kind, labels, help }: MetricDefinition): string {
  const listed = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${kind} | ${listed} | ${help.replaceAll('|', '\\|')} |`;
}

/** The page, whole. */
export function metricsPage(): string {
  return [
    '# Metrics',
    '',
    'Generated from `server/src/core/telemetry/metrics.ts`; refresh it with `npm run docs`.',
    '',
    '`GET /metrics` shows these in the format of Prometheus, and those of the process (`process_*`, `nodejs_*`).',
    'Those that begin with `gen_ai_` are the metrics of the OpenTelemetry conventions for generative AI. How to read them is',
    'told in [Observability](../guide/observability.md).',
    '',
    '| name | kind | labels | meaning |',
    '|---|---|---|---|',
    ...METRICS.map(row),
    '',
  ].join('\n');
}
