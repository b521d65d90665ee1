// Room for an attempt at places whose limits several gateways share: what this gateway lets in, the store has to let in, too.

import type { LimitPolicy } from '../../core/routing/policy.ts';
import type { NoRoom, SharedLimits } from '../shared/limits-port.ts';
import type { Member } from './member.ts';
import type { Lease, Pool } from './pool.ts';

/** A place that others have filled is not asked for again within this time: of requests that run, many end at any moment. */
const AGAIN_MS = 1_000;
const AGAIN_RUNNING_MS = 100;

/**
 * Asks for the room of a lease. True: it is there, and is settled with the lease. False: it is not, and the lease was taken
 * back. undefined: nobody has to be asked.
 */
export function sharedRoom(pool: Pool, policy: LimitPolicy, lease: Lease): Promise<boolean> | undefined {
  const { shared } = pool;
  const { claims } = lease.member;
  if (shared === undefined || claims.length === 0) return undefined;
  return ask(pool, shared, policy, lease);
}

async function ask(pool: Pool, shared: SharedLimits, policy: LimitPolicy, lease: Lease): Promise<boolean> {
  const { member, tokens } = lease;
  const answer = await shared.take({ claims: member.claims, tokens, policy });
  if (answer.ok) {
    // Whoever was to be asked may not be wanted any more: then what was taken goes back at once.
    if (lease.ended) shared.giveBack(answer);
    else lease.shared = answer;
    return !lease.ended;
  }
  if (answer.why === 'limit') learn(pool, member, answer);
  pool.withdraw(lease);
  return false;
}

function learn(pool: Pool, member: Member, { place: name, shortage }: NoRoom): void {
  const level = member.levels.find(({ place }) => place.name === name);
  if (level === undefined) return;
  const { kind, limit, remaining, freeInMs } = shortage;
  const nowMs = pool.now().ms;
  const againMs = kind === 'concurrency' ? AGAIN_RUNNING_MS : AGAIN_MS;
  const untilMs = nowMs + Math.min(freeInMs, againMs);
  const freeAtMs = Number.isFinite(freeInMs) ? nowMs + freeInMs : untilMs;
  level.place.full = { kind, limit, remaining, freeAtMs, untilMs };
}
