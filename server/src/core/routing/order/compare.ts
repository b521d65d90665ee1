// Orders that only compare: the best member is found in one look at each of them.

import { type Chooser, type Contender, type Field, MEMBER } from './contender.ts';

/** True when `a` comes before `b`. */
type Before = (a: Contender, b: Contender, nowMs: number) => boolean;

/** A measured latency counts for half after so long without use, so that what was slow once is tried again. */
const BELIEF_MS = 60_000;

/** Of unknown latency, and asked so lately: another one need not find it out. */
const EXPLORED_MS = 10_000;

/** The place of the member that comes before all others. */
export function foremost({ contenders, parts, nowMs }: Field, before: Before): number {
  let best: Contender | undefined;
  let bestAt = -1;
  for (let at = 0; at < contenders.length; at++) {
    if (parts[at] !== MEMBER) continue;
    const contender = contenders[at];
    if (contender === undefined || (best !== undefined && !before(contender, best, nowMs))) continue;
    best = contender;
    bestAt = at;
  }
  return bestAt;
}

/** As the configuration lists them. */
const listedBefore: Before = (a, b) => a.place < b.place;

/** Whoever was used longest ago; of several at the same moment the one with less to do. */
export function restedBefore(a: Contender, b: Contender): boolean {
  if (a.lastUsedMs !== b.lastUsedMs) return a.lastUsedMs < b.lastUsedMs;
  if (a.inFlight !== b.inFlight) return a.inFlight < b.inFlight;
  return a.used !== b.used ? a.used < b.used : a.place < b.place;
}

const lessUsedBefore: Before = (a, b) => (a.used !== b.used ? a.used < b.used : restedBefore(a, b));

function idlerBefore(a: Contender, b: Contender): boolean {
  return a.inFlight !== b.inFlight ? a.inFlight < b.inFlight : restedBefore(a, b);
}

/**
 * The latency to reckon with. It is believed less the older it is: a fast one is used all the time and stays known, a
 * slow one looks better from minute to minute until a request finds out. An unknown one is asked by one request at a
 * time, and not at once again when that brought no news (an answer without output, a mistake of the client).
 */
function believedMs({ ttftMs, lastUsedMs, inFlight, used }: Contender, nowMs: number): number {
  const idleMs = Math.max(0, nowMs - lastUsedMs);
  if (ttftMs !== undefined) return ttftMs * (BELIEF_MS / (BELIEF_MS + idleMs));
  return inFlight === 0 && (used === 0 || idleMs >= EXPLORED_MS) ? -1 : Number.POSITIVE_INFINITY;
}

const fasterBefore: Before = (a, b, nowMs) => {
  const [ofA, ofB] = [believedMs(a, nowMs), believedMs(b, nowMs)];
  return ofA !== ofB ? ofA < ofB : idlerBefore(a, b);
};

/** fill_first: the first of the list, as long as it is there. */
export const fillFirst: Chooser = (field) => foremost(field, listedBefore);

/** lru: whoever was used longest ago. */
export const leastRecentlyUsed: Chooser = (field) => foremost(field, restedBefore);

/** least_used: whoever served the fewest. */
export const leastUsed: Chooser = (field) => foremost(field, lessUsedBefore);

/** least_in_flight: whoever has the least to do now. */
export const leastInFlight: Chooser = (field) => foremost(field, idlerBefore);

/** lowest_latency: whoever begins to answer soonest, as far as is known. */
export const lowestLatency: Chooser = (field) => foremost(field, fasterBefore);
