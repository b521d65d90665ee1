// The `log` section: how much is logged, and where.

import { z } from 'zod';
import { textSchema, wholeNumber } from './primitives.ts';

/** How much the log says, least to most from right to left. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Levels of parts of the gateway. */
export type LogLevelsConfig = {
  readonly [Module in 'exchanges' | 'config' | 'storage' | 'cache' | 'prices' | 'admin']?:
    | LogLevel
    | undefined;
};

/** The `log` section with its defaults applied. */
export interface LogConfig {
  readonly level: LogLevel;
  readonly levels: LogLevelsConfig;
  readonly file?: string | undefined;
  readonly folder?: string | undefined;
  readonly maxFileBytes: number;
  readonly retentionDays: number;
}

const levelSchema = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);

/** Schema of the `log` section. */
export const logSchema: z.ZodType<LogConfig> = z.strictObject({
  level: levelSchema.default('info').describe('How much is logged.'),
  levels: z
    .strictObject({
      exchanges: levelSchema.optional().describe('The line of each exchange.'),
      config: levelSchema.optional().describe('Reloads of the configuration.'),
      storage: levelSchema.optional().describe('The ledger.'),
      cache: levelSchema.optional().describe('The response cache.'),
      prices: levelSchema.optional().describe('The price list.'),
      admin: levelSchema.optional().describe('The admin key and the audit log.'),
    })
    .default({})
    .describe('Other levels for parts of the gateway, for example `{ "exchanges": "warn" }`.'),
  file: textSchema.optional().describe('Log to this file instead of standard output; relative to this file.'),
  folder: textSchema
    .optional()
    .describe(
      'Also write requests, errors and events of keys to files of their own in this folder, relative to this file: a new one each day and when one is full. `sluice logs` reads them.',
    ),
  maxFileBytes: wholeNumber(65_536, 1_073_741_824)
    .default(20_971_520)
    .describe('A file in `log.folder` that is larger than this is followed by another (default 20 MiB).'),
  retentionDays: wholeNumber(1, 3_650)
    .default(14)
    .describe('Files in `log.folder` that were last written to more than this many days ago are deleted.'),
});
