// Limits of the file → Limits: -1 and absent become no limit, 0 stays nothing; and the time zone in which days begin.

import { isTimeZone } from '../core/routing/day.ts';
import type { Limits, ModelLimits } from '../core/routing/policy.ts';
import type { Findings } from './findings.ts';
import { nearestName } from './nearest.ts';
import type { LimitsConfig, LimitsSectionConfig, ModelLimitsConfig } from './schema/limits.ts';
import type { Settings } from './settings.ts';

const KINDS = ['rpm', 'rpd', 'tpm', 'tpd', 'concurrency'] as const;

/** Resolves limits; undefined where nothing is limited. */
export function limitsOf(written: LimitsConfig | undefined): Limits | undefined {
  if (written === undefined) return undefined;
  const set = KINDS.flatMap((kind) => {
    const limit = written[kind];
    return limit === undefined || limit < 0 ? [] : [[kind, limit] as const];
  });
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

/** The limits of one key: its own, and those of `keyLimits` for what it leaves out. -1 lifts one. */
export function ownLimits(written: LimitsConfig, common: LimitsConfig | undefined): Limits {
  const merged: LimitsConfig = Object.fromEntries(
    KINDS.map((kind) => [kind, written[kind] ?? common?.[kind]] as const),
  );
  return limitsOf(merged) ?? {};
}

/** Resolves limits by model. An entry that limits nothing is kept: it shields its models from the ones after it. */
export function modelLimitsOf(written: ModelLimitsConfig): readonly ModelLimits[] {
  return Object.entries(written).map(([model, limits]) => ({
    models: [model],
    limits: limitsOf(limits) ?? {},
  }));
}

/** Resolves the section; a zone that does not exist is reported. */
export function resolveLimits(config: LimitsSectionConfig, findings: Findings): Settings['limits'] {
  return {
    window: config.window,
    timeZone: resolveTimeZone(config.timeZone, findings),
    models: modelLimitsOf(config.models),
  };
}

function resolveTimeZone(written: string, findings: Findings): string {
  // The first use of Intl takes 20 ms, which a start need not pay for.
  if (written === 'UTC') return written;
  if (written.toLowerCase() === 'local') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (isTimeZone(written)) return written;
  const near = nearestName(written, Intl.supportedValuesOf('timeZone'));
  const other = 'Write a name such as "Europe/Berlin", "UTC" or "local".';
  const suggestion = near === undefined ? other : `Did you mean "${near}"?`;
  findings.add(['limits', 'timeZone'], 'There is no time zone of this name.', { suggestion });
  return 'UTC';
}
