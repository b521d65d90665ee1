// The whole of sluice.jsonc. Types, JSON Schema and the reference page come from here.

import { z } from 'zod';
import type { HealthPolicy, QueuePolicy } from '../../core/routing/policy.ts';
import { type CacheConfig, cacheSchema } from './cache.ts';
import { type ClientConfig, clientSchema } from './client.ts';
import { type ConversionConfig, conversionSchema } from './conversion.ts';
import { breakerSchema, cooldownSchema, quarantineSchema } from './health.ts';
import { type LimitsSectionConfig, limitsSectionSchema } from './limits.ts';
import { type LogConfig, logSchema } from './log.ts';
import { type MetricsConfig, metricsSchema } from './metrics.ts';
import { type PricesSectionConfig, pricesSectionSchema } from './prices.ts';
import { aliasesSchema, textSchema, wholeNumber } from './primitives.ts';
import { queueSchema } from './queue.ts';
import { type RetryConfig, retrySchema } from './retry.ts';
import { type RouteConfig, type RoutingConfig, routeSchema, routingSchema } from './routing.ts';
import { type ServerConfig, serverSchema } from './server.ts';
import { type StateConfig, stateSchema } from './state.ts';
import { type TimeoutsConfig, timeoutsSchema } from './timeouts.ts';
import { type UpstreamConfig, upstreamSchema } from './upstream.ts';

/** sluice.jsonc after validation: references replaced by their values, defaults applied, presets not yet. */
export interface ConfigFile {
  readonly $schema?: string | undefined;
  readonly version?: 1 | undefined;
  readonly server: ServerConfig;
  readonly clients: readonly ClientConfig[];
  readonly upstreams: readonly UpstreamConfig[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly timeouts: TimeoutsConfig;
  readonly routing: RoutingConfig;
  readonly routes: readonly RouteConfig[];
  readonly retry: RetryConfig;
  readonly cooldown: HealthPolicy['cooldown'];
  readonly breaker: HealthPolicy['breaker'];
  readonly quarantine: HealthPolicy['quarantine'];
  readonly queue: QueuePolicy;
  readonly limits: LimitsSectionConfig;
  readonly conversion: ConversionConfig;
  readonly prices: PricesSectionConfig;
  readonly cache: CacheConfig;
  readonly state: StateConfig;
  readonly storage: {
    readonly url?: string | undefined;
    readonly retentionDays: number;
    readonly maxBytes: number;
    readonly spoolBytes: number;
  };
  readonly log: LogConfig;
  readonly metrics: MetricsConfig;
}

const storageSchema = z.strictObject({
  url: textSchema
    .optional()
    .describe(
      'Where the ledger is kept: "sqlite:" and a path, relative to this file, or "postgres://user:password@host/database" for several gateways together, in the schema "sluice" unless `?schema=` names another. Default: sluice.db in the data folder of the user ($XDG_DATA_HOME/sluice).',
    ),
  retentionDays: wholeNumber(1, 36_500)
    .default(90)
    .describe('Ledger rows older than this many days are deleted.'),
  maxBytes: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .default(2_147_483_648)
    .describe(
      'The most bytes that rows and their sums take in the ledger: the oldest rows are deleted beyond it. 0: no limit. On PostgreSQL for all gateways together; its files shrink later, or not at all.',
    ),
  spoolBytes: wholeNumber(1_048_576, Number.MAX_SAFE_INTEGER)
    .default(268_435_456)
    .describe(
      'The most bytes that rows take in the data folder of this machine while PostgreSQL does not take them (default 256 MiB).',
    ),
});

/** Schema of the whole file. */
export const configFileSchema: z.ZodType<ConfigFile> = z.strictObject({
  $schema: z
    .string()
    .optional()
    .describe('Location of the JSON Schema, for completion in editors. Not read by the gateway.'),
  version: z
    .literal(1)
    .optional()
    .describe(
      'Version of the format of this file: 1. A file of a newer version is refused instead of being half understood.',
    ),
  server: serverSchema.prefault({}).describe('Where the gateway listens and what it accepts.'),
  clients: z
    .array(clientSchema)
    .default([])
    .describe(
      'Who may call the gateway. Empty: everyone who reaches it, which is accepted on loopback only.',
    ),
  upstreams: z.array(upstreamSchema).default([]).describe('Where requests go.'),
  aliases: aliasesSchema
    .default({})
    .describe('Other names for models, applied before the aliases of the upstreams: name → model.'),
  timeouts: timeoutsSchema.prefault({}).describe('How long each stage of an exchange may take.'),
  routing: routingSchema.prefault({}).describe('How requests are spread over upstreams and keys.'),
  routes: z
    .array(routeSchema)
    .default([])
    .describe('What is different for some models or clients; the first route that fits a request counts.'),
  retry: retrySchema.prefault({}).describe('When something is tried again, before any output.'),
  cooldown: cooldownSchema.prefault({}).describe('How long a key rests that was told to.'),
  breaker: breakerSchema.prefault({}).describe('When a candidate is put aside that fails again and again.'),
  quarantine: quarantineSchema.prefault({}).describe('What becomes of a key that was refused.'),
  queue: queueSchema.prefault({}).describe('Requests that wait for capacity.'),
  limits: limitsSectionSchema.prefault({}).describe('How limits are counted, and limits of models.'),
  conversion: conversionSchema
    .prefault({})
    .describe('What happens when a client and an upstream speak different formats.'),
  prices: pricesSectionSchema.prefault({}).describe('What models cost.'),
  cache: cacheSchema
    .prefault({})
    .describe('Where answers are kept that are given again; see `routing.cache`.'),
  state: stateSchema.prefault({}).describe('What several gateways share.'),
  storage: storageSchema.prefault({}).describe('What is kept, where and for how long.'),
  log: logSchema.prefault({}).describe('The log of the gateway.'),
  metrics: metricsSchema.prefault({}).describe('Counters for a monitoring system.'),
});
