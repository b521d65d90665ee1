// How an upstream and its keys stand, put into one word each, and the order in which upstreams are shown. Pure, so that it
// can be tested without a page.

import type { KeyView, StandingView, UpstreamView } from '../../../../server/src/admin/contract.ts';
import type { Tone } from '../../ui/badge.tsx';

/**
 * idle: a key that was not used yet. well: nothing stands against it. watched: it failed of late, but is in use. partly:
 * some of its models or keys rest. trying: the next request finds out. resting, failing, refused: nothing, or nearly
 * nothing, is sent. off: somebody took it out of use. keyless: it needs a key and has none. accountless: a login.
 */
export type Condition =
  | 'well'
  | 'watched'
  | 'partly'
  | 'trying'
  | 'resting'
  | 'failing'
  | 'refused'
  | 'off'
  | 'keyless'
  | 'accountless';

/** The colour of each. */
export const TONES: Readonly<Record<Condition, Tone>> = {
  well: 'good',
  watched: 'caution',
  partly: 'caution',
  trying: 'caution',
  resting: 'caution',
  failing: 'bad',
  refused: 'bad',
  off: 'calm',
  keyless: 'bad',
  accountless: 'bad',
};

/** Unwell first. What was taken out of use on purpose is not unwell. */
const URGENCY: Readonly<Record<Condition, number>> = {
  refused: 8,
  keyless: 7,
  accountless: 7,
  failing: 6,
  resting: 5,
  trying: 4,
  partly: 3,
  watched: 2,
  well: 1,
  off: 0,
};

/** A condition with what to say about it. */
export interface Verdict {
  readonly condition: Condition;
  /** The standing that is the reason, where there is one. */
  readonly because?: StandingView;
  /** Epoch milliseconds: when it is free again, or tried again. */
  readonly untilAtMs?: number;
}

function conditionOf({ state, untilAtMs }: StandingView, nowMs: number): Condition {
  // What is shown is some seconds old: a time that is over by now means that the next request finds out.
  const isOver = untilAtMs !== undefined && untilAtMs <= nowMs;
  switch (state) {
    case 'closed':
      return 'watched';
    case 'half-open':
      return 'trying';
    case 'cooling':
      return isOver ? 'watched' : 'resting';
    case 'open':
      return isOver ? 'trying' : 'failing';
    case 'quarantined':
      return isOver ? 'trying' : 'refused';
  }
}

function verdictOf(standing: StandingView, nowMs: number): Verdict {
  const { untilAtMs } = standing;
  const condition = conditionOf(standing, nowMs);
  const isAhead = untilAtMs !== undefined && untilAtMs > nowMs;
  return { condition, because: standing, ...(isAhead ? { untilAtMs } : {}) };
}

function worse(one: Verdict, other: Verdict): Verdict {
  return URGENCY[other.condition] > URGENCY[one.condition] ? other : one;
}

const WELL: Verdict = { condition: 'well' };

/** How a key stands. Where only some of its models rest, it serves the others: that is `partly`. */
export function keyVerdict(key: KeyView, nowMs: number): Verdict {
  if (key.disabled) return { condition: 'off' };
  return key.standings
    .filter(({ scope }) => scope !== 'upstream')
    .map((standing): Verdict => {
      const verdict = verdictOf(standing, nowMs);
      const isModel = standing.scope === 'model' && URGENCY[verdict.condition] > URGENCY.partly;
      return isModel ? { ...verdict, condition: 'partly' } : verdict;
    })
    .reduce(worse, WELL);
}

/** How an upstream stands: as it does itself, and otherwise as its keys do together. */
export function upstreamVerdict(
  upstream: Pick<UpstreamView, 'enabled'>,
  keys: readonly KeyView[],
  nowMs: number,
  needsKey = false,
  logins: Logins = NO_LOGINS,
): Verdict {
  if (!upstream.enabled) return { condition: 'off' };
  const own = keys
    .flatMap(({ standings }) => standings.filter(({ scope }) => scope === 'upstream'))
    .map((standing) => verdictOf(standing, nowMs))
    .reduce(worse, WELL);
  const inUse = keys.filter(({ disabled }) => !disabled);
  if (inUse.length === 0) {
    if (keys.length > 0) return { condition: 'off' };
    return needsKey ? { condition: 'keyless' } : own;
  }
  const verdicts = inUse.map((key) => worse(logins.get(key.keyId) ?? WELL, keyVerdict(key, nowMs)));
  return worse(own, together(verdicts));
}

