// What the running gateway knows of its upstreams and keys, and whom it therefore asks next. It decides by the rules of
// core/routing and takes note of everything that happens; ids only, so that it survives a reload of the configuration.

import type { Settings } from '../../config/settings.ts';
import { Affinity } from '../../core/routing/affinity.ts';
import { BARRED, type Grade, SUSPECT } from '../../core/routing/grade.ts';
import type { Meter, Moment } from '../../core/routing/limits.ts';
import { pick } from '../../core/routing/pick.ts';
import type { HealthPolicy, RoutingRoute } from '../../core/routing/policy.ts';
import { areAmple, type ReportedLimits, reportedLimits } from '../../core/routing/rate-limit-headers.ts';
import type { Verdict } from '../../core/routing/verdict.ts';
import type { Target } from '../outcome.ts';
import type { Clock, Prices, RawHeaders } from '../ports.ts';
import type { SharedLimits, Taken } from '../shared/limits-port.ts';
import { type Exhaustion, exhaustionOf } from './exhaustion.ts';
import { isFlooded, Member, type PriceNow } from './member.ts';
import { type Place, Places } from './places.ts';
import { type RouteFacts, RouteMemory } from './route-memory.ts';
import { Standings } from './standings.ts';

/** Among whom a request may be served, and how. */
export interface Selection {
  readonly members: readonly Member[];
  readonly route: RoutingRoute;
  readonly facts: RouteFacts;
  readonly preferNative: boolean;
  /** Tokens that the request may take at most, for limits of tokens. */
  readonly tokens: number;
  /** What ties it to others; undefined where nothing does. */
  readonly conversation: string | undefined;
  /** Upstreams that have failed this request by their own fault: their other keys are asked last. */
  readonly avoided: Place[];
  /** Whose turn it was when it was first asked for. */
  cursor: number | undefined;
  /** Who was chosen because the conversation went there before. */
  stayed?: Member;
}

/** A request on its way through the places of a candidate. */
export interface Lease {
  readonly member: Member;
  readonly tokens: number;
  readonly takenAt: Moment;
  /** The places that this request finds out about, as long as nothing is known. */
  probes: readonly Place[];
  /** Where it is counted. */
  readonly meters: readonly Meter[];
  /** What was taken besides where several gateways share limits; settled with the rest. */
  shared: Taken | undefined;
  /** What the provider said of its limits when it refused the request for them. */
  refused: ReportedLimits | undefined;
  ended: boolean;
}

/** How a lease ended. */
export interface LeaseEnd {
  readonly verdict: Verdict;
  /** Tokens that were used, where that is known. */
  readonly usedTokens: number | undefined;
  /** Whether it says anything of how the candidate does. */
  readonly learns: boolean;
}

/** When and for whom it was found that nobody is free. */
interface Look {
  readonly members: readonly Member[];
  readonly tokens: number;
  readonly changes: number;
  readonly ms: number;
  readonly found: Exhaustion;
}

/** Where a conversation stays is told to other gateways again after this, or after a quarter of the time that it counts. */
const NEWS_EVERY_MS = 60_000;

/** How long a report of plenty is believed. */
const AMPLE_MS = 250;

/** What was found counts for so long, while nothing changes. */
const SAME_MS = 5;

