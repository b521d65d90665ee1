// What one gateway learns of upstreams and keys, told to the others, and what they tell, taken over. What was heard is not
// told again.

import type { LimitPolicy } from '../../core/routing/policy.ts';
import { restore, type Standing, save } from '../../core/routing/standing.ts';
import type { StandingChange } from '../pool/key-events.ts';
import type { Pool } from '../pool/pool.ts';
import type { News, SharedLimits } from './limits-port.ts';

type Freed = Extract<News, { kind: 'freed' }>;

/** A rest that grows by less is no news: several requests were on their way when it began. */
const NEWS_MS = 250;

/** Takes over what others tell. Answers what is to be called for every change of a standing here. */
export function shareStandings(
  pool: Pool,
  shared: SharedLimits,
  policy: () => LimitPolicy,
): (change: StandingChange) => void {
  shared.onNews((news) => hear(pool, shared, policy(), news));
  return (change) => tell(pool, shared, change);
}

function tell(pool: Pool, shared: SharedLimits, { place, before, after }: StandingChange): void {
  const now = pool.now();
  const atMs = shared.nowMs();
  if (after === undefined) {
    if (before !== undefined && before.state !== 'closed')
      shared.tell({ kind: 'freed', place: place.name, atMs, untilMs: atMs + before.untilMs - now.ms });
    return;
  }
  // Failures that are only counted are each gateway's own.
  if (after.state === 'closed') return;
  const isNews = before?.state !== after.state || after.untilMs - before.untilMs >= NEWS_MS;
  if (!isNews) return;
  shared.tell({
    kind: 'standing',
    place: place.name,
    untilMs: atMs + after.untilMs - now.ms,
    // What the provider said may hold secrets, and is in the log of this gateway.
    text: save({ ...after, message: undefined }, now.ms, atMs),
  });
}

function hear(pool: Pool, shared: SharedLimits, policy: LimitPolicy, news: News): void {
  const place = pool.places.named(news.place);
  if (place === undefined) return;
  const now = pool.now();
  switch (news.kind) {
    case 'standing': {
      const standing = restore(news.text, now.ms, shared.nowMs());
      if (standing !== undefined && standing.untilMs > now.ms && outlasts(standing, place.standing))
        pool.standings.adopt(place, standing);
      return;
    }
    case 'freed': {
      const { standing } = place;
      if (standing !== undefined && isMeant(standing, news, now.ms, shared.nowMs()))
        pool.standings.adopt(place, undefined);
      return;
    }
    case 'reported':
      if (place.counting(policy, now).correct(news.counts, now)) pool.freed();
      return;
  }
}

/** How exactly the time of the store is known. */
const SKEW_MS = 20;
/** And how far off it may be on a machine that is too busy to read answers at once. */
const DOUBT_MS = 1_000;

/**
 * Whether this is what was freed: what was learnt here after that is not concerned. Where the clocks cannot tell which came
 * first, the provider's own word stands if it ends later than what was freed: it is another one.
 */
function isMeant(standing: Standing, { atMs, untilMs }: Freed, nowMs: number, storeNowMs: number): boolean {
  const afterMs = standing.sinceMs - (nowMs - (storeNowMs - atMs));
  if (afterMs > SKEW_MS) return false;
  if (afterMs < -DOUBT_MS || !standing.firm || untilMs === undefined) return true;
  return standing.untilMs - nowMs + storeNowMs < untilMs + NEWS_MS;
}

/** The later end counts; the provider's own word outweighs a suspicion that ends later. */
function outlasts(told: Standing, known: Standing | undefined): boolean {
  if (known === undefined || known.state === 'closed') return true;
  if (told.firm !== known.firm) return told.firm;
  return told.untilMs > known.untilMs;
}
