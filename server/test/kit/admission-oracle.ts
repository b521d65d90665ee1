// Judges from a provider's own log, call by call and without any buckets or counters, whether limits were kept.

import type { Limits } from '../../src/core/routing/policy.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Something that was let in. Times are monotonic. */
export interface Admitted {
  /** 0: it counts only while it runs. */
  readonly requests: number;
  readonly atMs: number;
  readonly endedMs: number;
  readonly tokens: number;
}

/** What a limit was, and the most that was found. */
export interface Excess {
  readonly kind: keyof Limits;
  readonly limit: number;
  readonly found: number;
}

/** Every limit that was exceeded, in any 60 seconds and any day of UTC. `epochMs`: the steady epoch at monotonic 0. */
export function excessesOf(list: readonly Admitted[], limits: Limits, epochMs: number): Excess[] {
  const admitted = [...list].sort((a, b) => a.atMs - b.atMs);
  const found: Excess[] = [];
  const note = (kind: keyof Limits, most: number): void => {
    const limit = limits[kind];
    if (limit !== undefined && most > limit) found.push({ kind, limit, found: most });
  };
  note(
    'rpm',
    mostInMinute(admitted, ({ requests }) => requests),
  );
  note(
    'tpm',
    mostInMinute(admitted, ({ tokens }) => tokens),
  );
  note(
    'rpd',
    mostInDay(admitted, epochMs, ({ requests }) => requests),
  );
  note(
    'tpd',
    mostInDay(admitted, epochMs, ({ tokens }) => tokens),
  );
  note('concurrency', mostAtOnce(admitted));
  return found;
}

type Weigh = (one: Admitted) => number;

function mostInMinute(admitted: readonly Admitted[], weigh: Weigh): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const one of admitted) {
    sum += weigh(one);
    for (let oldest = admitted[first]; oldest !== undefined && oldest.atMs <= one.atMs - MINUTE_MS; ) {
      sum -= weigh(oldest);
      first += 1;
      oldest = admitted[first];
    }
    most = Math.max(most, sum);
  }
  return most;
}

function mostInDay(admitted: readonly Admitted[], epochMs: number, weigh: Weigh): number {
  const days = new Map<number, number>();
  for (const one of admitted) {
    const day = Math.floor((epochMs + one.atMs) / DAY_MS);
    days.set(day, (days.get(day) ?? 0) + weigh(one));
  }
  return Math.max(0, ...days.values());
}

function mostAtOnce(admitted: readonly Admitted[]): number {
  const changes = admitted.flatMap(({ atMs, endedMs }) => [
    { atMs, by: 1 },
    { atMs: endedMs, by: -1 },
  ]);
  changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let most = 0;
  let now = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