/** The pool. */
export class Pool {
  readonly places: Places = new Places();
  readonly #clock: Clock;
  /** Chance. */
  readonly random: () => number;
  readonly #epochBaseMs: number;
  readonly #affinity: Affinity = new Affinity();
  readonly #routes: RouteMemory = new RouteMemory();
  readonly #members: WeakMap<readonly Target[], readonly Member[]> = new WeakMap();
  readonly standings: Standings;
  /** Grows with everything that makes somebody more or less free. */
  #changes = 0;
  #lastLook: Look | undefined;
  /** Called when somebody may be free who was not. */
  freed: () => void = () => undefined;
  /** Called now and then with the key that a conversation stays with: other gateways want to know. */
  settled: ((conversation: string, keyName: string, ttlMs: number) => void) | undefined;
  /** What models cost, for the order `cheapest`; besides what upstreams say themselves, nobody knows without it. */
  prices: Prices | undefined;
  /** Limits that are shared with other gateways; without it this one is alone. */
  shared: SharedLimits | undefined;
  readonly #priceNow: PriceNow;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.random = random;
    this.standings = new Standings(this.places, clock, (isFreed) => {
      this.#changes += 1;
      if (isFreed) this.freed();
    });
    this.#epochBaseMs = clock.epochMs() - clock.monotonicMs();
    this.#priceNow = (upstream, model) => this.prices?.of(upstream, model, this.now().epochMs);
  }

  /** This moment. Its wall clock never jumps: days and minutes are counted from the clock at the start. */
  now(): Moment {
    const ms = this.#clock.monotonicMs();
    return { ms, epochMs: this.#epochBaseMs + ms };
  }

  /** The candidates with what is known of them; the same list gives the same members. */
  members(settings: Settings, candidates: readonly Target[]): readonly Member[] {
    let members = this.#members.get(candidates);
    if (members === undefined) {
      members = candidates.map(
        (target, place) => new Member(settings, this.places, target, place, this.#priceNow),
      );
      this.#members.set(candidates, members);
    }
    return members;
  }

  /** What is known of a route for one model. */
  facts(route: RoutingRoute, model: string): RouteFacts {
    return this.#routes.of(route.id, model);
  }

  /**
   * The candidate to ask next, or undefined when nobody may be asked now. `tried` have had their turn. `rehearsal`: only
   * asks, and changes nothing.
   */
  choose(selection: Selection, tried: readonly Member[], rehearsal = false): Member | undefined {
    const { members, route, facts, preferNative, conversation, cursor } = selection;
    const now = this.now();
    const waits = route.onExhausted === 'wait';
    const grade = (member: Member): Grade =>
      waits && member.roomInMs(now.ms) > 0 ? BARRED : gradeIn(selection, member, now);
    const [only] = members;
    if (only !== undefined && members.length === 1)
      return tried.length === 0 && grade(only) < BARRED ? only : undefined;
    const favourite = this.#favourite(members, route, conversation, now.ms);
    const turn = cursor ?? facts.cursor;
    const chosen = pick(members, {
      order: route.order,
      preferNative,
      nowMs: now.ms,
      random: this.random,
      cursor: turn,
      grade,
      tried: (member) => tried.length > 0 && tried.includes(member),
      favourite,
      settling: conversation !== undefined && route.affinity !== undefined,
      rehearsal,
    });
    if (rehearsal) return chosen;
    // Who goes where it was before has taken nobody's turn.
    if (cursor === undefined && chosen !== undefined && chosen !== favourite) facts.cursor += 1;
    selection.cursor = turn;
    if (favourite !== undefined && chosen === favourite) selection.stayed = favourite;
    return chosen;
  }

  #favourite(
    members: readonly Member[],
    route: RoutingRoute,
    conversation: string | undefined,
    nowMs: number,
  ): Member | undefined {
    if (conversation === undefined || route.affinity === undefined) return undefined;
    const known = this.#affinity.find(conversation, nowMs, route.affinity.ttlMs);
    const favourite = known === undefined ? undefined : members.find(({ key }) => key.name === known);
    return favourite === undefined || isFlooded(favourite, members) ? undefined : favourite;
  }

  /** Whether a candidate is in trouble itself, and not only set back because another key of its upstream has failed. */
  isSuspect(selection: Selection, member: Member): boolean {
    return member.grade(this.now(), selection.tokens) === SUSPECT;
  }

  /** Whether this very candidate may be asked (again). */
  mayAsk(selection: Selection, member: Member): boolean {
    return member.grade(this.now(), selection.tokens) < BARRED;
  }

  /** Takes what a request needs at every place that it goes through. */
  take(selection: Pick<Selection, 'tokens'>, settings: Settings, member: Member): Lease {
    const { tokens } = selection;
    const takenAt = this.now();
    this.#changes += 1;
    const probes: Place[] = [];
    for (const place of [member.upstream, member.key, member.lane]) {
      place.inFlight += 1;
      place.used += 1;
      place.lastUsedMs = takenAt.ms;
      place.ramp?.sent(takenAt.ms);
      const state = place.standing?.state;
      if (state === 'open' || state === 'quarantined') {
        place.probing = true;
        probes.push(place);
      }
    }
    const meters: Meter[] = [];
    for (const { place, limits } of member.levels) {
      if (place.meter === undefined && !isLimited(limits)) continue;
      const meter = place.counting(settings.limits, takenAt);
      meter.take(tokens, takenAt);
      meters.push(meter);
      if (limits.rpd !== undefined || limits.tpd !== undefined) this.standings.unsaved.add(place, 'use');
    }
    return { member, tokens, takenAt, probes, meters, shared: undefined, refused: undefined, ended: false };
  }

  /** What an answer says of the provider's own limits. */
  hear(settings: Settings, lease: Lease, status: number, headers: RawHeaders): void {
    this.#changes += 1;
    if (status < 300) this.#passed(lease);
    const now = this.now();
    const { lane } = lease.member;
    // Where there is plenty, what this gateway sends is counted by itself until the provider is heard again.
    if (status < 300 && now.ms < lane.ampleUntilMs) return;
    const reported = reportedLimits(headers, now.epochMs);
    if (reported === undefined) return;
    if (areAmple(reported)) lane.ampleUntilMs = now.ms + AMPLE_MS;
    lane.counting(settings.limits, now);
    // A request that was refused is not counted any more before its provider's count is believed.
    if (status === 429) lease.refused = reported;
    else this.#correct(lane, reported, now, lease.takenAt.ms);
  }

  /** It was not refused for its rate. */
  #passed({ member, takenAt }: Lease): void {
    for (const place of [member.key, member.lane]) {
      if (place.ramp === undefined) continue;
      place.ramp.passed(takenAt.ms);
      if (place.ramp.isOver) place.ramp = undefined;
      this.freed();
    }
  }

  #correct(lane: Place, reported: ReportedLimits, now: Moment, sentMs: number): void {
    if (lane.meter?.correct(reported, now, sentMs) === true) this.freed();
    if (this.shared !== undefined && isUsedUp(reported))
      this.shared.tell({ kind: 'reported', place: lane.name, counts: reported });
    this.standings.unsaved.add(lane, 'use');
  }

  /** The first output has come. */
  outputs(lease: Lease, selection: Selection, streamed: boolean): void {
    const { member, takenAt } = lease;
    const nowMs = this.#clock.monotonicMs();
    const ms = nowMs - takenAt.ms;
    if (streamed && lease.probes.length > 0) this.#worksAgain(lease, nowMs);
    member.lane.ttft.note(ms, nowMs);
    if (selection.route.dispatch.type === 'hedged') selection.facts.took(ms, streamed, nowMs);
    const { conversation, route } = selection;
    if (conversation === undefined || route.affinity === undefined) return;
    const { ttlMs } = route.affinity;
    const newsEveryMs = Math.min(NEWS_EVERY_MS, ttlMs / 4);
    if (this.#affinity.keep(conversation, member.key.name, nowMs, newsEveryMs))
      this.settled?.(conversation, member.key.name, ttlMs);
  }

  /** A stream may take minutes: that it has begun is all that others were waiting to find out. */
  #worksAgain(lease: Lease, nowMs: number): void {
    for (const place of lease.probes) place.probing = false;
    lease.probes = [];
    this.standings.clear(lease.member, lease.takenAt.ms, nowMs);
    this.freed();
  }

  /** True where it is known with which key the conversation of a request stays, or there is nothing to be known. */
  knowsHome({ conversation, route: { affinity } }: Selection): boolean {
    if (conversation === undefined || affinity === undefined) return true;
    return this.#affinity.find(conversation, this.#clock.monotonicMs(), affinity.ttlMs) !== undefined;
  }

  /** Takes over where a conversation stays, as another gateway knows it. */
  adoptHome(conversation: string, keyName: string): void {
    this.#affinity.keep(conversation, keyName, this.#clock.monotonicMs());
  }

  /** An attempt has ended: limits are settled, and the standings learn of the verdict. */
  end(lease: Lease, health: HealthPolicy, { verdict, usedTokens, learns }: LeaseEnd): void {
    if (lease.ended) return;
    lease.ended = true;
    const { member, tokens, takenAt } = lease;
    const now = this.now();
    this.#changes += 1;
    for (const place of [member.upstream, member.key, member.lane]) place.inFlight -= 1;
    for (const meter of lease.meters) {
      // What was never sent, or refused for its rate, has used nothing.
      if (verdict.reason === 'not-carried' || verdict.reason === 'rate-limited')
        meter.giveBack(tokens, takenAt, now);
      else meter.settle(tokens, usedTokens ?? tokens, takenAt, now);
    }
    if (lease.shared !== undefined) this.#endShared(lease, lease.shared, verdict, usedTokens);
    if (lease.refused !== undefined) this.#correct(member.lane, lease.refused, now, takenAt.ms);
    for (const place of lease.probes) place.probing = false;
    if (learns) this.standings.learn(member, verdict, takenAt.ms, now.ms, health);
    this.freed();
  }

  #endShared({ tokens }: Lease, shared: Taken, { reason }: Verdict, usedTokens: number | undefined): void {
    if (reason === 'not-carried' || reason === 'rate-limited') this.shared?.giveBack(shared);
    else this.shared?.settle(shared, usedTokens ?? tokens);
  }

  /** It was never sent: everything is as before it was taken. */
  withdraw(lease: Lease): void {
    if (lease.ended) return;
    lease.ended = true;
    const { member, tokens, takenAt } = lease;
    const now = this.now();
    this.#changes += 1;
    for (const place of [member.upstream, member.key, member.lane]) {
      place.inFlight -= 1;
      place.used -= 1;
    }
    for (const meter of lease.meters) meter.giveBack(tokens, takenAt, now);
    for (const place of lease.probes) place.probing = false;
    if (lease.shared !== undefined) this.shared?.giveBack(lease.shared);
    this.freed();
  }

  /** Why nobody of a selection can be asked now, and when somebody can. */
  exhaustion({ members, tokens }: Selection): Exhaustion {
    const now = this.now();
    const last = this.#lastLook;
    // All who wait ask at once, and most of them for the same: looking at every key for each of them would take too long.
    if (
      last?.members === members &&
      last.tokens === tokens &&
      last.changes === this.#changes &&
      now.ms - last.ms < SAME_MS
    )
      return last.found;
    const found = exhaustionOf(members, now, tokens);
    const { ms } = now;
    this.#lastLook = found.freeInMs > 0 ? { members, tokens, changes: this.#changes, ms, found } : undefined;
    return found;
  }
}

/** How good a candidate is for a request that may have met its upstream before. */
function gradeIn({ tokens, avoided }: Selection, member: Member, now: Moment): Grade {
  const grade = member.grade(now, tokens);
  if (avoided.length === 0 || grade >= SUSPECT) return grade;
  return avoided.includes(member.upstream) ? SUSPECT : grade;
}

/** Others need not find out by themselves that nothing is left. */
function isUsedUp({ requests, tokens, requestsPerDay, tokensPerDay }: ReportedLimits): boolean {
  return [requests, tokens, requestsPerDay, tokensPerDay].some((count) => (count?.remaining ?? 1) < 1);
}

function isLimited(limits: object): boolean {
  for (const _ in limits) return true;
  return false;
}
