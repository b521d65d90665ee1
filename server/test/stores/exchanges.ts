// Exchanges for the tests of the ledger.

import type { Cost } from '../../src/core/pricing/cost.ts';
import type { LedgerAttempt, LedgerClosing, LedgerOpening } from '../../src/exchange/ports.ts';

/** What is known at the start of a made-up exchange. */
export function opening(id: string, more: Partial<LedgerOpening> = {}): LedgerOpening {
  return {
    id,
    receivedAtMs: Date.now(),
    route: 'chat.completions',
    clientId: 'alice',
    conversationId: undefined,
    agentId: undefined,
    dialectIn: 'openai-chat',
    use: 'generate',
    ...more,
  };
}

/** What is known at the end of one. */
export function closing(id: string, more: Partial<LedgerClosing> = {}): LedgerClosing {
  const endedAtMs = more.endedAtMs ?? Date.now();
  return {
    id,
    dialectOut: 'anthropic-messages',
    modelAsked: 'fast',
    modelServed: 'claude-test-1',
    upstreamId: 'anthropic',
    keyId: 'k_1',
    attempts: 1,
    status: 200,
    errorCode: undefined,
    headersAtMs: endedAtMs - 30,
    firstByteAtMs: endedAtMs - 20,
    firstOutputAtMs: endedAtMs - 10,
    endedAtMs,
    bytesIn: 1000,
    bytesOut: 2000,
    usage: {
      input: { uncached: 100, cacheRead: 40, cacheWrite5m: 3, cacheWrite1h: 2, cacheWriteOther: 1, audio: 0 },
      output: { text: 50, reasoning: 7, audio: 0 },
      clamped: false,
    },
    losses: undefined,
    streamed: true,
    aborted: false,
    ...more,
  };
}

/** One of several attempts of a made-up exchange: one that failed before any answer came. */
export function attempt(ordinal: number, more: Partial<LedgerAttempt> = {}): LedgerAttempt {
  return {
    ordinal,
    cause: ordinal === 1 ? 'first' : 'retry',
    upstreamId: 'anthropic',
    keyId: `k_${ordinal}`,
    model: 'claude-test-1',
    dialect: 'anthropic-messages',
    startedAtMs: 1_700_000_000_000 + ordinal,
    headersAtMs: undefined,
    firstByteAtMs: undefined,
    firstOutputAtMs: undefined,
    endedAtMs: 1_700_000_000_100 + ordinal,
    end: 'failed',
    status: undefined,
    reason: 'unreachable',
    errorCode: 'upstream_unreachable',
    usage: undefined,
    ...more,
  };
}

/** A made-up cost, told apart in every part. */
export function cost(totalNanoUsd: number, more: Partial<Cost> = {}): Cost {
  return {
    state: 'exact',
    totalNanoUsd,
    parts: {
      inputUncached: 1,
      cacheRead: 2,
      cacheWrite: 3,
      inputAudio: 4,
      outputText: 5,
      outputReasoning: 6,
      outputAudio: 7,
      other: totalNanoUsd - 28,
    },
    priceRow: 'catalogue:test/one',
    ...more,
  };
}

/** How cost(36) stands in a row. */
export const COST_ROW = {
  cost_state: 'exact',
  price_row: 'catalogue:test/one',
  cost_nano_usd: 36,
  cost_input_uncached: 1,
  cost_cache_read: 2,
  cost_cache_write: 3,
  cost_input_audio: 4,
  cost_output_text: 5,
  cost_output_reasoning: 6,
  cost_output_audio: 7,
  cost_other: 8,
} as const;