/** What is wrong with the logins that stand in the place of keys, by the ids of those. */
export type Logins = ReadonlyMap<string, Verdict | undefined>;

const NO_LOGINS: Logins = new Map();

/** Several keys as one: only where none of them serves is the upstream as bad as the best of them. */
function together(verdicts: readonly Verdict[]): Verdict {
  const worst = verdicts.reduce(worse, WELL);
  const best = verdicts.reduce((one, other) =>
    URGENCY[other.condition] < URGENCY[one.condition] ? other : one,
  );
  const isServing = URGENCY[best.condition] <= URGENCY.partly;
  if (!isServing) return { ...best, ...soonest(verdicts) };
  return URGENCY[worst.condition] > URGENCY.partly ? { ...worst, condition: 'partly' } : worst;
}

function soonest(verdicts: readonly Verdict[]): Partial<Verdict> {
  const times = verdicts.flatMap(({ untilAtMs }) => untilAtMs ?? []);
  return times.length === 0 ? {} : { untilAtMs: Math.min(...times) };
}

/** One upstream with what is known of its keys. */
export interface Standing {
  readonly upstream: UpstreamView;
  readonly keys: readonly KeyView[];
  readonly verdict: Verdict;
}

/** Joins upstreams and keys. */
export function standingsOf(
  upstreams: readonly UpstreamView[],
  keys: readonly KeyView[],
  nowMs: number,
  needsKey: (provider: string) => boolean = () => false,
  logins: Logins = NO_LOGINS,
): readonly Standing[] {
  return upstreams.map((upstream) => {
    const own = keys.filter(({ upstreamId }) => upstreamId === upstream.id);
    return {
      upstream,
      keys: own,
      verdict: lacksAccount(upstream, own)
        ? { condition: 'accountless' }
        : upstreamVerdict(upstream, own, nowMs, needsKey(upstream.provider), logins),
    };
  });
}

/** True where it takes logins, has none, and was not taken out of use by somebody: the gateway leaves it out by itself. */
function lacksAccount({ accounts, written }: UpstreamView, keys: readonly KeyView[]): boolean {
  if (accounts === undefined || written?.['enabled'] === false) return false;
  return keys.every(({ keyId }) => keyId === NO_KEY);
}

/** How the gateway calls what stands in the place of a key where there is none. */
const NO_KEY = 'k_none';

/** How the cards are put in order. */
export type CardOrder = 'priority' | 'unwell' | 'name';

/** Cards under one heading. */
export interface CardGroup {
  /** Absent: the order is not by priority. */
  readonly priority?: number;
  readonly members: readonly Standing[];
}

/** The cards in an order: those of one priority together, the highest first. */
export function grouped(standings: readonly Standing[], order: CardOrder): readonly CardGroup[] {
  if (order === 'name')
    return [{ members: sorted(standings, (one, other) => one.upstream.id.localeCompare(other.upstream.id)) }];
  const urgency = ({ verdict }: Standing): number => URGENCY[verdict.condition];
  if (order === 'unwell')
    return [{ members: sorted(standings, (one, other) => urgency(other) - urgency(one)) }];
  const priorities = [...new Set(standings.map(({ upstream }) => upstream.priority))].sort(
    (one, other) => other - one,
  );
  return priorities.map((priority) => ({
    priority,
    members: standings.filter(({ upstream }) => upstream.priority === priority),
  }));
}

function sorted(
  standings: readonly Standing[],
  by: (one: Standing, other: Standing) => number,
): readonly Standing[] {
  return [...standings].sort(by);
}

/** How many need somebody to look at them. */
export function unwellOf(standings: readonly Standing[]): number {
  return standings.filter(({ verdict }) => URGENCY[verdict.condition] > URGENCY.watched).length;
}
