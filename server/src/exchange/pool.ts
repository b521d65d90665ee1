// What the running gateway remembers of its upstreams between requests: the standing of each key and whose turn it is.
// Keyed by ids, so that it survives a reload of the configuration.

import type { Upstream } from '../config/settings.ts';
import type { Candidate } from '../core/routing/candidates.ts';
import { makePlan, type PlanOptions } from '../core/routing/plan.ts';
import { applyVerdict, type Standing } from '../core/routing/standing.ts';
import type { Verdict } from '../core/routing/verdict.ts';

/** The memory behind the choice of targets. */
export interface Pool {
  /** Orders the candidates of one request: highest priority first, turn by turn inside a priority, cooling ones last. */
  plan(
    model: string,
    candidates: readonly Candidate<Upstream>[],
    options: Pick<PlanOptions<Candidate<Upstream>>, 'nowMs' | 'maxAttempts' | 'preferNative'>,
  ): Candidate<Upstream>[];
  /** Takes note of how an attempt went. */
  learn(target: Candidate<Upstream>, verdict: Verdict, nowMs: number): void;
  standing(upstreamId: string, keyId: string): Standing | undefined;
}

/** Turns are counted per model, so that requests for one model do not skew the turns of another. */
const TURN_LIMIT = 10_000;

const standingKey = (upstreamId: string, keyId: string): string => `${upstreamId}\n${keyId}`;

/** Makes a pool that knows nothing yet. */
export function createPool(): Pool {
  const standings = new Map<string, Standing>();
  const turns = new Map<string, number>();
  const standing = (upstreamId: string, keyId: string): Standing | undefined =>
    standings.get(standingKey(upstreamId, keyId));

  return {
    plan: (model, candidates, options) => {
      const cursor = turns.get(model) ?? 0;
      if (turns.size > TURN_LIMIT) turns.clear();
      turns.set(model, cursor + 1);
      return makePlan(candidates, {
        cursor,
        standing: (candidate) => standing(candidate.upstream.id, candidate.key.id),
        ...options,
      });
    },
    learn: (target, verdict, nowMs) => {
      const key = standingKey(target.upstream.id, target.key.id);
      const next = applyVerdict(standings.get(key), verdict, nowMs);
      if (next === undefined) standings.delete(key);
      else standings.set(key, next);
    },
    standing,
  };
}
