// How the gateway is.

import { z } from 'zod';
import { type CacheView, cacheSchema } from './control.ts';

/** The state of the gateway at a moment. */
export interface Status {
  readonly service: 'sluice';
  readonly version: string;
  readonly node: string;
  readonly startedAtMs: number;
  readonly uptimeMs: number;
  /** Nothing but the built-in demo model is served. */
  readonly demo: boolean;
  /** New exchanges are taken. */
  readonly ready: boolean;
  /** The configuration file, if there is one. */
  readonly file: string | null;
  readonly notices: readonly string[];
  readonly inFlight: number;
  readonly waiting: number | null;
  readonly upstreams: number;
  readonly clients: number;
  readonly ledger: { readonly waiting: number; readonly lost: number } | null;
  readonly storage: {
    readonly rows: number;
    readonly bytes: number;
    readonly freeBytes: number;
    /** Below 1 while rows of an earlier version are being summed up: totals are too low until then. */
    readonly summedPart: number;
    readonly oldestMs: number | null;
    readonly newestMs: number | null;
  } | null;
  readonly cache: CacheView | null;
  readonly process: {
    readonly rssBytes: number;
    readonly heapBytes: number;
    readonly cpuSeconds: number;
    /** Event-loop delay since the last question, in milliseconds. */
    readonly loopDelayMeanMs: number;
    readonly loopDelayP99Ms: number;
  };
  /** What this gateway has, and what answers "not_available". */
  readonly parts: Readonly<Record<string, boolean>>;
}

/** Schema of Status. */
export const statusSchema: z.ZodType<Status> = z.object({
  service: z.literal('sluice'),
  version: z.string(),
  node: z.string(),
  startedAtMs: z.number(),
  uptimeMs: z.number(),
  demo: z.boolean(),
  ready: z.boolean(),
  file: z.string().nullable(),
  notices: z.array(z.string()),
  inFlight: z.number(),
  waiting: z.number().nullable(),
  upstreams: z.number(),
  clients: z.number(),
  ledger: z.object({ waiting: z.number(), lost: z.number() }).nullable(),
  storage: z
    .object({
      rows: z.number(),
      bytes: z.number(),
      freeBytes: z.number(),
      summedPart: z.number(),
      oldestMs: z.number().nullable(),
      newestMs: z.number().nullable(),
    })
    .nullable(),
  cache: cacheSchema.nullable(),
  process: z.object({
    rssBytes: z.number(),
    heapBytes: z.number(),
    cpuSeconds: z.number(),
    loopDelayMeanMs: z.number(),
    loopDelayP99Ms: z.number(),
  }),
  parts: z.record(z.string(), z.boolean()),
});

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** The level of the log, until the next start or reload. */
export interface LogLevelView {
  readonly level: (typeof LEVELS)[number];
}

/** Schema of LogLevelView. */
export const logLevelSchema: z.ZodType<LogLevelView> = z.strictObject({ level: z.enum(LEVELS) });
