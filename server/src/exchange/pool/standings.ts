// What is held against upstreams, keys, and keys for one model: learnt from verdicts, forgotten when told.

import { sluiceError } from '../../core/model/error.ts';
import { DEFAULT_HEALTH, type HealthPolicy } from '../../core/routing/policy.ts';
import { Ramp } from '../../core/routing/ramp.ts';
import { applyVerdict, isCooling, type Standing } from '../../core/routing/standing.ts';
import { judge, type Verdict } from '../../core/routing/verdict.ts';
import type { Clock } from '../ports.ts';
import type { StandingChange } from './key-events.ts';
import type { Member } from './member.ts';
import type { Place, Places } from './places.ts';
import { Unsaved } from './unsaved.ts';

/** A good answer; no policy has a say in what follows from it. */
const ANSWERED = judge({ kind: 'answered' }, 0);

/** The standings of a pool. */
export class Standings {
  readonly unsaved: Unsaved = new Unsaved();
  /** Hears of every change of what is held against a place. Must be quick, and must not throw. */
  heard: ((change: StandingChange) => void) | undefined;
  readonly #places: Places;
  readonly #clock: Clock;
  readonly #changed: (isFreed: boolean) => void;

  /** `changed` hears of every change; `isFreed`: somebody may be free who was not. */
  constructor(places: Places, clock: Clock, changed: (isFreed: boolean) => void) {
    this.#places = places;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Takes note of how an attempt went that was sent at `sentMs`. */
  learn(member: Member, verdict: Verdict, sentMs: number, nowMs: number, health: HealthPolicy): void {
    const { reason, scope } = verdict;
    if (reason === 'answered') this.clear(member, sentMs, nowMs);
    if (scope === undefined) return;
    const place = scope === 'upstream' ? member.upstream : scope === 'key' ? member.key : member.lane;
    if (reason === 'rate-limited') {
      place.ramp ??= new Ramp();
      place.ramp.met(sentMs, nowMs);
    }
    this.#judge(place, verdict, sentMs, nowMs, health);
  }

  /** An attempt that was sent at `sentMs` has shown that everything on its way works. */
  clear(member: Member, sentMs: number, nowMs: number): void {
    for (const place of [member.upstream, member.key, member.lane])
      if (place.standing !== undefined) this.#judge(place, ANSWERED, sentMs, nowMs, DEFAULT_HEALTH);
  }

  #judge(place: Place, verdict: Verdict, sentMs: number, nowMs: number, health: HealthPolicy): void {
    const next = applyVerdict(place.standing, verdict, nowMs, health, sentMs);
    const before = place.standing;
    if (next === before) return;
    place.standing = next;
    this.heard?.({ place, before, after: next, byHand: false });
    this.unsaved.add(place, 'all');
    this.#changed(false);
  }

  /** Takes over what another gateway has learnt; undefined: nothing is held against the place any more. */
  adopt(place: Place, standing: Standing | undefined): void {
    if (standing === undefined) {
      if (place.standing === undefined) return;
      place.ramp = undefined;
    }
    place.standing = standing;
    this.unsaved.add(place, 'all');
    this.#changed(standing === undefined);
  }

  /** Whether a key, or its upstream, is to be left alone. */
  rests(upstreamId: string, keyId: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const places = [this.#places.at('upstream', upstreamId), this.#places.at('key', upstreamId, keyId)];
    return places.some(({ standing }) => isCooling(standing, nowMs));
  }

  /** Forgets everything that is held against a key. False when nothing was. */
  reset(upstreamId: string, keyId: string): boolean {
    const places = [
      this.#places.at('upstream', upstreamId),
      this.#places.at('key', upstreamId, keyId),
      ...this.#places.lanesOf(upstreamId, keyId).map(({ lane }) => lane),
    ];
    let wasHeld = false;
    for (const place of places) {
      place.ramp = undefined;
      const before = place.standing;
      if (before === undefined) continue;
      place.standing = undefined;
      this.heard?.({ place, before, after: undefined, byHand: true });
      wasHeld = true;
      this.unsaved.add(place, 'all');
    }
    if (wasHeld) this.#changed(true);
    return wasHeld;
  }

  /** Notes that a key was refused outside of an exchange: when it was tested. */
  refuse(
    upstreamId: string,
    keyId: string,
    { status, message }: { readonly status: number; readonly message: string },
    health: HealthPolicy,
  ): void {
    const nowMs = this.#clock.monotonicMs();
    const error = sluiceError('upstream_error', message, { status });
    const verdict = judge({ kind: 'failed', error, committed: false, answer: undefined }, 0, health);
    this.#judge(this.#places.at('key', upstreamId, keyId), verdict, nowMs, nowMs, health);
  }
}
