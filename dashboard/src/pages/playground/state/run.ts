// One request that was sent, and what has come of it so far. Times are measured in the browser, from the moment of sending.

import type { ApiError } from '../../../api/http.ts';
import { NO_REPLY, type Reply, type ReplyUsage } from '../reply/reply.ts';
import type { WireEvent } from '../wire/event-reader.ts';
import type { Header } from '../wire/formats.ts';
import type { Outgoing } from './bench.ts';

/** How far it is. `failed`: an error, in the answer or instead of one. `stopped`: by who looks on. */
export type RunState = 'waiting' | 'streaming' | 'done' | 'failed' | 'stopped';

/** A request with its answer. */
export interface Run {
  /** Greater than those before. */
  readonly id: number;
  readonly asked: Outgoing;
  readonly state: RunState;
  /** The request is captured. */
  readonly kept: boolean;
  readonly status?: number;
  readonly headers: readonly Header[];
  readonly reply: Reply;
  /** The newest events. */
  readonly events: readonly WireEvent[];
  /** All events, also those that are not kept any more. */
  readonly eventCount: number;
  /** The body of an answer that came at once. */
  readonly body?: string;
  /** Why there is no answer: the gateway gave no key, opened no capture, or could not be reached. */
  readonly problem?: ApiError;
  /** An answer that had begun broke off. */
  readonly broken?: boolean;
  readonly headersMs?: number;
  readonly firstOutputMs?: number;
  readonly endMs?: number;
}

/** A run that has just begun. */
export function beginRun(id: number, asked: Outgoing, kept: boolean): Run {
  return { id, asked, kept, state: 'waiting', headers: [], reply: NO_REPLY, events: [], eventCount: 0 };
}

/** It goes on. */
export function isRunning(run: Run | undefined): boolean {
  return run?.state === 'waiting' || run?.state === 'streaming';
}

/** The value of a header of the answer. */
export function headerOf({ headers }: Run, name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1];
}

/** Below this, a rate would be an accident of when pieces of a network arrive. */
const LEAST_STREAM_MS = 50;

/**
 * Output tokens per second between the first output and the end; undefined for an answer that came at once, or whose
 * tokens nobody told. Reasoning that nobody was shown came before the first output, and is not counted.
 */
export function tokensPerSecond(
  { reply, firstOutputMs, endMs, body }: Run,
  usage: ReplyUsage | undefined,
): number | undefined {
  if (usage === undefined || firstOutputMs === undefined || endMs === undefined || body !== undefined)
    return undefined;
  const isShown = reply.blocks.some(({ kind }) => kind === 'reasoning');
  const tokens = isShown ? usage.output : usage.output - usage.reasoning;
  const lengthMs = endMs - firstOutputMs;
  return lengthMs < LEAST_STREAM_MS ? undefined : (tokens * 1_000) / lengthMs;
}
