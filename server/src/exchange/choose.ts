// Decides who may serve a request and in which order, or says in the client's terms why nobody can.

import type { Settings, Upstream } from '../config/settings.ts';
import { COUNTING_DIALECTS } from '../core/counting/convert.ts';
import { EMBEDDING_DIALECTS } from '../core/embeddings/convert.ts';
import { DIALECT_IDS, type DialectId, type Use } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { type Finding, findCandidates } from '../core/routing/candidates.ts';
import type { Target } from './context.ts';
import type { Pool } from './pool.ts';

/** The plan of one request, or why there is none. */
export type Choice =
  | { readonly ok: true; readonly plan: readonly Target[] }
  | { readonly ok: false; readonly error: SluiceError };

/** What is asked for. */
export interface Question {
  readonly model: string;
  readonly dialect: DialectId;
  readonly use: Use;
  /** Ids of the upstreams that may serve it; undefined: any. */
  readonly only?: readonly string[] | undefined;
}

/** The formats that a use can be converted to. */
function bridgesOf(use: Use): readonly DialectId[] {
  if (use === 'generate') return DIALECT_IDS;
  if (use === 'embed') return EMBEDDING_DIALECTS;
  return use === 'count-tokens' ? COUNTING_DIALECTS : [];
}

/** Chooses targets for a model in a dialect. `nowMs` is monotonic. */
export function choose(settings: Settings, pool: Pool, question: Question, nowMs: number): Choice {
  const finding = findingFor(settings, question);
  if (!finding.ok) return { ok: false, error: refusal(finding, question.model, question.dialect) };
  const maxAttempts = settings.routes.at(-1)?.retry.maxAttempts ?? 1;
  const { preferNative } = settings.conversion;
  const plan = pool.plan(question.model, finding.candidates, { nowMs, maxAttempts, preferNative });
  return { ok: true, plan };
}

const KEPT_FINDINGS = 1_000;
const kept = new WeakMap<Settings, Map<string, Finding<Upstream>>>();

/** Who could serve a model changes only with the configuration. Refusals are not kept: names that do not exist are endless. */
function findingFor(settings: Settings, { model, dialect, use, only }: Question): Finding<Upstream> {
  let findings = kept.get(settings);
  if (findings === undefined) {
    findings = new Map();
    kept.set(settings, findings);
  }
  const key = `${dialect} ${use} ${only?.join() ?? ''} ${model}`;
  const known = findings.get(key);
  if (known !== undefined) return known;
  const meant =
    only === undefined ? settings.upstreams : settings.upstreams.filter(({ id }) => only.includes(id));
  const finding = findCandidates(meant, {
    model,
    dialect,
    bridges: bridgesOf(use),
    globalAliases: settings.aliases,
  });
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
