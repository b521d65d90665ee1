// `dispatch` and `retry` of the file → DispatchMode and RetryPolicy: words spelled out, defaults applied, contradictions
// reported.

import type { DispatchMode, RetryPolicy } from '../core/routing/policy.ts';
import type { Findings } from './findings.ts';
import type { PathStep } from './problem.ts';
import type { DispatchConfig, DispatchObjectConfig } from './schema/dispatch.ts';
import type { RetryConfig, RetryOverride } from './schema/retry.ts';

const DEFAULT_PARALLEL = 2;
/** Hedging may make this share of requests cost twice. */
const DEFAULT_HEDGE_BUDGET = 0.07;

/** Resolves one `dispatch`, which stands at `path`. */
export function resolveDispatch(
  config: DispatchConfig,
  path: readonly PathStep[],
  findings: Findings,
): DispatchMode {
  const written: DispatchObjectConfig = typeof config === 'string' ? { type: config } : config;
  reportOdd(written, path, findings);
  const maxParallel = written.maxParallel ?? written.max_parallel ?? DEFAULT_PARALLEL;
  if (written.type === 'race') return { type: 'race', maxParallel };
  if (written.type === 'serial') return { type: 'serial' };
  const delayMs = written.delayMs ?? written.delay_ms ?? 'p95';
  return { type: 'hedged', delayMs, maxParallel, budget: written.budget ?? DEFAULT_HEDGE_BUDGET };
}

/** Members that are there twice, or that mean nothing for this type. */
function reportOdd(written: DispatchObjectConfig, path: readonly PathStep[], findings: Findings): void {
  const twins = [
    ['delay_ms', 'delayMs'],
    ['max_parallel', 'maxParallel'],
  ] as const;
  for (const [old, name] of twins) {
    if (written[old] === undefined || written[name] === undefined) continue;
    findings.add([...path, old], `Is another name of "${name}", which is there too.`, { part: 'name' });
  }
  const ofHedged = ['delayMs', 'delay_ms', 'budget'] as const;
  const ofSeveral = ['maxParallel', 'max_parallel'] as const;
  const idle: readonly (keyof DispatchObjectConfig)[] =
    written.type === 'hedged' ? [] : written.type === 'race' ? ofHedged : [...ofHedged, ...ofSeveral];
  for (const name of idle.filter((member) => written[member] !== undefined)) {
    findings.add([...path, name], `Means nothing for "${written.type}".`, { part: 'name' });
  }
}

/** Resolves the global `retry`. */
export function resolveRetry(config: RetryConfig, findings: Findings): RetryPolicy {
  return mergeRetry({ ...config, on: [] }, { on: config.on }, ['retry'], findings);
}

/** A policy with what differs from it, which stands at `path`. */
export function mergeRetry(
  common: RetryPolicy,
  own: RetryOverride,
  path: readonly PathStep[],
  findings: Findings,
): RetryPolicy {
  const backoff = {
    initialMs: own.backoff?.initialMs ?? common.backoff.initialMs,
    maxMs: own.backoff?.maxMs ?? common.backoff.maxMs,
  };
  if (backoff.initialMs > backoff.maxMs) {
    findings.add([...path, 'backoff'], '"initialMs" is more than "maxMs".');
  }
  return {
    maxAttempts: own.maxAttempts ?? common.maxAttempts,
    sameUpstream: own.sameUpstream ?? common.sameUpstream,
    on: own.on === undefined ? common.on : [...new Set(own.on.map(String))],
    backoff,
    budget: own.budget ?? common.budget,
  };
}
