// What the answers, the provider's arrivals and the ledger say together. Pure.

import type { Answer } from './load.ts';
import type { Arrival } from './upstream.ts';

const MINUTE_MS = 60_000;

/** The most requests that arrived within any minute. */
export function worstMinute(arrivals: readonly Arrival[]): number {
  const times = arrivals.map(({ atMs }) => atMs).sort((one, other) => one - other);
  let first = 0;
  let worst = 0;
  for (const [place, time] of times.entries()) {
    while ((times[first] ?? 0) <= time - MINUTE_MS) first += 1;
    worst = Math.max(worst, place - first + 1);
  }
  return worst;
}

/** How many answers had which status; 0 stands for a broken connection. */
export function statuses(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** A percentile of how long answers of a status took, in milliseconds. */
export function took(answers: readonly Answer[], status: number, share: number): number {
  const times = answers.filter((answer) => answer.status === status).map(({ tookMs }) => tookMs);
  times.sort((one, other) => one - other);
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
}
