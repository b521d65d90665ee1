// What the gateway remembers of the places that requests go to: upstreams, keys, and keys for one model. Kept by ids, so
// that it survives a reload of the configuration; what is saved survives a restart.

import type { Purse } from '../../core/budgets/purse.ts';
import { DecayedMean } from '../../core/routing/latency.ts';
import { type LimitKind, Meter, type Moment } from '../../core/routing/limits.ts';
import type { LimitPolicy } from '../../core/routing/policy.ts';
import type { Ramp } from '../../core/routing/ramp.ts';
import type { Standing } from '../../core/routing/standing.ts';

/** What a place is. */
export type PlaceKind = 'upstream' | 'key' | 'lane' | 'model' | 'client';

/** What a store said when it refused. Times are monotonic. */
export interface Full {
  readonly kind: LimitKind;
  readonly limit: number;
  readonly remaining: number;
  /** When there is room again, as far as can be foreseen. */
  readonly freeAtMs: number;
  /** It is not asked again before then. */
  readonly untilMs: number;
}

/** One place: its standing, what was used of it, and what goes through it now. */
export class Place {
  readonly kind: PlaceKind;
  /** Unique among all places: the kind and its ids. */
  readonly name: string;
  standing: Standing | undefined;
  /** A request is finding out whether it works again. */
  probing = false;
  /** Holds back those who wait while it takes up its work after a refusal for rate. */
  ramp: Ramp | undefined;
  /** There is no room for one more among all gateways that share this place, as the store has just said. */
  full: Full | undefined;
  /** Made when something has to be counted. */
  meter: Meter | undefined;
  /** The money of a client that has budgets. */
  purse: Purse | undefined;
  inFlight = 0;
  /** Requests since the start. */
  used = 0;
  /** Monotonic; 0 = not yet. */
  lastUsedMs = 0;
  /** Something has changed that is to be known after a restart. */
  unsaved: 'no' | 'use' | 'all' = 'no';
  #policy: LimitPolicy | undefined;

  constructor(kind: PlaceKind, name: string) {
    this.kind = kind;
    this.name = name;
  }

  /** The meter: made when it is first needed, and anew when limits are to be counted otherwise. */
  counting(policy: LimitPolicy, now: Moment): Meter {
    let { meter } = this;
    const counted = this.#policy;
    if (meter === undefined || counted === undefined) {
      meter = new Meter(policy);
      this.#policy = policy;
    } else if (policy !== counted && !isSame(policy, counted) && meter.inFlight === 0) {
      const known = meter.save(now);
      meter = new Meter(policy);
      if (known !== undefined) meter.restore(known, now);
      this.#policy = policy;
    }
    this.meter = meter;
    return meter;
  }
}

function isSame(a: LimitPolicy, b: LimitPolicy): boolean {
  return a.window === b.window && a.timeZone === b.timeZone;
}

/** A key for one model. */
export class Lane extends Place {
  readonly ttft: DecayedMean = new DecayedMean();
  /** Its provider has said that there is plenty; until then it need not be asked again. */
  ampleUntilMs = 0;
}

/** More lanes than this are not kept: clients of an upstream that takes any name can make up endless ones. */
const LANE_LIMIT = 20_000;

const nameOf = (kind: PlaceKind, ids: readonly string[]): string => `${kind}\n${ids.join('\n')}`;

/** All places. */
export class Places {
  #places = new Map<string, Place>();
  #lanes = new Map<string, Lane>();

  /** The place of these ids; made when it is not known yet. */
  at(kind: Exclude<PlaceKind, 'lane'>, ...ids: readonly string[]): Place {
    const name = nameOf(kind, ids);
    let place = this.#places.get(name);
    if (place === undefined) {
      place = new Place(kind, name);
      this.#places.set(name, place);
    }
    return place;
  }

  /** The lane of a key for a model. */
  lane(upstreamId: string, keyId: string, model: string): Lane {
    const name = nameOf('lane', [upstreamId, keyId, model]);
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      if (this.#lanes.size >= LANE_LIMIT) this.#forgetIdle();
      lane = new Lane('lane', name);
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** The place that was saved under a name; undefined where the name is none. */
  named(name: string): Place | undefined {
    const [kind, ...ids] = name.split('\n');
    const [first = '', second = '', ...rest] = ids;
    switch (kind) {
      case 'lane':
        return this.lane(first, second, rest.join('\n'));
      case 'upstream':
      case 'key':
      case 'model':
      case 'client':
        return this.at(kind, ...ids);
      default:
        return undefined;
    }
  }

  /** The lanes of a key that are known, with their models. */
  lanesOf(upstreamId: string, keyId: string): { readonly model: string; readonly lane: Lane }[] {
    const prefix = `${nameOf('lane', [upstreamId, keyId])}\n`;
    const found: { model: string; lane: Lane }[] = [];
    for (const [name, lane] of this.#lanes)
      if (name.startsWith(prefix)) found.push({ model: name.slice(prefix.length), lane });
    return found;
  }

  /** Visits every lane. */
  visitLanes(visit: (lane: Lane) => void): void {
    for (const lane of this.#lanes.values()) visit(lane);
  }

  #forgetIdle(): void {
    const kept = new Map<string, Lane>();
    for (const [name, lane] of this.#lanes)
      if (lane.standing !== undefined || lane.inFlight > 0) kept.set(name, lane);
    this.#lanes = kept;
  }
}
