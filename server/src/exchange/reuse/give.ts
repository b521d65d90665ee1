// What there is to know of a kind of answer that is given again, and how one is given.

import { knownNanoUsd } from '../../core/pricing/cost.ts';
import { usdText } from '../../core/pricing/money.ts';
import type { ReusePolicy } from '../../core/routing/policy.ts';
import type { Exchange } from '../context.ts';
import { unchangedBudget } from '../money/budget.ts';
import type { CachedAnswer } from '../ports.ts';
import type { SentAnswer } from './sheltering-reply.ts';

/** Answers to one use of the gateway. */
export interface AnswerKind {
  /** The question of a request as text; undefined where it has to be asked each time. */
  question(exchange: Exchange, policy: ReusePolicy): string | undefined;
  /** What is kept of an answer that a client was sent; undefined where it is not to be given again. */
  read(exchange: Exchange, sent: SentAnswer): string | undefined;
  /** Words a kept answer for the client of an exchange; undefined where its format cannot say all that is in it. */
  replay(exchange: Exchange, answer: CachedAnswer): Replay | undefined;
}

/** An answer as it is going to be sent. */
export interface Replay {
  readonly answer: CachedAnswer;
  readonly body: string;
  readonly losses: string | undefined;
  /** Lets the client continue it by its id. */
  keep(): void;
}

/** Sends it. `hit`: it is fresh. `stale`: it stands in for upstreams that failed. */
export function give(exchange: Exchange, replay: Replay, how: 'hit' | 'stale'): void {
  const { inbound, ports, record, peeked, framing } = exchange;
  const { answer, body, losses } = replay;
  const nowMs = ports.clock.epochMs();
  const bytes = Buffer.from(body);
  record.cache = how;
  record.savedNanoUsd = answer.costNanoUsd;
  record.modelServed = answer.modelServed;
  record.losses = losses;
  record.firstOutputAtMs ??= nowMs;
  record.bytesOut += bytes.length;
  if (!inbound.reply.started) {
    const type = peeked.stream && framing === 'sse' ? 'text/event-stream' : 'application/json';
    const headers = ['content-type', `${type}; charset=utf-8`];
    if (peeked.stream) headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
    else headers.push('content-length', String(bytes.length));
    headers.push('age', String(Math.max(0, Math.floor((nowMs - answer.createdAtMs) / 1000))));
    headers.push('x-sluice-cache', how, 'x-sluice-request-id', inbound.id, 'x-request-id', inbound.id);
    const paidNanoUsd = record.cost === undefined ? 0 : knownNanoUsd(record.cost);
    if (paidNanoUsd !== undefined) headers.push('x-sluice-cost-usd', usdText(paidNanoUsd));
    headers.push(...(record.budget?.headers(record.cost?.totalNanoUsd ?? 0) ?? unchangedBudget(exchange)));
    if (losses !== undefined) headers.push('x-sluice-loss', losses);
    inbound.reply.head(200, headers);
  }
  inbound.reply.end(bytes);
  replay.keep();
}
