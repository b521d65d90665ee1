// The metrics of this moment: what the sources say now, as rows of numbers.

import { MOMENT_METRICS as M, type MetricDefinition } from '../../core/telemetry/metrics.ts';
import type { MetricSources, PoolGauges } from './sources.ts';

/** One number with its labels, in the order of the definition. */
export interface Reading {
  readonly definition: MetricDefinition;
  readonly labels: readonly string[];
  readonly value: number;
}

const NANO = 1e-9;

/** Reads all sources. A source that fails has no rows: the others are still worth having. */
export async function readMoment(sources: MetricSources, keyLabels: boolean): Promise<Reading[]> {
  const readings: Reading[] = [];
  const add = (definition: MetricDefinition, value: number | undefined, ...labels: string[]): void => {
    if (value !== undefined && Number.isFinite(value)) readings.push({ definition, labels, value });
  };
  const parts: (() => void | Promise<void>)[] = [
    () => add(M.build, 1, sources.version ?? ''),
    () => add(M.inFlight, sources.inFlight?.()),
    () => add(M.queue, sources.queued?.()),
    () => addPool(add, sources.pool?.(), keyLabels),
    () => addBudgets(add, sources),
    () => addLosses(add, sources),
    async () => {
      const cache = await sources.cache?.();
      add(M.cacheEntries, cache?.entries);
      add(M.cacheBytes, cache?.bytes);
    },
  ];
  for (const part of parts) {
    try {
      await part();
    } catch {
      // Its rows are missing, which is what monitoring systems have alerts for.
    }
  }
  return readings;
}

type Add = (definition: MetricDefinition, value: number | undefined, ...labels: string[]) => void;

function addPool(add: Add, pool: PoolGauges | undefined, keyLabels: boolean): void {
  if (pool === undefined) return;
  const counts = new Map<string, { upstreamId: string; state: string; count: number }>();
  for (const { upstreamId, state, inFlight } of pool.upstreams) {
    add(M.upstreams, 1, upstreamId, state);
    add(M.upstreamInFlight, inFlight, upstreamId);
  }
  for (const { upstreamId, keyId, state } of pool.keys) {
    if (keyLabels) add(M.key, 1, upstreamId, keyId, state);
    const name = `${upstreamId}\n${state}`;
    const known = counts.get(name);
    if (known === undefined) counts.set(name, { upstreamId, state, count: 1 });
    else known.count += 1;
  }
  for (const { upstreamId, state, count } of counts.values()) add(M.keys, count, upstreamId, state);
  for (const { upstreamId, state, count } of pool.keyModels) add(M.keyModels, count, upstreamId, state);
  for (const { upstreamId, level, kind, usedRatio } of pool.limits)
    add(M.limitUse, usedRatio, upstreamId, level, kind);
  for (const { clientId, kind, usedRatio } of pool.clients) add(M.clientLimitUse, usedRatio, clientId, kind);
}

function addBudgets(add: Add, sources: MetricSources): void {
  for (const { client, per, limitNanoUsd, spentNanoUsd, reservedNanoUsd } of sources.budgets?.() ?? []) {
    add(M.budgetLimit, limitNanoUsd * NANO, client, per);
    add(M.budgetSpent, spentNanoUsd * NANO, client, per);
    add(M.budgetReserved, reservedNanoUsd * NANO, client, per);
  }
}

function addLosses(add: Add, sources: MetricSources): void {
  const ledger = sources.ledger?.();
  add(M.ledgerWaiting, ledger?.waiting);
  add(M.ledgerLost, ledger?.lost);
  const spans = sources.spans?.();
  add(M.spans, spans?.exported, 'exported');
  add(M.spans, spans?.lost, 'lost');
  add(M.logLost, sources.logLost?.());
}
