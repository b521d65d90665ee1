// The `metrics` section: whether there are metrics, and who may read them.

import { z } from 'zod';
import { secretSchema } from './primitives.ts';

/** The `metrics` section with its defaults applied. */
export interface MetricsConfig {
  readonly enabled: boolean;
  readonly token?: string | undefined;
  readonly open: boolean;
  readonly keyLabels: boolean;
}

/** Schema of the `metrics` section. */
export const metricsSchema: z.ZodType<MetricsConfig> = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Count what happens and show it at GET /metrics, in the format of Prometheus.'),
  token: secretSchema
    .optional()
    .describe(
      'What a monitoring system sends as a bearer token to read the metrics, at least 16 characters; best a reference such as "${SLUICE_METRICS_TOKEN}". It opens nothing else. The token of the operator always does.',
    ),
  open: z
    .boolean()
    .default(false)
    .describe(
      'Programs on the machine of the gateway may read the metrics without a token. Behind a proxy on that machine, that is everyone.',
    ),
  keyLabels: z
    .boolean()
    .default(false)
    .describe(
      'Show the state of each provider key by its id, too; otherwise keys are only counted by state.',
    ),
});
