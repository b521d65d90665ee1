// The order in which candidates are tried.

import { isCooling, type Standing } from './standing.ts';

/** The part of a candidate that ordering looks at. */
export interface Plannable {
  readonly upstream: { readonly id: string; readonly priority: number };
  readonly key: { readonly id: string };
  /** Asked in the client's own format. */
  readonly native: boolean;
}

/** Looks up the standing of a candidate's upstream and key. */
export type StandingOf<C> = (candidate: C) => Standing | undefined;

/** What a plan depends on besides the candidates. */
export interface PlanOptions<C> {
  /** Counts the requests for one model (any integer from 0): each next request begins with the next key. */
  readonly cursor: number;
  readonly standing: StandingOf<C>;
  /** Monotonic clock. */
  readonly nowMs: number;
  /** Among equals in priority, those that speak the client's own format come first. */
  readonly preferNative: boolean;
  /** Longest plan; at least one candidate is always kept. */
  readonly maxAttempts: number;
}

/** One candidate of each upstream in turn, so that a second attempt seldom meets the upstream that failed the first. */
function interleaved<C extends Plannable>(candidates: readonly C[]): C[] {
  const queues = new Map<string, C[]>();
  for (const candidate of candidates) {
    const queue = queues.get(candidate.upstream.id);
    if (queue === undefined) queues.set(candidate.upstream.id, [candidate]);
    else queue.push(candidate);
  }
  const order: C[] = [];
  for (let turn = 0; order.length < candidates.length; turn++) {
    for (const queue of queues.values()) {
      const candidate = queue[turn];
      if (candidate !== undefined) order.push(candidate);
    }
  }
  return order;
}

function turned<C extends Plannable>(candidates: readonly C[], cursor: number): C[] {
  if (candidates.length === 0) return [];
  const group = interleaved(candidates);
  const start = cursor % group.length;
  return [...group.slice(start), ...group.slice(0, start)];
}

/** The healthy ones by priority, each priority turned by the cursor. Turned after filtering, so that nobody inherits the share of a cooling key. */
function healthyOrder<C extends Plannable>(
  healthy: readonly C[],
  cursor: number,
  preferNative: boolean,
): C[] {
  const priorities = [...new Set(healthy.map(({ upstream }) => upstream.priority))].sort((a, b) => b - a);
  return priorities.flatMap((priority) => {
    const group = healthy.filter(({ upstream }) => upstream.priority === priority);
    if (!preferNative) return turned(group, cursor);
    const native = group.filter((candidate) => candidate.native);
    const converted = group.filter((candidate) => !candidate.native);
    return [...turned(native, cursor), ...turned(converted, cursor)];
  });
}

/** Healthy candidates by priority and turn, then cooling ones by the time at which they are free. The same input gives the same plan. */
export function makePlan<C extends Plannable>(candidates: readonly C[], options: PlanOptions<C>): C[] {
  const { cursor, standing, nowMs, maxAttempts, preferNative } = options;
  if (candidates.length === 1) return [...candidates];
  const healthy: C[] = [];
  const cooling: { candidate: C; untilMs: number }[] = [];
  for (const candidate of candidates) {
    const found = standing(candidate);
    if (found !== undefined && isCooling(found, nowMs)) cooling.push({ candidate, untilMs: found.untilMs });
    else healthy.push(candidate);
  }
  cooling.sort(
    (a, b) => a.untilMs - b.untilMs || b.candidate.upstream.priority - a.candidate.upstream.priority,
  );
  const order = [
    ...healthyOrder(healthy, cursor, preferNative),
    ...cooling.map(({ candidate }) => candidate),
  ];
  return order.slice(0, Math.max(1, maxAttempts));
}

/** When the first of these candidates is free, or undefined when one is free now (or there are none). */
export function firstFreeMs<C>(
  candidates: readonly C[],
  standing: StandingOf<C>,
  nowMs: number,
): number | undefined {
  let first: number | undefined;
  for (const candidate of candidates) {
    const found = standing(candidate);
    if (found === undefined || !isCooling(found, nowMs)) return undefined;
    if (first === undefined || found.untilMs < first) first = found.untilMs;
  }
  return first;
}
