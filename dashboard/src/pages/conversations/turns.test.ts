import { describe, expect, test } from 'vitest';
import type { AgentRow, ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { barOf } from './context-chart.tsx';
import { cachedShareOf, turnsOf } from './turns.ts';

const NO_TOKENS: AgentRow['tokens'] = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite: 0,
  inputAudio: 0,
  outputText: 0,
  outputReasoning: 0,
  outputAudio: 0,
};

function turn(id: string, receivedAtMs: number, more: Partial<ExchangeRow> = {}, nano = 10): ExchangeRow {
  const parts = { ...NO_TOKENS, cacheWrite: 0, other: nano };
  return {
    id,
    receivedAtMs,
    endedAtMs: receivedAtMs + 1_000,
    route: 'messages',
    use: 'generate',
    state: 'done',
    cost: { state: 'exact', totalNanoUsd: nano, parts, priceRow: 'p' },
    ...more,
  };
}

function agent(id: string | null, costNanoUsd: number): AgentRow {
  return {
    id,
    requests: 1,
    errors: 0,
    models: [],
    tokens: NO_TOKENS,
    costNanoUsd,
    costUsd: costNanoUsd / 1e9,
    unpriced: 0,
    firstAtMs: 0,
    lastAtMs: 0,
    durationMs: 0,
  };
}

describe('A conversation turn by turn', () => {
  const byAgent = [agent(null, 20), agent('explore', 10)];
  const rows = [turn('a', 0), turn('b', 5_000, { agentId: 'explore', endedAtMs: 90_000 }), turn('c', 61_000)];

  test('adds up to what the whole has cost', () => {
    const turns = turnsOf({ turns: rows, costNanoUsd: 30, byAgent }, undefined);
    expect(turns.map(({ sumNanoUsd }) => sumNanoUsd)).toEqual([10, 20, 30]);
  });

  test('begins where the turns before left the sum that are not listed', () => {
    const turns = turnsOf({ turns: rows, costNanoUsd: 1_030, byAgent }, undefined);
    expect(turns[0]?.sumNanoUsd).toBe(1_010);
    expect(turns.at(-1)?.sumNanoUsd).toBe(1_030);
  });

  test('says how long nothing had happened, and nothing where another turn was still running', () => {
    const turns = turnsOf({ turns: rows, costNanoUsd: 30, byAgent }, undefined);
    expect(turns.map(({ gapMs }) => gapMs)).toEqual([undefined, 4_000, undefined]);
  });

  test('tells the turns of one agent alone, or of those that told none', () => {
    const main = turnsOf({ turns: rows, costNanoUsd: 30, byAgent }, { agent: null });
    expect(main.map(({ id, sumNanoUsd, gapMs }) => [id, sumNanoUsd, gapMs])).toEqual([
      ['a', 10, undefined],
      ['c', 20, 60_000],
    ]);
    expect(turnsOf({ turns: rows, costNanoUsd: 30, byAgent }, { agent: 'explore' })).toHaveLength(1);
    expect(turnsOf({ turns: rows, costNanoUsd: 30, byAgent }, { agent: 'nobody' })).toEqual([]);
  });

  test('costs nothing that is known where nothing was to be paid', () => {
    const { cost: _cost, ...free } = turn('a', 0);
    expect(turnsOf({ turns: [free], costNanoUsd: 0, byAgent: [] }, undefined)[0]?.sumNanoUsd).toBe(0);
  });
});

test('The share of prompt caches is that of all input, and unknown where there was none', () => {
  expect(cachedShareOf({ ...NO_TOKENS, inputUncached: 10, cacheRead: 60, cacheWrite: 30 })).toBe(0.6);
  expect(cachedShareOf(NO_TOKENS)).toBeUndefined();
});

test('A bar is as high as its part of the highest, without gaps between its parts', () => {
  const tokens = { input: 50, cached: 30, written: 15, output: 1, reasoning: 0 };
  const parts = barOf({ tokens }, 100);
  expect(parts.map(({ part, height }) => [part, height])).toEqual([
    ['fromCache', 30],
    ['toCache', 15],
    ['uncached', 5],
  ]);
  expect(parts.map(({ y }) => y)).toEqual([70, 55, 50]);
  expect(barOf({ tokens: undefined }, 100)).toEqual([]);
  expect(barOf({ tokens }, 0)).toEqual([]);
});
