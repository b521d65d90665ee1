// `sluice serve --env`: settings from the variables of the environment alone, as the gateways before this one had them.
// Notices name variables, never their values.

import { upstreamsFromEnvironment } from '../config/environment.ts';
import type { ListenOverrides } from '../config/listen-address.ts';
import type { SettingsReading } from '../config/live-settings.ts';
import { type ConfigCheck, checkConfig } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { resolveSettings } from '../config/resolve.ts';
import { snapshotOf } from '../config/snapshot.ts';
import { checkPlan } from '../import/in-memory.ts';
import type { SourceId } from '../import/plan.ts';
import { planEnvironment } from '../import/plan-import.ts';

/** Whose variables count: those of one gateway, with its policy; or all that are known, with the policy of this one. */
export type VariablesOf = SourceId | 'all';

interface Surroundings {
  readonly overrides: ListenOverrides;
  readonly env: NodeJS.ProcessEnv;
}

/** Reads the variables. */
export function settingsFromVariables(whose: VariablesOf, surroundings: Surroundings): SettingsReading {
  const { overrides, env } = surroundings;
  const snapshot = snapshotOf([]);
  const found = whose === 'all' ? fromAll(surroundings) : fromOne(whose, surroundings);
  if ('problem' in found) return { ok: false, problems: [found.problem], snapshot };
  const { checked, notices } = found;
  if (!checked.ok) return { ok: false, problems: checked.problems, snapshot };
  const resolved = resolveSettings(checked.value, { overrides, env, notices });
  if (!resolved.ok) return { ...resolved, snapshot };
  return { ok: true, settings: resolved.settings, warnings: resolved.warnings, snapshot };
}

type FoundVariables =
  | { readonly checked: ConfigCheck; readonly notices: readonly string[] }
  | { readonly problem: Problem };

function fromOne(source: SourceId, { overrides, env }: Surroundings): FoundVariables {
  // A flag stands for the variable: a target at the port of the flag would lead back here.
  const given = overrides.port === undefined ? env : { ...env, PORT: String(overrides.port) };
  const planned = planEnvironment(source, given);
  if (!planned.ok) return { problem: problemOf(planned.message, planned.suggestion) };
  const { plan } = planned;
  const carried = plan.notes.flatMap(({ kind, what }) => (kind === 'carried' ? [what] : []));
  const rest = plan.notes.flatMap(({ kind, what, why = '' }) =>
    kind === 'carried' ? [] : [`${what}: ${why}`],
  );
  const head = `The variables and the ways of ${source} are in force: ${carried.join('; ')}.`;
  return { checked: checkPlan(plan, env), notices: [head, ...rest] };
}

function fromAll({ overrides, env }: Surroundings): FoundVariables {
  const { upstreams, notices } =
    overrides.port === undefined
      ? upstreamsFromEnvironment(env)
      : upstreamsFromEnvironment(env, overrides.port);
  if (upstreams.length === 0) {
    const why = notices.length === 0 ? '' : ` ${notices.join(' ')}`;
    return {
      problem: problemOf(
        `There is no variable in the environment that gives an upstream.${why}`,
        'Set TARGET_API_URL and API_KEYS, OPENROUTER_API_KEYS, OPENAI_API_KEY, ANTHROPIC_API_KEY, MISTRAL_API_KEY or the variable of another provider.',
      ),
    };
  }
  const told = [...notices];
  const days = Number(env['LOG_RETENTION_DAYS']?.trim() || Number.NaN);
  const keeps = Number.isInteger(days) && days >= 1 && days <= 3_650;
  if (keeps) told.push('LOG_RETENTION_DAYS: log files are written to ./logs and kept for so many days.');
  else if (env['LOG_RETENTION_DAYS']?.trim())
    told.push('LOG_RETENTION_DAYS is not a number of days and was ignored.');
  if (env['REDIS_URL']?.trim())
    told.push('REDIS_URL: answers are kept there where they are cached; "--env ai-proxy" switches that on.');
  if (env['PORT']?.trim()) told.push('PORT sets the port.');
  // The entries are plain JSON: what a person would have written into the file.
  const config = { upstreams, ...(keeps ? { log: { folder: 'logs', retentionDays: days } } : {}) };
  return { checked: checkConfig(JSON.parse(JSON.stringify(config))), notices: told };
}

function problemOf(message: string, suggestion: string): Problem {
  const nowhere = { file: undefined, line: undefined, column: undefined, path: '' };
  return { severity: 'error', ...nowhere, message, suggestion };
}
