// Decides who may serve a request and by which route, or says in the client's terms why nobody can.

import type { Settings, Upstream } from '../config/settings.ts';
import { COUNTING_DIALECTS } from '../core/counting/convert.ts';
import { EMBEDDING_DIALECTS } from '../core/embeddings/convert.ts';
import { DIALECT_IDS, type DialectId, type Use } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { type Finding, findCandidates } from '../core/routing/candidates.ts';
import type { RoutingRoute } from '../core/routing/policy.ts';
import { routeFor } from '../core/routing/route.ts';
import type { Target } from './outcome.ts';

/** Who may serve one request, or why nobody can. The same question gives the same list while the configuration stands. */
export type Choice =
  | { readonly ok: true; readonly candidates: readonly Target[]; readonly route: RoutingRoute }
  | { readonly ok: false; readonly error: SluiceError; readonly route: RoutingRoute };

/** What is asked for. */
export interface Question {
  readonly model: string;
  readonly dialect: DialectId;
  readonly use: Use;
  /** Id of the client, or '' where the gateway is open. */
  readonly client: string;
  /** Ids of the upstreams that may serve it; undefined: any. */
  readonly only?: readonly string[] | undefined;
}

/** The formats that a use can be converted to. */
export function bridgesOf(use: Use): readonly DialectId[] {
  if (use === 'generate') return DIALECT_IDS;
  if (use === 'embed') return EMBEDDING_DIALECTS;
  return use === 'count-tokens' ? COUNTING_DIALECTS : [];
}

/** Chooses candidates for a model in a dialect. */
export function choose(settings: Settings, question: Question): Choice {
  const route = routeFor(settings.routes, question);
  const finding = findingFor(settings, route, question);
  if (!finding.ok) return { ok: false, error: refusal(finding, question.model, question.dialect), route };
  return { ok: true, candidates: finding.candidates, route };
}

const KEPT_FINDINGS = 1_000;
const kept = new WeakMap<Settings, Map<string, Finding<Upstream>>>();

/** Who could serve a model changes only with the configuration. Refusals are not kept: names that do not exist are endless. */
function findingFor(settings: Settings, route: RoutingRoute, question: Question): Finding<Upstream> {
  const { dialect, use } = question;
  const model = route.forceModel ?? (question.model === '' ? (route.defaultModel ?? '') : question.model);
  const only = bothOf(question.only, route.upstreams.length === 0 ? undefined : route.upstreams);
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

/** Ids that are in both lists; undefined stands for all there are. */
function bothOf(
  asked: readonly string[] | undefined,
  allowed: readonly string[] | undefined,
): readonly string[] | undefined {
  if (asked === undefined || allowed === undefined) return asked ?? allowed;
  return asked.filter((id) => allowed.includes(id));
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
