// Says why nobody can be asked now: which keys there are, what stands in the way of each, and when the first one is free.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Shortage } from '../core/routing/limit-words.ts';
import { describe } from '../core/routing/standing.ts';
import type { Exhaustion } from './pool/exhaustion.ts';
import type { Member } from './pool/member.ts';
import type { Pool, Selection } from './pool/pool.ts';

/** So many candidates are named. */
const NAMED = 3;

/** A limit of nothing ends when somebody changes it; nobody needs to look more often. */
const NEVER_MS = 3_600_000;

/** The error for a request that nobody can serve now: 429 where only limits of rate stand in the way, else 503. */
export function exhausted(selection: Selection, pool: Pool, { freeInMs, limited }: Exhaustion): SluiceError {
  const { members } = selection;
  const reasons = members
    .slice(0, NAMED)
    .map((member) => `${nameOf(member)}: ${reasonOf(member, pool, selection.tokens)}`);
  const more = members.length > NAMED ? ` (and ${members.length - NAMED} more)` : '';
  const known = Number.isFinite(freeInMs);
  const suggestion = known
    ? 'Try again after the time that retry-after says.'
    : limited
      ? 'Only a change of these limits in the configuration of the gateway lets it through.'
      : 'See `sluice keys list`; `sluice keys test` and `sluice keys reset` bring a key back.';
  const retryAfterMs = known ? Math.max(freeInMs, 1) : limited ? NEVER_MS : undefined;
  return sluiceError('all_cooling', `Nobody can serve this model now: ${reasons.join(' ')}${more}`, {
    status: limited ? 429 : 503,
    suggestion,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The same for one that has waited for it. */
export function waitedTooLong(error: SluiceError, full: boolean): SluiceError {
  const how = full
    ? 'There is no room for more requests that wait (queue.maxSize, queue.maxPerClient).'
    : 'The request has waited as long as it may (queue.maxWaitMs).';
  return { ...error, message: `${error.message} ${how}` };
}

function nameOf({ target }: Member): string {
  const { upstream, key } = target;
  return `${upstream.id}/${key.name ?? key.id}`;
}

/** What stands in the way of a candidate now, in a sentence or two. */
export function reasonOf(member: Member, pool: Pool, tokens: number): string {
  const now = pool.now();
  for (const { standing } of [member.key, member.lane, member.upstream])
    if (standing !== undefined && standing.untilMs > now.ms)
      return describe(standing, now.ms, now.epochMs).why;
  const short = member.shortage(now, tokens);
  if (short !== undefined) return fullness(short);
  return 'Another request is finding out whether it works again.';
}

function fullness({ kind, limit, freeInMs }: Shortage): string {
  if (limit > 0) return `Its limit of ${limit} (${kind}) is used up.`;
  // A provider that tells what is left need not tell of how many.
  return Number.isFinite(freeInMs)
    ? `Its provider says that nothing is left of its limit (${kind}).`
    : `Its limit of 0 (${kind}) lets nothing through.`;
}
