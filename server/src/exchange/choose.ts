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
import {
  type Access,
  isRestricted,
  mayUseModel,
  modelForbidden,
  scopeOf,
  usableUpstreams,
} from './rights/access.ts';

/** Who may serve one request, or why nobody can. The same question gives the same list while the configuration stands. */
export type Choice =
  | (Chosen & { readonly ok: true; readonly candidates: readonly Target[] })
  | (Chosen & { readonly ok: false; readonly error: SluiceError });

interface Chosen {
  readonly route: RoutingRoute;
  /** The model that is looked for: the client's, or the one that the route gives. */
  readonly model: string;
}

/** What is asked for. */
export interface Question {
  readonly model: string;
  /** It can be served without a model. */
  readonly needsNoModel?: true | undefined;
  readonly dialect: DialectId;
  readonly use: Use;
  /** Id of the client, or '' where the gateway is open. */
  readonly client: string;
  /** Ids of the upstreams that may serve it; undefined: any. */
  readonly only?: readonly string[] | undefined;
  /** What the client may use; absent: everything. */
  readonly access?: Access;
}

/** The formats that a use can be converted to. */
export function bridgesOf(use: Use): readonly DialectId[] {
  if (use === 'generate') return DIALECT_IDS;
  if (use === 'embed') return EMBEDDING_DIALECTS;
  return use === 'count-tokens' ? COUNTING_DIALECTS : [];
}

/** True where a name may end in an effort. A count only loses the ending: how hard a model thinks does not change it. */
export function takesEffort(use: Use): boolean {
  return use === 'generate' || use === 'count-tokens';
}

/** Chooses candidates for a model in a dialect. */
export function choose(settings: Settings, question: Question): Choice {
  const route = routeFor(settings.routes, question);
  const model = modelFor(route, question);
  if (model === '' && question.needsNoModel !== true) return { ok: false, error: NO_MODEL, route, model };
  const finding = findingFor(settings, route, question, model);
  if (finding.ok) return { ok: true, candidates: finding.candidates, route, model };
  const { access } = question;
  if (isRestricted(access) && !mayUseModel(access, model))
    return { ok: false, error: modelForbidden(access, `"${model}"`), route, model };
  const told = model === question.model ? `"${model}"` : `"${model}" of the route "${route.id}"`;
  return { ok: false, error: refusal(finding, told, question.dialect), route, model };
}

const NO_MODEL: SluiceError = sluiceError('invalid_request', 'The request names no model.', {
  param: 'model',
  suggestion: "Send the name of a model in 'model', or set routing.defaultModel in the configuration.",
});

/**
 * The model that the request is about. Moderations are left alone: their models are of another kind than those of chats. A
 * stored prompt names its own model, which a default does not replace; a count takes whatever the generation would.
 */
function modelFor(
  { defaultModel = '', forceModel }: RoutingRoute,
  { model, use, needsNoModel }: Question,
): string {
  if (use === 'moderate') return model;
  if (forceModel !== undefined) return forceModel;
  return model === '' && (needsNoModel !== true || use === 'count-tokens') ? defaultModel : model;
}

const KEPT_FINDINGS = 1_000;
const kept = new WeakMap<Settings, Map<string, Finding<Upstream>>>();

/** Who could serve a model changes only with the configuration. Refusals are not kept: names that do not exist are endless. */
function findingFor(
  settings: Settings,
  route: RoutingRoute,
  question: Question,
  model: string,
): Finding<Upstream> {
  const { dialect, use } = question;
  const only = bothOf(question.only, route.upstreams.length === 0 ? undefined : route.upstreams);
  let findings = kept.get(settings);
  if (findings === undefined) {
    findings = new Map();
    kept.set(settings, findings);
  }
  const { access } = question;
  const restricted = isRestricted(access);
  const key = `${dialect} ${use} ${only?.join() ?? ''} ${restricted ? scopeOf(access) : ''} ${model}`;
  const known = findings.get(key);
  if (known !== undefined) return known;
  const usable = usableUpstreams(settings.upstreams, access);
  const meant = only === undefined ? usable : usable.filter(({ id }) => only.includes(id));
  const found = findCandidates(meant, {
    model,
    dialect,
    bridges: bridgesOf(use),
    globalAliases: settings.aliases,
    takesEffort: takesEffort(use),
  });
  const finding = restricted ? permitted(found, model, access) : found;
  if (findings.size >= KEPT_FINDINGS) findings.clear();
  if (finding.ok) findings.set(key, finding);
  return finding;
}

/**
 * Only what the client may use, by the name that it asks for or by the one that is sent. Names that it may not use are not
 * offered in place of one that does not exist.
 */
function permitted(finding: Finding<Upstream>, model: string, access: Access): Finding<Upstream> {
  if (!finding.ok) return { ...finding, near: finding.near.filter((name) => mayUseModel(access, name)) };
  const candidates = finding.candidates.filter((target) => mayUseModel(access, model, target.model));
  if (candidates.length > 0) return { ok: true, candidates };
  return { ok: false, reason: 'model', near: [], dialects: [] };
}

/** Ids that are in both lists; undefined stands for all there are. */
function bothOf(
  asked: readonly string[] | undefined,
  allowed: readonly string[] | undefined,
): readonly string[] | undefined {
  if (asked === undefined || allowed === undefined) return asked ?? allowed;
  return asked.filter((id) => allowed.includes(id));
}

/** `model` in quotes. */
function refusal(
  finding: Extract<Finding<Upstream>, { ok: false }>,
  model: string,
  dialect: DialectId,
): SluiceError {
  if (finding.reason === 'dialect') {
    return sluiceError(
      'dialect_unavailable',
      `The model ${model} is offered, but by no upstream that speaks ${dialect}.`,
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
  return sluiceError('model_not_found', `No configured upstream offers the model ${model}.`, {
    param: 'model',
    suggestion: near,
  });
}
