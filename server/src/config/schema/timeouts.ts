// The `timeouts` section: how long each stage of an exchange may take. Global with defaults, per upstream without.

import { z } from 'zod';
import type { Timeouts } from '../settings.ts';
import { durationMs } from './primitives.ts';

/** The global `timeouts` section with its defaults applied. Milliseconds. */
export interface TimeoutsConfig {
  readonly connectMs: number;
  readonly headersMs: number;
  /** Absent unless the operator set it: see timeoutsOf(). */
  readonly answerMs?: number | undefined;
  readonly firstOutputMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** The times that one upstream has different. */
export type TimeoutsOverride = { readonly [Name in keyof TimeoutsConfig]?: number | undefined };

const HEADERS_DEFAULT_MS = 60_000;
const ANSWER_DEFAULT_MS = 300_000;

const connect = 'Time to make a connection (DNS, TCP, TLS, proxy), in milliseconds.';
const headers =
  'Time from the request being sent to the status line and headers of a streamed answer, in milliseconds.';
const answer =
  'Time from the request being sent to the headers of an answer that is not streamed, in milliseconds: a model sends them only when it has finished. Default 300000, or headersMs where that is not 60000.';
const firstOutput =
  'Time from the request being sent to the first output that the client can use, in milliseconds; a stream that has begun gets idleMs on top. Until then another candidate can still take over.';
const idle = 'Longest silence of an upstream within its answer, in milliseconds.';
const total = 'Longest time for the whole exchange with all its attempts, in milliseconds.';

/** Schema of the global section. */
export const timeoutsSchema: z.ZodType<TimeoutsConfig> = z.strictObject({
  connectMs: durationMs().default(5_000).describe(connect),
  headersMs: durationMs().default(HEADERS_DEFAULT_MS).describe(headers),
  answerMs: durationMs().optional().describe(answer),
  firstOutputMs: durationMs().default(60_000).describe(firstOutput),
  idleMs: durationMs().default(120_000).describe(idle),
  totalMs: durationMs().default(600_000).describe(total),
});

/** Schema of an upstream's own times; what is absent comes from the global section. */
export const timeoutsOverrideSchema: z.ZodType<TimeoutsOverride> = z.strictObject({
  connectMs: durationMs().optional().describe(connect),
  headersMs: durationMs().optional().describe(headers),
  answerMs: durationMs().optional().describe(answer),
  firstOutputMs: durationMs().optional().describe(firstOutput),
  idleMs: durationMs().optional().describe(idle),
  totalMs: durationMs().optional().describe(total),
});

/** The times of an upstream: its own, else the global ones. Who shortens headersMs means answers that are not streamed too. */
export function timeoutsOf(global: TimeoutsConfig, own: TimeoutsOverride = {}): Timeouts {
  const headersMs = own.headersMs ?? global.headersMs;
  const impliedMs = headersMs === HEADERS_DEFAULT_MS ? ANSWER_DEFAULT_MS : headersMs;
  return {
    connectMs: own.connectMs ?? global.connectMs,
    headersMs,
    answerMs: own.answerMs ?? global.answerMs ?? impliedMs,
    firstOutputMs: own.firstOutputMs ?? global.firstOutputMs,
    idleMs: own.idleMs ?? global.idleMs,
    totalMs: own.totalMs ?? global.totalMs,
  };
}

/** The times of an upstream that nobody configured. */
export function defaultTimeouts(): Timeouts {
  return timeoutsOf(timeoutsSchema.parse({}));
}
