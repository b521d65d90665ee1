// What the live page shows of each request on its way, made once per sample.

import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import type { FlowMeter } from '../../live/live-flow.ts';
import type { InFlightExchange } from '../../live/live-types.ts';

/** One request on its way with what follows from the samples. */
export interface LiveRow extends InFlightExchange {
  readonly ageMs: number;
  /** Estimated; undefined while nothing was learned. */
  readonly tokensPerSecond: number | undefined;
}

/**
 * The rows of a sample. Where the gateway does not count the tokens of an answer, `learned` tells how many bytes make one in
 * its format.
 */
export function liveRows(
  atMs: number,
  exchanges: readonly InFlightExchange[],
  flow: FlowMeter,
  learned: (dialect: string) => number | undefined,
): readonly LiveRow[] {
  return exchanges.map((exchange) => ({
    ...exchange,
    ageMs: Math.max(0, atMs - exchange.receivedAtMs),
    tokensPerSecond: exchange.phase === 'streaming' ? speedOf(exchange, flow, learned) : undefined,
  }));
}

function speedOf(
  { id, dialect }: InFlightExchange,
  flow: FlowMeter,
  learned: (dialect: string) => number | undefined,
): number | undefined {
  const growth = flow.growth(id);
  if (growth === undefined || growth.tokens !== undefined) return growth?.tokens;
  const ratio = dialect === undefined ? undefined : learned(dialect);
  return ratio === undefined ? undefined : growth.bytes / ratio;
}

/** In the order in which they happen. */
export const PHASES = ['reading', 'choosing', 'asked', 'answering', 'streaming'] as const;

function hasAll(words: readonly string[], texts: readonly (string | undefined)[]): boolean {
  const all = texts
    .filter((text) => text !== undefined)
    .join('\n')
    .toLowerCase();
  return words.every((word) => all.includes(word));
}

/** What was typed, word by word. */
export function wordsOf(typed: string): readonly string[] {
  return typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Whether a request on its way has all the words. */
export function liveFits(row: InFlightExchange, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { id, client, model, modelSent, upstream, key, route, conversation, agent, phase, cause } = row;
  return hasAll(words, [
    id,
    client,
    model,
    modelSent,
    upstream,
    key,
    route,
    conversation,
    agent,
    phase,
    cause,
  ]);
}

/** Whether one that has ended has all the words. */
export function endedFits(row: ExchangeRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { id, clientId, modelAsked, modelServed, upstreamId, keyId, route, conversationId, errorCode } = row;
  const texts = [id, clientId, modelAsked, modelServed, upstreamId, keyId, route, conversationId, errorCode];
  return hasAll(words, [...texts, String(row.status ?? '')]);
}
