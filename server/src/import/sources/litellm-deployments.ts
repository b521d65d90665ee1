// Reads the deployments of LiteLLM (`model_list`): what each is asked for, where it is, with which key, rank and limits.

import { checkProxyUrl } from '../../config/base-url.ts';
import type { Environment } from '../../config/environment.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { type Fields, msOf } from '../fields.ts';
import { keysIn } from '../key-places.ts';
import { placeOf } from '../known-host.ts';
import {
  FromVariable,
  type PlanBuilder,
  type PlanMembers,
  type PlannedKey,
  type PlanValue,
  SecretText,
} from '../plan.ts';
import { headersOf } from './headers.ts';
import { readModelName, readText, variableOf } from './litellm-providers.ts';

/** One usable deployment. */
export interface Deployment {
  /** The name that clients ask for; "*" for every name. */
  readonly group: string;
  /** The name to send; "*" for the one that was asked for. */
  readonly model: string;
  readonly place: string;
  /** What all models of its upstream share. */
  readonly members: PlanMembers;
  readonly key: PlannedKey | undefined;
  /** Lower is tried first. */
  readonly order: number;
  readonly weight: number | undefined;
  readonly limits: PlanMembers;
  readonly price: PlanMembers | undefined;
}

/** What deployments may refer to. */
export interface Referred {
  /** Named credentials, by their names. */
  readonly credentials: ReadonlyMap<string, Fields>;
  /** Variables that were imported along with the file. */
  readonly known: Environment;
}

/** The deployments that can be used; the others are told. */
export function readDeployments(plan: PlanBuilder, root: Fields, referred: Referred): readonly Deployment[] {
  return root.objects('model_list').flatMap((entry) => {
    const found = readDeployment(plan, entry, referred);
    return found === undefined ? [] : [found];
  });
}

function readDeployment(
  plan: PlanBuilder,
  entry: Fields,
  { credentials, known }: Referred,
): Deployment | undefined {
  const group = entry.text('model_name');
  const params = entry.object('litellm_params');
  const written = params?.text('model');
  if (group === undefined || params === undefined || written === undefined) {
    plan.missing(entry.place, 'It has no model_name or no litellm_params.model; it was left out.');
    return undefined;
  }
  const name = readModelName(written, params.text('custom_llm_provider'));
  if (name.kind === 'unknown') {
    const advice =
      'This kind of service is not known here. Reach it through a server that speaks the format of OpenAI.';
    plan.missing(`${entry.place} ${group} (${name.prefix})`, advice);
    return undefined;
  }
  if ((group.includes('*') || name.model.includes('*')) && !/^[^*]*\*$/.test(group)) {
    plan.missing(`${entry.place} ${group}`, 'A "*" can stand at the end of a name alone; it was left out.');
    return undefined;
  }
  const credential = credentials.get(params.text('litellm_credential_name') ?? '');
  const provider = name.kind === 'known' ? name.provider : undefined;
  const address = addressOf(plan, params, provider, { credential, known });
  if (address === undefined) {
    const why =
      written === '*'
        ? 'The names of all vendors at once: here each has an upstream of its own, as "sluice keys add" makes it.'
        : 'It has no address that can be used; it was left out.';
    plan.missing(`${entry.place} ${group}`, why);
    return undefined;
  }
  const info = entry.object('model_info');
  const deployment: Deployment = {
    group,
    model: name.model,
    place: entry.place,
    members: { ...address, ...extrasOf(plan, params, known) },
    key: keyOf(params, { credential, known }),
    order: params.number('order') ?? 0,
    weight: weightOf(entry, params),
    limits: limitsOf(entry, params),
    price: priceOf(params, info) ?? basePrice(plan, info, name.model, provider),
  };
  tellParams(params);
  return deployment;
}

/** Where values of one deployment may come from besides itself. */
interface Sources {
  readonly credential: Fields | undefined;
  readonly known: Environment;
}

/** `provider`, `baseUrl` and `dialects`. */
function addressOf(
  plan: PlanBuilder,
  params: Fields,
  provider: Provider | undefined,
  { credential, known }: Sources,
): PlanMembers | undefined {
  const text = params.text('api_base') ?? params.text('base_url') ?? credential?.text('api_base');
  if (params.has('api_version'))
    plan.changed(
      params.at('api_version'),
      'The address without a date is used (/openai/v1), which needs none.',
    );
  if (text === undefined) {
    if (provider === undefined || Object.keys(provider.bases).length > 0)
      return provider && { provider: provider.id };
    // Azure without an address: its own variable.
    return { provider: provider.id, baseUrl: new FromVariable('AZURE_API_BASE') };
  }
  const written = readText(text, known);
  const generic = { provider: 'openai-compatible', dialects: ['openai-chat'] };
  const own = provider === undefined || provider.id === 'openai' ? generic : { provider: provider.id };
  if (written instanceof FromVariable) return { ...own, baseUrl: written };
  const place = placeOf(written);
  if (place.kind === 'wrong') return undefined;
  if (place.kind === 'preset' && (provider === undefined || place.provider.id === provider.id))
    return { provider: place.provider.id };
  return { ...own, baseUrl: written };
}

