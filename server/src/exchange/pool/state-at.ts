// How a candidate stood at a moment that has just passed. Standings tell when they began, so that nothing has to be written
// down when a candidate is chosen.

import { BARRED, FREE, type Grade, PROBE, SUSPECT } from '../../core/routing/grade.ts';
import type { Moment } from '../../core/routing/limits.ts';
import { describe, grade } from '../../core/routing/standing.ts';
import type { Member } from './member.ts';
import type { Place } from './places.ts';

/** How good it was for one more request, and why it was not better. */
export interface MemberState {
  readonly grade: Grade;
  /** A sentence or two; '' where it was free. */
  readonly why: string;
}

function seconds(ms: number): string {
  return `${ms < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}

const FINDING_OUT = 'Another request is finding out whether it works again.';

/**
 * The state of a candidate at a moment. `nowMs`: this moment, for limits, of which nothing older is known. `own`: the
 * candidate that the request went to: what the request itself takes up is not held against it.
 */
export function stateAt(member: Member, at: Moment, now: Moment, tokens: number, own = false): MemberState {
  let state: MemberState = { grade: FREE, why: '' };
  for (const place of [member.key, member.lane, member.upstream]) {
    const found = placeAt(place, at, own);
    if (found.grade > state.grade) state = found;
  }
  if (state.grade === BARRED || own) return state;
  const short = member.shortage(now, tokens);
  return short === undefined
    ? state
    : { grade: BARRED, why: `Its limit of ${short.limit} (${short.kind}) is used up.` };
}

function placeAt({ standing, probing }: Place, at: Moment, own: boolean): MemberState {
  if (standing === undefined || standing.sinceMs > at.ms) return { grade: FREE, why: '' };
  const found = grade(standing, at.ms);
  const single = found === PROBE || (found === SUSPECT && standing.state === 'open');
  if (single && probing && !own) return { grade: BARRED, why: FINDING_OUT };
  if (found === FREE) return { grade: FREE, why: '' };
  const { why } = describe(standing, at.ms, at.epochMs);
  const restMs = standing.untilMs - at.ms;
  return { grade: found, why: restMs > 0 ? `${why} It rested for another ${seconds(restMs)}.` : why };
}
