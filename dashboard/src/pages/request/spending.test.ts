import { describe, expect, test } from 'vitest';
import type { AttemptView, CostView, UsageView } from '../../../../server/src/admin/contract.ts';
import { spendingOf } from './spending.ts';

const usage: UsageView = {
  input: {
    uncached: 1_000,
    cacheRead: 10_000,
    cacheWrite5m: 2_000,
    cacheWrite1h: 500,
    cacheWriteOther: 0,
    audio: 0,
  },
  output: { text: 200, reasoning: 0, audio: 0 },
  clamped: false,
};

const noParts: CostView['parts'] = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite: 0,
  inputAudio: 0,
  outputText: 0,
  outputReasoning: 0,
  outputAudio: 0,
  other: 0,
};

const cost: CostView = {
  state: 'exact',
  totalNanoUsd: 20_000_000,
  parts: {
    ...noParts,
    inputUncached: 3_000_000,
    cacheRead: 3_000_000,
    cacheWrite: 11_000_000,
    outputText: 3_000_000,
  },
  priceRow: 'catalogue:anthropic/x',
};

function attempt(more: Partial<AttemptView>): AttemptView {
  return {
    ordinal: 1,
    cause: 'first',
    upstreamId: 'one',
    keyId: 'k',
    model: 'm',
    dialect: 'openai-chat',
    startedAtMs: 0,
    endedAtMs: 1,
    end: 'answered',
    ...more,
  };
}

describe('Tokens and money', () => {
  test('stand in one row for each kind that was used, with rate and share', () => {
    expect(spendingOf({ usage, cost, tries: [] })).toEqual([
      { part: 'inputUncached', tokens: 1_000, nanoUsd: 3_000_000, perMillionNanoUsd: 3e9, share: 0.15 },
      { part: 'cacheRead', tokens: 10_000, nanoUsd: 3_000_000, perMillionNanoUsd: 0.3e9, share: 0.15 },
      { part: 'cacheWrite', tokens: 2_500, nanoUsd: 11_000_000, perMillionNanoUsd: 4.4e9, share: 0.55 },
      { part: 'outputText', tokens: 200, nanoUsd: 3_000_000, perMillionNanoUsd: 15e9, share: 0.15 },
    ]);
  });

  test('without a price have tokens, and no amount that could be taken for one', () => {
    const unpriced: CostView = { state: 'unpriced', totalNanoUsd: 0, parts: noParts, priceRow: '' };
    for (const row of spendingOf({ usage, cost: unpriced, tries: [] }))
      expect(row).toMatchObject({ nanoUsd: undefined, perMillionNanoUsd: undefined, share: undefined });
  });

  test('have the rate of the attempt that counts, where others cost something, too', () => {
    const both = { ...cost, totalNanoUsd: 40_000_000, parts: { ...cost.parts, inputUncached: 6_000_000 } };
    const tries = [attempt({ end: 'lost', usage, cost }), attempt({ ordinal: 2, usage, cost })];
    expect(spendingOf({ usage, cost: both, tries })[0]).toMatchObject({
      nanoUsd: 6_000_000,
      perMillionNanoUsd: 3e9,
    });
  });

  test('show what is billed besides tokens as a row without tokens', () => {
    const fee = { ...cost, totalNanoUsd: 5, parts: { ...noParts, other: 5 } };
    expect(spendingOf({ usage: undefined, cost: fee, tries: [] })).toEqual([
      { part: 'other', tokens: undefined, nanoUsd: 5, perMillionNanoUsd: undefined, share: 1 },
    ]);
  });
});
