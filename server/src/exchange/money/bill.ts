// What the attempts of an exchange cost. Each is billed once, when it ends or when its answer is about to be sent; the
// exchange costs what they cost together, so that its row and the rows of its attempts always agree.

import { estimateInputTokens } from '../../core/model/estimate.ts';
import type { Usage } from '../../core/model/usage.ts';
import { costOf, sumCosts } from '../../core/pricing/cost-of.ts';
import { usdText } from '../../core/pricing/money.ts';
import { usedNothing } from '../attempt-end.ts';
import type { AttemptRecord } from '../attempt-record.ts';
import type { Exchange, Outcome } from '../context.ts';
import type { AttemptEnd } from '../ports.ts';

/** What billing looks at. */
export type Billed = Pick<Exchange, 'record' | 'ports' | 'use' | 'peeked' | 'body' | 'decoded'>;

/**
 * An attempt has ended: completes its usage where its upstream told none, prices it, and adds it to the exchange. Nothing is
 * to be paid for counts, nor for what never got as far as a model.
 */
export function bill(
  exchange: Billed,
  attempt: AttemptRecord,
  end: AttemptEnd,
  outcome: Outcome | undefined,
): void {
  if (attempt.cost === undefined) price(exchange, attempt, end, outcome);
  const { record } = exchange;
  if (attempt.cost !== undefined)
    record.cost = record.cost === undefined ? attempt.cost : sumCosts([record.cost, attempt.cost]);
}

/**
 * The header that tells the cost of an answer that is about to be sent whole: of this attempt and of those before it. Empty
 * where the price is not known.
 */
export function costHeaders(exchange: Billed, attempt: AttemptRecord): string[] {
  price(exchange, attempt, 'answered', undefined);
  const { cost } = attempt;
  if (cost === undefined) return [];
  const before = exchange.record.cost;
  if (cost.state === 'unpriced' || before?.state === 'unpriced') return [];
  return ['x-sluice-cost-usd', usdText(cost.totalNanoUsd + (before?.totalNanoUsd ?? 0))];
}

function price(
  exchange: Billed,
  attempt: AttemptRecord,
  end: AttemptEnd,
  outcome: Outcome | undefined,
): void {
  if (exchange.use === 'count-tokens') return;
  complete(exchange, attempt, end, outcome);
  const { usage, target, startedAtMs } = attempt;
  if (usage === undefined) return;
  const { prices } = exchange.ports;
  const { upstream, model } = target;
  const found =
    prices.of(upstream, model, startedAtMs) ??
    (attempt.modelServed === model ? undefined : prices.of(upstream, attempt.modelServed, startedAtMs));
  attempt.cost = costOf(usage, found, attempt.usageEstimated);
}

/** Estimates what the upstream has not told. */
function complete(
  exchange: Billed,
  attempt: AttemptRecord,
  end: AttemptEnd,
  outcome: Outcome | undefined,
): void {
  const { usage } = attempt;
  if (usage === undefined) {
    if (!mustBeGuessed(exchange, attempt, end, outcome)) return;
    attempt.usage = usageOf(inputTokens(exchange), attempt.outputTokens?.() ?? 0);
    attempt.usageEstimated = true;
    return;
  }
  if (end === 'answered' || end === 'failed') return;
  // Some tell the output only at the end: what was told before that is no count of it.
  const put = attempt.outputTokens?.() ?? 0;
  const { text, reasoning, audio } = usage.output;
  if (put <= 2 * (text + reasoning + audio)) return;
  attempt.usage = { ...usage, output: { ...usage.output, text: put - reasoning - audio } };
  attempt.usageEstimated = true;
}

/**
 * A model has worked on it, although nobody told how much. What failed before any output, and told of no usage, is not
 * charged: nobody was given anything.
 */
function mustBeGuessed(
  { use, peeked }: Billed,
  attempt: AttemptRecord,
  end: AttemptEnd,
  outcome: Outcome | undefined,
): boolean {
  if (use === 'moderate' || !attempt.sent) return false;
  if (end === 'answered' || end === 'cut') return outcome === undefined || !usedNothing(outcome);
  if (end === 'failed') return false;
  // Of a stream, the headers say that it has begun; a whole answer has none before it is finished.
  return attempt.headersAtMs !== undefined || !peeked.stream;
}

/** Bytes of one token in a body that is not read as a conversation. */
const BYTES_PER_TOKEN = 4;

/** Input tokens of the request, about. */
export function inputTokens({ use, body, decoded }: Pick<Billed, 'use' | 'body' | 'decoded'>): number {
  const request = use === 'generate' ? decoded() : undefined;
  if (request === undefined || 'code' in request) return Math.ceil(body.length / BYTES_PER_TOKEN);
  return estimateInputTokens(request);
}

function usageOf(input: number, output: number): Usage {
  return {
    input: { uncached: input, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
    output: { text: output, reasoning: 0, audio: 0 },
    clamped: false,
  };
}
