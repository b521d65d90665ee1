// What is known of every key, for people: standing with its reason, what was used of its limits, what it does now.

import type { Settings } from '../../config/settings.ts';
import { matchesAny } from '../../core/routing/glob.ts';
import type { Moment } from '../../core/routing/limits.ts';
import type { Limits } from '../../core/routing/policy.ts';
import { describe } from '../../core/routing/standing.ts';
import type { KeyReport, StandingReport, UseReport } from '../operator/operator.ts';
import type { Place } from './places.ts';
import type { Pool } from './pool.ts';

/** One report for each key of the configuration. */
export function keyReports(settings: Settings, pool: Pool): KeyReport[] {
  const now = pool.now();
  return settings.upstreams.flatMap((upstream) =>
    upstream.keys.map((key): KeyReport => {
      const ofUpstream = pool.places.at('upstream', upstream.id);
      const ofKey = pool.places.at('key', upstream.id, key.id);
      const lanes = pool.places.lanesOf(upstream.id, key.id);
      const limitsOf = (model: string): Limits | undefined =>
        upstream.modelLimits.find(({ models }) => matchesAny(models, model))?.limits;
      const reported = lanes.flatMap(({ lane, model }) =>
        (lane.meter?.reportedNow(now) ?? []).map((word) => ({ ...word, model })),
      );
      const latencies = lanes.flatMap(({ lane }) => lane.ttft.ms ?? []);
      return {
        upstreamId: upstream.id,
        keyId: key.id,
        ...(key.name === undefined ? {} : { name: key.name }),
        disabled: key.disabled === true,
        standings: [
          ...standingOf('upstream', ofUpstream, now),
          ...standingOf('key', ofKey, now),
          ...lanes.flatMap(({ lane, model }) => standingOf('model', lane, now, model)),
        ],
        inFlight: ofKey.inFlight,
        use: [
          ...useOf('upstream', ofUpstream, upstream.limits, now),
          ...useOf('key', ofKey, key.limits ?? upstream.keyLimits, now),
          ...lanes.flatMap(({ lane, model }) => useOf('model', lane, limitsOf(model), now, model)),
        ],
        ...(reported.length === 0 ? {} : { reported }),
        ...(ofKey.lastUsedMs === 0
          ? {}
          : { lastUsedAtMs: Math.round(now.epochMs - now.ms + ofKey.lastUsedMs) }),
        ...(latencies.length === 0 ? {} : { ttftMs: Math.round(Math.min(...latencies)) }),
      };
    }),
  );
}

function standingOf(
  scope: StandingReport['scope'],
  { standing }: Place,
  now: Moment,
  model?: string,
): StandingReport[] {
  if (standing === undefined) return [];
  const { state, reason, why, sinceAtMs, untilAtMs, status } = describe(standing, now.ms, now.epochMs);
  return [
    {
      scope,
      state,
      reason,
      why,
      sinceAtMs,
      ...(model === undefined ? {} : { model }),
      ...(untilAtMs === undefined ? {} : { untilAtMs }),
      ...(status === undefined ? {} : { status }),
      ...(standing.message === undefined ? {} : { message: standing.message }),
    },
  ];
}

function useOf(
  level: UseReport['level'],
  { meter }: Place,
  limits: Limits | undefined,
  now: Moment,
  model?: string,
): UseReport[] {
  if (meter === undefined || limits === undefined) return [];
  return Object.entries(meter.remaining(limits, now)).map(([kind, { limit, remaining, resetInMs }]) => ({
    kind: kind as UseReport['kind'],
    level,
    ...(model === undefined ? {} : { model }),
    limit,
    remaining,
    resetInMs,
  }));
}
