// When somebody can be asked again, where nobody can be now.

import type { Moment } from '../../core/routing/limits.ts';
import { BARRED, grade } from '../../core/routing/standing.ts';
import { isProbed, type Member } from './member.ts';

/** Why nobody can be asked now. */
export interface Exhaustion {
  /** Milliseconds until the first candidate is free (0: now); Infinity where that cannot be foreseen. */
  readonly freeInMs: number;
  /** Milliseconds until the first of those is free that are not; undefined where all are, or nobody ever will be. */
  readonly nextInMs: number | undefined;
  /** Nothing but limits of rate stands in the way. */
  readonly limited: boolean;
  /** Somebody could be asked at once, if only one whom we suspect. */
  readonly askable: boolean;
  /** Somebody could be asked but for another request, which is finding out whether it works again. */
  readonly probed: boolean;
}

/** Looks at all members of a selection. */
export function exhaustionOf(members: readonly Member[], now: Moment, tokens: number): Exhaustion {
  let freeInMs = Number.POSITIVE_INFINITY;
  let nextInMs: number | undefined;
  let limited = members.length > 0;
  let askable = false;
  let probed = false;
  for (const member of members) {
    if (member.grade(now, tokens) < BARRED) askable = true;
    else if (isOnlyProbed(member, now, tokens)) probed = true;
    const wait = waitOf(member, now, tokens);
    if (!wait.limited) limited = false;
    freeInMs = Math.min(freeInMs, wait.ms);
    if (wait.ms > 0 && Number.isFinite(wait.ms)) nextInMs = Math.min(wait.ms, nextInMs ?? wait.ms);
  }
  return { freeInMs, nextInMs, limited, askable, probed };
}

/** What is reckoned with for a request that finds out whether a place works again, or is one of too many at the same time. */
export const RECKONED_MS = 1_000;

/** Of one that is barred: no provider has said so, and no limit does. */
function isOnlyProbed(member: Member, now: Moment, tokens: number): boolean {
  for (const { standing } of [member.upstream, member.key, member.lane])
    if (grade(standing, now.ms) === BARRED) return false;
  return member.shortage(now, tokens) === undefined;
}

/** Until when a member is barred, and whether by limits of rate alone. */
function waitOf(member: Member, now: Moment, tokens: number): { ms: number; limited: boolean } {
  let ms = member.roomInMs(now.ms);
  let limited = true;
  for (const place of [member.upstream, member.key, member.lane]) {
    const { standing } = place;
    if (standing === undefined) continue;
    if (isProbed(place, now.ms)) {
      // What it finds out counts at once, however long our suspicion was to last.
      ms = Math.max(ms, RECKONED_MS);
      limited = false;
    } else if (standing.untilMs > now.ms) {
      ms = Math.max(ms, standing.untilMs - now.ms);
      if (standing.reason !== 'rate-limited') limited = false;
    }
  }
  const short = member.shortage(now, tokens);
  if (short === undefined) return { ms, limited };
  const ends = short.kind === 'concurrency' && short.limit > 0 && !Number.isFinite(short.freeInMs);
  return { ms: Math.max(ms, ends ? RECKONED_MS : short.freeInMs), limited };
}
