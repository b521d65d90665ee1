// The upstreams of token_proxy: protocols, credential, proxy, conversions and headers.

import { checkProxyUrl } from '../../config/base-url.ts';
import type { DialectId } from '../../core/model/dialect-id.ts';
import { findProvider } from '../../core/providers/index.ts';
import type { Fields } from '../fields.ts';
import { placeOf } from '../known-host.ts';
import type { PlanBuilder, PlanMembers, PlannedKey, PlannedUpstream, PlanValue } from '../plan.ts';
import { SecretText } from '../plan.ts';
import { headersOf } from './headers.ts';

/** What it calls the formats of upstreams, and those of clients. */
const PROTOCOLS: Readonly<Record<string, DialectId>> = {
  openai: 'openai-chat',
  'openai-response': 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
};
const FORMATS: Readonly<Record<string, DialectId>> = {
  openai_chat: 'openai-chat',
  openai_responses: 'openai-responses',
  anthropic_messages: 'anthropic-messages',
  gemini: 'gemini',
};
const ACCOUNTS: readonly string[] = ['codex', 'kiro', 'xai', 'antigravity'];

/** Every upstream that can be used; the others are told. `ids` is told what each is called here. */
export function planUpstreams(plan: PlanBuilder, root: Fields, ids: Map<string, string>): PlannedUpstream[] {
  const appProxy = root.text('app_proxy_url');
  const convertsAll = root.flag('enable_api_format_conversion') === true;
  const planned: PlannedUpstream[] = [];
  for (const upstream of root.objects('upstreams')) {
    const label = upstream.text('id') ?? upstream.place;
    const providers = providersOf(upstream);
    const account = providers.find((name) => ACCOUNTS.includes(name));
    const id = uniqueId(plan, planned, label);
    const made =
      account === undefined
        ? planPlain(plan, upstream, { id, providers, appProxy, convertsAll })
        : planAccount(plan, upstream, id, account);
    if (made === undefined) continue;
    ids.set(label, id);
    planned.push(made);
  }
  return planned;
}

function uniqueId(plan: PlanBuilder, planned: readonly PlannedUpstream[], label: string): string {
  let id = plan.upstreamId(label);
  for (let count = 2; planned.some((other) => other.id === id); count++)
    id = plan.upstreamId(`${label.slice(0, 50)}-${count}`);
  return id;
}

function providersOf(upstream: Fields): readonly string[] {
  const one = upstream.text('provider');
  return [...new Set([...(one === undefined ? [] : [one]), ...upstream.texts('providers')])];
}

interface Setting {
  readonly id: string;
  readonly providers: readonly string[];
  readonly appProxy: string | undefined;
  readonly convertsAll: boolean;
}

function planPlain(plan: PlanBuilder, upstream: Fields, setting: Setting): PlannedUpstream | undefined {
  const { id, providers } = setting;
  const dialects = dialectsOf(plan, upstream, providers);
  const baseUrl = upstream.text('base_url');
  if (dialects.length === 0 || baseUrl === undefined) {
    plan.missing(upstream.place, 'It has no base_url, or no provider that is known; it was left out.');
    return undefined;
  }
  const place = placeOf(baseUrl);
  if (place.kind === 'wrong') {
    plan.missing(
      upstream.at('base_url'),
      `It cannot be used, so the upstream was left out: ${place.message}`,
    );
    return undefined;
  }
  const preset =
    place.kind === 'preset' && dialects.every((dialect) => place.provider.dialects.includes(dialect))
      ? place.provider
      : undefined;
  const keys = keysOf(plan, upstream);
  const needsKey = keys.length === 0 && (place.kind === 'preset' || !place.local);
  if (needsKey)
    plan.missing(
      upstream.at('credential'),
      `It passes on the keys of clients, which this gateway never does: upstream ${id} is switched off. Give it a key with "sluice keys add ${id}" and take "enabled" away.`,
    );
  const enabled = (upstream.flag('enabled') ?? true) && !needsKey;
  const members: PlanMembers = {
    provider: preset?.id ?? compatibleFor(dialects),
    ...(preset === undefined ? { baseUrl } : {}),
    dialects,
    ...(enabled ? {} : { enabled: false }),
    ...commonMembers(plan, upstream, setting),
    convert: conversionsOf(plan, upstream, setting, dialects),
  };
  plan.carried(`${upstream.place} as upstream ${id}${enabled ? '' : ' (out of use)'}`);
  tellSwitches(plan, upstream);
  upstream.tellRest();
  return { id, why: `${upstream.place}: ${providers.join(', ')}`, members, keys };
}

/** The generic provider that knows the way in which the key of a format is sent. */
function compatibleFor(dialects: readonly DialectId[]): string {
  if (dialects.every((dialect) => dialect === 'anthropic-messages')) return 'anthropic-compatible';
  return dialects.every((dialect) => dialect === 'gemini') ? 'gemini-compatible' : 'openai-compatible';
}

function dialectsOf(plan: PlanBuilder, upstream: Fields, providers: readonly string[]): readonly DialectId[] {
  const chatOnly = upstream.flag('use_chat_completions_for_responses') === true;
  const dialects = providers.flatMap((name): readonly DialectId[] => {
    const dialect = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
    if (dialect === undefined) {
      plan.missing(`${upstream.place}: provider ${name}`, 'It is not known, and was left out.');
      return [];
    }
    return [chatOnly && dialect === 'openai-responses' ? 'openai-chat' : dialect];
  });
  return [...new Set(dialects)];
}

