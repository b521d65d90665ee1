// The whole of sluice.jsonc. Types, JSON Schema and the reference page come from here.

import { z } from 'zod';
import type { HealthPolicy, QueuePolicy } from '../../core/routing/policy.ts';
import { type ClientConfig, clientSchema } from './client.ts';
import { type ConversionConfig, conversionSchema } from './conversion.ts';
import { breakerSchema, cooldownSchema, quarantineSchema } from './health.ts';
import { type LimitsSectionConfig, limitsSectionSchema } from './limits.ts';
import { aliasesSchema, textSchema, wholeNumber } from './primitives.ts';
import { queueSchema } from './queue.ts';
import { type RetryConfig, retrySchema } from './retry.ts';
import { type RouteConfig, type RoutingConfig, routeSchema, routingSchema } from './routing.ts';
import { type ServerConfig, serverSchema } from './server.ts';
import { type TimeoutsConfig, timeoutsSchema } from './timeouts.ts';
import { type UpstreamConfig, upstreamSchema } from './upstream.ts';

/** How much the log says, least to most from right to left. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** sluice.jsonc after validation: references replaced by their values, defaults applied, presets not yet. */
export interface ConfigFile {
  readonly $schema?: string | undefined;
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
  readonly storage: { readonly url?: string | undefined; readonly retentionDays: number };
  readonly log: { readonly level: LogLevel; readonly file?: string | undefined };
}

const storageSchema = z.strictObject({
  url: textSchema
    .optional()
    .describe(
      'Where the ledger is kept: "sqlite:" and a path, relative to this file. Default: sluice.db in the data folder of the user ($XDG_DATA_HOME/sluice).',
    ),
  retentionDays: wholeNumber(1, 36_500)
    .default(90)
    .describe('Ledger rows older than this many days are deleted.'),
});

const logSchema = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged.'),
  file: textSchema.optional().describe('Log to this file instead of standard output; relative to this file.'),
});

/** Schema of the whole file. */
export const configFileSchema: z.ZodType<ConfigFile> = z.strictObject({
  $schema: z
    .string()
    .optional()
    .describe('Location of the JSON Schema, for completion in editors. Not read by the gateway.'),
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
  storage: storageSchema.prefault({}).describe('What is kept, where and for how long.'),
  log: logSchema.prefault({}).describe('The log of the gateway.'),
});
