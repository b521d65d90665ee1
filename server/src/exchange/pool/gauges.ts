// What the pool knows, as numbers for monitoring: one pass over all places, nothing is made that is not there.

import type { Settings } from '../../config/settings.ts';
import { matchesAny } from '../../core/routing/glob.ts';
import type { Moment } from '../../core/routing/limits.ts';
import type { Limits } from '../../core/routing/policy.ts';
import { FREE, grade, PROBE, type Standing } from '../../core/routing/standing.ts';
import type { Place } from './places.ts';
import type { Pool } from './pool.ts';

/** The gauges; see observe/metrics/sources.ts. */
export interface PoolReadings {
  readonly upstreams: readonly UpstreamReading[];
  readonly keys: readonly { readonly upstreamId: string; readonly keyId: string; readonly state: string }[];
  readonly keyModels: readonly {
    readonly upstreamId: string;
    readonly state: string;
    readonly count: number;
  }[];
  readonly limits: readonly LimitReading[];
  readonly clients: readonly {
    readonly clientId: string;
    readonly kind: string;
    readonly usedRatio: number;
  }[];
}

/** An upstream as a whole. */
export interface UpstreamReading {
  readonly upstreamId: string;
  readonly state: string;
  /** Attempts on their way. */
  readonly inFlight: number;
}

/** The used part of a limit, 0 to 1; of keys and their models, of the one that has used most. */
export interface LimitReading {
  readonly upstreamId: string;
  readonly level: 'upstream' | 'key' | 'model';
  readonly kind: string;
  readonly usedRatio: number;
}

/** Reads the pool. */
export function poolGauges(settings: Settings, pool: Pool): PoolReadings {
  const now = pool.now();
  const most = new Map<string, LimitReading>();
  const note = (
    upstreamId: string,
    level: LimitReading['level'],
    place: Place,
    limits: Limits | undefined,
  ): void => {
    for (const [kind, usedRatio] of usedRatios(place, limits, now)) {
      const name = `${upstreamId}\n${level}\n${kind}`;
      if (usedRatio >= (most.get(name)?.usedRatio ?? 0))
        most.set(name, { upstreamId, level, kind, usedRatio });
    }
  };
  const upstreams: UpstreamReading[] = [];
  const keys: { upstreamId: string; keyId: string; state: string }[] = [];
  for (const upstream of settings.upstreams) {
    const whole = pool.places.at('upstream', upstream.id);
    const state = upstream.enabled ? stateOf(whole.standing, now.ms) : 'disabled';
    upstreams.push({ upstreamId: upstream.id, state, inFlight: whole.inFlight });
    note(upstream.id, 'upstream', whole, upstream.limits);
    for (const key of upstream.keys) {
      const place = pool.places.at('key', upstream.id, key.id);
      const off = !upstream.enabled || key.disabled === true;
      const keyState = off ? 'disabled' : stateOf(place.standing, now.ms);
      keys.push({ upstreamId: upstream.id, keyId: key.id, state: keyState });
      note(upstream.id, 'key', place, key.limits ?? upstream.keyLimits);
    }
  }
  const keyModels = restingLanes(settings, pool, now, note);
  const clients = settings.clients.flatMap(({ id, limits }) =>
    limits === undefined
      ? []
      : usedRatios(pool.places.at('client', id), limits, now).map(([kind, usedRatio]) => ({
          clientId: id,
          kind,
          usedRatio,
        })),
  );
  return { upstreams, keys, keyModels, limits: [...most.values()], clients };
}

function restingLanes(
  settings: Settings,
  pool: Pool,
  now: Moment,
  note: (upstreamId: string, level: 'model', place: Place, limits: Limits | undefined) => void,
): { upstreamId: string; state: string; count: number }[] {
  const byId = new Map(settings.upstreams.map((upstream) => [upstream.id, upstream]));
  const counts = new Map<string, { upstreamId: string; state: string; count: number }>();
  pool.places.visitLanes((lane) => {
    if (lane.standing === undefined && lane.meter === undefined) return;
    const [, upstreamId = '', , ...rest] = lane.name.split('\n');
    const upstream = byId.get(upstreamId);
    if (upstream === undefined) return;
    if (lane.meter !== undefined) {
      const model = rest.join('\n');
      note(
        upstreamId,
        'model',
        lane,
        upstream.modelLimits.find(({ models }) => matchesAny(models, model))?.limits,
      );
    }
    const state = stateOf(lane.standing, now.ms);
    if (state === 'free') return;
    const name = `${upstreamId}\n${state}`;
    const known = counts.get(name);
    if (known === undefined) counts.set(name, { upstreamId, state, count: 1 });
    else known.count += 1;
  });
  return [...counts.values()];
}

function stateOf(standing: Standing | undefined, nowMs: number): string {
  const found = grade(standing, nowMs);
  if (standing === undefined || found === FREE) return 'free';
  return found === PROBE ? 'half-open' : standing.state;
}

function usedRatios(
  { meter }: Place,
  limits: Limits | undefined,
  now: Moment,
): [kind: string, usedRatio: number][] {
  if (meter === undefined) return [];
  return Object.entries(meter.remaining(limits ?? {}, now)).map(([kind, { limit, remaining }]) => [
    kind,
    limit <= 0 ? 1 : Math.min(1, Math.max(0, (limit - remaining) / limit)),
  ]);
}