/** Members that have the same meaning for every kind of upstream. */
function commonMembers(
  plan: PlanBuilder,
  upstream: Fields,
  { appProxy }: Pick<Setting, 'appProxy'>,
): PlanMembers {
  const priority = upstream.whole('priority', -1_000_000, 1_000_000);
  const models = upstream.texts('available_models').filter((name) => !name.includes('*'));
  const aliases = [...upstream.textMap('model_mappings')].filter(([alias]) => /^[^*]*\*?$/.test(alias));
  const overrides = upstream.object('overrides');
  const headers = headersOf(plan, overrides?.object('header'));
  if (overrides?.has('model_capabilities') === true)
    plan.missing(overrides.at('model_capabilities'), 'Say what models take in "traits" of the upstream.');
  overrides?.tellRest();
  const proxy = proxyOf(plan, upstream, appProxy);
  const system = upstream.flag('rewrite_developer_role_to_system') === true;
  return {
    ...(priority === undefined || priority === 0 ? {} : { priority }),
    ...(models.length === 0 ? {} : { models }),
    ...(aliases.length === 0 ? {} : { aliases: Object.fromEntries(aliases) }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(system ? { traits: { '*': { developerRole: false } } } : {}),
  };
}

function proxyOf(plan: PlanBuilder, upstream: Fields, appProxy: string | undefined): PlanValue | undefined {
  const written = upstream.text('proxy_url');
  const url = written === '$app_proxy_url' ? appProxy : written;
  if (url === undefined) return undefined;
  const checked = checkProxyUrl(url);
  if ('url' in checked) return new SecretText(checked.url);
  plan.missing(upstream.at('proxy_url'), `${checked.message} It was left out.`);
  return undefined;
}

/** Formats of clients that are converted: those that the map names, all, or none. */
function conversionsOf(
  plan: PlanBuilder,
  upstream: Fields,
  { convertsAll }: Pick<Setting, 'convertsAll'>,
  dialects: readonly DialectId[],
): PlanValue {
  const chatOnly = upstream.flag('use_chat_completions_for_responses') === true;
  const map = upstream.object('convert_from_map');
  if (map === undefined && convertsAll) return true;
  const named = (map?.names() ?? []).flatMap((name) => map?.texts(name) ?? []);
  const known = named.flatMap((name) => (Object.hasOwn(FORMATS, name) ? (FORMATS[name] ?? []) : []));
  if (known.length < named.length)
    plan.missing(upstream.at('convert_from_map'), 'A format in it is not known, and was left out.');
  const wanted = [...new Set([...known, ...(chatOnly ? (['openai-responses'] as const) : [])])];
  const formats = wanted.filter((dialect) => !dialects.includes(dialect));
  return formats.length === 0 ? false : formats;
}

/** API keys in any of the three forms that there were. */
function keysOf(plan: PlanBuilder, upstream: Fields): readonly PlannedKey[] {
  const credential = upstream.object('credential');
  credential?.text('type');
  const one = upstream.text('api_key');
  const values = [
    ...(one === undefined ? [] : [one]),
    ...upstream.texts('api_keys'),
    ...(credential?.texts('api_keys') ?? []),
  ];
  const usable = [...new Set(values)].filter((key) => /^[\x21-\x7e]+$/.test(key));
  if (usable.length < new Set(values).size)
    plan.missing(upstream.at('api_keys'), 'A key that no header can carry was left out.');
  credential?.tellRest();
  return usable.map((key) => ({ values: [key], enabled: true }));
}

function planAccount(
  plan: PlanBuilder,
  upstream: Fields,
  id: string,
  account: string,
): PlannedUpstream | undefined {
  if (findProvider(account) === undefined || account === 'xai') {
    plan.missing(
      `${upstream.place}: accounts of ${account}`,
      'There are no accounts of this kind here; the upstream was left out. Use an API key of the vendor.',
    );
    return undefined;
  }
  plan.changed(
    `${upstream.place}: account of ${account}`,
    `Logins are not copied. Run "sluice accounts import ${account} --upstream ${id}", then take "enabled" of upstream ${id} away.`,
  );
  const members = commonMembers(plan, upstream, { appProxy: undefined });
  return {
    id,
    why: `${upstream.place}: an account; switched off until a login is imported with "sluice accounts import".`,
    members: { provider: account, enabled: false, ...members },
    keys: [],
  };
}

function tellSwitches(plan: PlanBuilder, upstream: Fields): void {
  for (const name of ['filter_prompt_cache_retention', 'filter_safety_identifier'])
    if (upstream.flag(name) === true)
      plan.missing(upstream.at(name), 'Members of requests are not removed. Have the client leave it out.');
  if (upstream.has('preferred_endpoint'))
    plan.missing(upstream.at('preferred_endpoint'), 'It is for accounts alone.');
  if (upstream.has('url_compose'))
    plan.missing(
      upstream.at('url_compose'),
      'The version in base_url is recognised; check the address with "sluice config check".',
    );
}