function extrasOf(plan: PlanBuilder, params: Fields, known: Environment): PlanMembers {
  const headers: Record<string, PlanValue> = { ...headersOf(plan, params.object('extra_headers')) };
  const organization = params.any('organization');
  if (typeof organization === 'string') headers['OpenAI-Organization'] = readText(organization, known);
  else if (organization !== undefined)
    plan.missing(
      params.at('organization'),
      'Write one upstream for each, with the header OpenAI-Organization.',
    );
  const seconds = params.number('timeout');
  const first = params.number('stream_timeout');
  const timeouts = {
    ...(seconds === undefined || seconds <= 0 ? {} : { answerMs: msOf(seconds) }),
    ...(first === undefined || first <= 0 ? {} : { headersMs: msOf(first), firstOutputMs: msOf(first) }),
  };
  const proxy = params.text('proxy') === undefined ? undefined : checkProxyUrl(params.text('proxy') ?? '');
  return {
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
    ...(proxy !== undefined && 'url' in proxy ? { proxy: new SecretText(proxy.url) } : {}),
  };
}

function keyOf(params: Fields, { credential, known }: Sources): PlannedKey | undefined {
  const text = params.text('api_key') ?? credential?.text('api_key');
  // "none" and the like are what servers without keys are given.
  if (text === undefined || /^(?:none|null|dummy|na|n\/a|empty|fake|not-needed)$/i.test(text))
    return undefined;
  const variable = variableOf(text);
  if (variable !== undefined) return { variable, values: keysIn(known[variable] ?? ''), enabled: true };
  return /^[\x21-\x7e]+$/.test(text) ? { values: [text], enabled: true } : undefined;
}

function weightOf(entry: Fields, params: Fields): number | undefined {
  const weight = params.number('weight') ?? entry.number('weight');
  return weight !== undefined && weight > 0 && weight <= 1_000_000 ? weight : undefined;
}

function limitsOf(entry: Fields, params: Fields): PlanMembers {
  const most = 1_000_000_000_000;
  const limits: Record<string, number> = {};
  for (const kind of ['rpm', 'tpm'] as const) {
    const limit = params.whole(kind, 0, most) ?? entry.whole(kind, 0, most);
    if (limit !== undefined) limits[kind] = limit;
  }
  const parallel = params.whole('max_parallel_requests', 0, most);
  return parallel === undefined ? limits : { ...limits, concurrency: parallel };
}

/** Dollars for a token become dollars for a million. */
function priceOf(params: Fields, info: Fields | undefined): PlanMembers | undefined {
  const perMillion = (name: string): number | undefined => {
    const usd = params.number(name) ?? info?.number(name);
    return usd === undefined || usd < 0 ? undefined : Number((usd * 1_000_000).toPrecision(10));
  };
  const input = perMillion('input_cost_per_token');
  const output = perMillion('output_cost_per_token');
  if (input === undefined || output === undefined) return undefined;
  const cacheRead = perMillion('cache_read_input_token_cost');
  return { input, output, ...(cacheRead === undefined ? {} : { cacheRead }) };
}

/** Whose price a deployment has that is not named after its model, as at Azure. */
function basePrice(
  plan: PlanBuilder,
  info: Fields | undefined,
  model: string,
  provider: Provider | undefined,
): PlanMembers | undefined {
  const base = info?.text('base_model');
  if (info === undefined || base === undefined) return undefined;
  const name = readModelName(base, undefined);
  // "azure/eu/gpt-4o" and the like name where it is served.
  const named =
    name.kind === 'unknown' ? base : name.model.replace(/^(?:eu|us|global|global-standard)\//, '');
  if (named === model) return undefined;
  if (name.kind === 'known')
    return { as: name.provider.id === provider?.id ? named : `${name.provider.id}/${named}` };
  plan.missing(
    info.at('base_model'),
    `What "${model}" costs is not known by this name: write it into "prices" ("sluice prices --unpriced" lists what lacks one).`,
  );
  return undefined;
}

function tellParams(params: Fields): void {
  for (const name of ['region_name', 'max_retries', 'tags', 'model_info', 'drop_params']) params.any(name);
  params.tellRest('Values for requests are not put in here: have the client send them.');
}
