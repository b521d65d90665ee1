// Decides who may serve a request and in which order, or says in the client's terms why nobody can.

import type { Settings, Upstream } from '../config/settings.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { type Finding, findCandidates } from '../core/routing/candidates.ts';
import type { Target } from './context.ts';
import type { Pool } from './pool.ts';

/** The plan of one request, or why there is none. */
export type Choice =
  | { readonly ok: true; readonly plan: readonly Target[] }
  | { readonly ok: false; readonly error: SluiceError };

/** Chooses targets for a model in a dialect. `nowMs` is monotonic. */
export function choose(
  settings: Settings,
  pool: Pool,
  model: string,
  dialect: DialectId,
  nowMs: number,
): Choice {
  const finding = findingFor(settings, model, dialect);
  if (!finding.ok) return { ok: false, error: refusal(finding, model, dialect) };
  return { ok: true, plan: pool.plan(model, finding.candidates, nowMs, settings.retry.maxAttempts) };
}

const KEPT_FINDINGS = 1_000;
const kept = new WeakMap<Settings, Map<string, Finding<Upstream>>>();

/** Who could serve a model changes only with the configuration. Refusals are not kept: names that do not exist are endless. */
function findingFor(settings: Settings, model: string, dialect: DialectId): Finding<Upstream> {
  let findings = kept.get(settings);
  if (findings === undefined) {
    findings = new Map();
    kept.set(settings, findings);
  }
  const key = `${dialect} ${model}`;
  const known = findings.get(key);
  if (known !== undefined) return known;
  const finding = findCandidates(settings.upstreams, { model, dialect, globalAliases: settings.aliases });
  if (findings.size >= KEPT_FINDINGS) findings.clear();
  if (finding.ok) findings.set(key, finding);
  return finding;
}

function refusal(
  finding: Extract<Finding<Upstream>, { ok: false }>,
  model: string,
  dialect: DialectId,
): SluiceError {
  if (finding.reason === 'dialect') {
    return sluiceError(
      'dialect_unavailable',
      `The model "${model}" is offered, but by no upstream that speaks ${dialect}.`,
      {
        param: 'model',
        suggestion: `Ask for it in ${finding.dialects.join(' or ')}.`,
      },
    );
  }
  if (finding.reason === 'none') {
    return sluiceError('model_not_found', 'No upstream is configured and enabled.', {
      param: 'model',
      suggestion: 'Add one to sluice.jsonc, or set a provider key such as OPENAI_API_KEY and start again.',
    });
  }
  const near =
    finding.near.length === 0
      ? 'GET /v1/models lists what there is.'
      : `Did you mean ${finding.near.join(', ')}?`;
  return sluiceError('model_not_found', `No configured upstream offers the model "${model}".`, {
    param: 'model',
    suggestion: near,
  });
}
