// One candidate with everything that is known of the places it goes through: what the orders compare, and whether it may
// be asked now.

import type { Settings, Upstream } from '../../config/settings.ts';
import type { Price } from '../../core/pricing/price.ts';
import { matchesAny } from '../../core/routing/glob.ts';
import { BARRED, FREE, type Grade, PROBE, SUSPECT } from '../../core/routing/grade.ts';
import type { Moment, Shortage } from '../../core/routing/limits.ts';
import type { Contender } from '../../core/routing/pick.ts';
import type { Limits } from '../../core/routing/policy.ts';
import { grade } from '../../core/routing/standing.ts';
import type { Target } from '../outcome.ts';
import type { Claim } from '../shared/limits-port.ts';
import type { Lane, Place, Places } from './places.ts';

const NO_LIMITS: Limits = {};

/** A place on the way of a candidate, with the limits that the configuration has for it. */
export interface Level {
  readonly place: Place;
  readonly limits: Limits;
  /** Given where a limit allows nothing at all. */
  readonly never: Shortage | undefined;
}

/** A candidate of this gateway. */
export class Member implements Contender {
  readonly target: Target;
  readonly priority: number;
  readonly native: boolean;
  readonly weight: number;
  readonly place: number;
  readonly groupPlace: number;
  credit = 0;
  readonly upstream: Place;
  readonly key: Place;
  readonly lane: Lane;
  /** Every level that has limits, or may learn some from the provider. */
  readonly levels: readonly Level[];
  /** The places that a store must have room at, where several gateways share limits. */
  readonly claims: readonly Claim[];
  /** One of its limits counts tokens. */
  readonly limitsTokens: boolean;

  readonly #prices: PriceNow;

  constructor(settings: Settings, places: Places, target: Target, place: number, prices: PriceNow) {
    const { upstream, key, model } = target;
    this.target = target;
    // Priorities of upstreams are whole numbers: a rank decides among the keys of one, and among nothing else.
    this.priority = upstream.priority + (key.rank ?? 0) / 1_000;
    this.native = target.native;
    this.weight = upstream.weight * (key.weight ?? 1);
    this.#prices = prices;
    this.place = place;
    this.groupPlace = settings.upstreams.indexOf(upstream);
    this.upstream = places.at('upstream', upstream.id);
    this.key = places.at('key', upstream.id, key.id);
    this.lane = places.lane(upstream.id, key.id, model);
    this.levels = levelsOf(settings, places, target, this);
    this.claims = this.levels.flatMap(({ place: { name }, limits }) =>
      Object.keys(limits).length === 0 ? [] : [{ place: name, limits }],
    );
    this.limitsTokens = this.levels.some(
      ({ limits: { tpm, tpd } }) => tpm !== undefined || tpd !== undefined,
    );
  }

  /** For comparing, as `priceOf` has it. Looked up when an order asks: prices depend on the time of day. */
  get price(): number | undefined {
    return priceOf(this.target, this.#prices);
  }
  get inFlight(): number {
    return this.key.inFlight;
  }
  get used(): number {
    return this.key.used;
  }
  get lastUsedMs(): number {
    return this.lane.lastUsedMs;
  }
  get ttftMs(): number | undefined {
    return this.lane.ttft.ms;
  }

  /** Whether it may be asked now, for so many tokens. */
  grade(now: Moment, tokens: number): Grade {
    const { upstream, key, lane } = this;
    if (upstream.standing === undefined && key.standing === undefined && lane.standing === undefined)
      return this.shortage(now, tokens) === undefined ? FREE : BARRED;
    const worst = Math.max(gradeOf(upstream, now.ms), gradeOf(key, now.ms), gradeOf(lane, now.ms)) as Grade;
    return worst < BARRED && this.shortage(now, tokens) === undefined ? worst : BARRED;
  }

  /** Milliseconds until it may be asked by one more of those who wait, as far as its last refusals are concerned. */
  roomInMs(nowMs: number): number {
    return Math.max(this.key.ramp?.roomInMs(nowMs) ?? 0, this.lane.ramp?.roomInMs(nowMs) ?? 0);
  }

  /** The first limit that leaves no room for so many tokens. */
  shortage(now: Moment, tokens: number): Shortage | undefined {
    const { levels } = this;
    // Every candidate of every request comes by here: no iterator, no destructuring.
    for (let at = 0; at < levels.length; at++) {
      const level = levels[at];
      if (level === undefined) break;
      if (level.never !== undefined) return level.never;
      // Without limits a meter only exists where the provider has told of its own.
      const short = level.place.meter?.shortage(level.limits, tokens, now);
      if (short !== undefined) return short;
      const { full } = level.place;
      if (full === undefined) continue;
      if (now.ms < full.untilMs) return { ...full, freeInMs: Math.max(1, Math.ceil(full.freeAtMs - now.ms)) };
      level.place.full = undefined;
    }
    return undefined;
  }
}

/** One request for finding out is enough, where that is all that may be sent. */
function gradeOf(place: Place, nowMs: number): Grade {
  if (place.standing === undefined) return FREE;
  return isProbed(place, nowMs) ? BARRED : grade(place.standing, nowMs);
}

/** Whether another request is finding out about a place to which no second one may be sent for that. */
export function isProbed({ standing, probing }: Place, nowMs: number): boolean {
  if (!probing || standing === undefined) return false;
  const found = grade(standing, nowMs);
  return found === PROBE || (found === SUSPECT && standing.state === 'open');
}

/** A limit of nothing refuses before anything was ever counted. */
function unmeetable(limits: Limits): Shortage | undefined {
  for (const kind of ['rpm', 'rpd', 'tpm', 'tpd', 'concurrency'] as const)
    if (limits[kind] === 0) return { kind, limit: 0, remaining: 0, freeInMs: Number.POSITIVE_INFINITY };
  return undefined;
}

function levelsOf(
  settings: Settings,
  places: Places,
  { upstream, key, model }: Target,
  own: Member,
): Level[] {
  const ofLane = upstream.modelLimits.find(({ models }) => matchesAny(models, model))?.limits;
  const level = (place: Place, limits: Limits): Level => ({ place, limits, never: unmeetable(limits) });
  const levels: Level[] = [
    level(own.key, key.limits ?? upstream.keyLimits ?? NO_LIMITS),
    level(own.lane, ofLane ?? NO_LIMITS),
  ];
  if (upstream.limits !== undefined) levels.push(level(own.upstream, upstream.limits));
  const ofModel = settings.limits.models.find(({ models }) => matchesAny(models, model));
  if (ofModel !== undefined) levels.push(level(places.at('model', ofModel.models.join(' ')), ofModel.limits));
  return levels;
}

/** What a model costs at an upstream at this moment. */
export type PriceNow = (upstream: Upstream, model: string) => Price | undefined;

/** What a request for a model costs, for comparing: three tokens in for each one out, as conversations usually have. */
function priceOf({ upstream, model }: Target, prices: PriceNow): number | undefined {
  const own = upstream.prices.find(({ models }) => matchesAny(models, model))?.price;
  const rates = (own ?? prices(upstream, model))?.rates;
  return rates === undefined ? undefined : rates.input * 3 + rates.output;
}

/** So many requests at the same time are no flood yet. */
const CALM = 4;

/** One key is asked far more than the others, as when many programs send the very same conversation. */
export function isFlooded(favourite: Member, members: readonly Member[]): boolean {
  if (favourite.inFlight < CALM) return false;
  let others = 0;
  for (const member of members) others += member.inFlight;
  return favourite.inFlight > CALM + (2 * others) / members.length;
}
