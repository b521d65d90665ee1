// LiteLLM: config.yaml with model_list, litellm_settings, router_settings and general_settings
// (https://docs.litellm.ai/docs/proxy/config_settings).

import type { Environment } from '../../config/environment.ts';
import { isWeakKey } from '../../config/resolve-clients.ts';
import { Fields, msOf } from '../fields.ts';
import { PlanBuilder, type PlanMembers, type Planned } from '../plan.ts';
import { planLitellmCache } from './litellm-cache.ts';
import { readDeployments } from './litellm-deployments.ts';
import { planFallbacks } from './litellm-fallbacks.ts';
import { readText } from './litellm-providers.ts';
import { planRoutes } from './litellm-routes.ts';
import { planDeployments } from './litellm-upstreams.ts';

const PORT = 4000;

/** Its strategies → orders. */
const ORDERS: Readonly<Record<string, string>> = {
  'simple-shuffle': 'random',
  'least-busy': 'least_in_flight',
  'usage-based-routing': 'least_used',
  'usage-based-routing-v2': 'least_used',
  'latency-based-routing': 'lowest_latency',
  'cost-based-routing': 'cheapest',
};

/** Plans from the parsed config.yaml, and from the variables of an .env file that was given along with it. */
export function planLitellm(config: unknown, env: Environment = {}): Planned {
  const plan = new PlanBuilder('litellm');
  const root = new Fields(config, '', plan);
  const credentials = new Map<string, Fields>();
  for (const entry of root.objects('credential_list')) {
    const name = entry.text('credential_name');
    const values = entry.object('credential_values');
    if (name !== undefined && values !== undefined) credentials.set(name, values);
  }
  // The file says which of them is asked for, and "constructor" is none.
  const own = Object.fromEntries(root.textMap('environment_variables'));
  const known: Environment = Object.assign(Object.create(null), env, own);
  const deployments = readDeployments(plan, root, { credentials, known });
  if (deployments.length === 0)
    return {
      ok: false,
      message: 'There is no deployment in "model_list" that can be used.',
      suggestion: 'Give the config.yaml of LiteLLM; models that are kept in its database are not in it.',
    };
  const served = planDeployments(plan, deployments, known);
  const settings = root.object('litellm_settings') ?? new Fields({}, 'litellm_settings', plan);
  const router = root.object('router_settings') ?? new Fields({}, 'router_settings', plan);
  const general = root.object('general_settings') ?? new Fields({}, 'general_settings', plan);
  const longest = planFallbacks(plan, { settings, router }, deployments);
  const aliases = planAliases(plan, router);
  planRoutes(plan, served, aliases);
  planRouting(
    plan,
    router,
    deployments.some(({ weight }) => weight !== undefined),
  );
  planRetries(plan, { settings, router }, longest);
  planTimes(plan, { settings, router });
  planLitellmCache(plan, settings, known);
  planGeneral(plan, general, known);
  planConversion(plan, settings);
  tellTheRest(plan, { root, settings, router, general });
  return plan.done();
}

function planRouting(plan: PlanBuilder, router: Fields, weighted: boolean): void {
  const strategy = router.text('routing_strategy') ?? 'simple-shuffle';
  const known = Object.hasOwn(ORDERS, strategy) ? ORDERS[strategy] : undefined;
  if (known === undefined)
    plan.changed('routing_strategy', 'It is not known here; simple-shuffle stands in.');
  const order = known === undefined || known === 'random' ? (weighted ? 'weighted' : 'random') : known;
  plan.section(
    'routing',
    { order, affinity: false },
    `routing_strategy ${known === undefined ? 'simple-shuffle' : strategy}, among deployments of the same rank.`,
    '"affinity": true would keep a conversation on one deployment, where the prompt cache of the provider is warm.',
  );
  plan.carried(`routing_strategy as order ${order}`);
  if (known === 'random' && !weighted)
    plan.changed(
      'simple-shuffle by rpm or tpm',
      'Only "weight" makes one deployment more likely; rpm and tpm are limits.',
    );
}

/** `model_group_alias`: name → group. */
function planAliases(plan: PlanBuilder, router: Fields): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  const aliases = router.object('model_group_alias');
  for (const name of aliases?.names() ?? []) {
    const value = aliases?.any(name);
    const target = typeof value === 'string' ? value : aliases?.object(name)?.text('model');
    if (target !== undefined && /^[^*]*\*?$/.test(name)) groups.set(name, target);
  }
  if (groups.size === 0) return groups;
  plan.section('aliases', Object.fromEntries(groups), 'model_group_alias.');
  plan.carried(`model_group_alias (${groups.size})`);
  return groups;
}

interface Both {
  readonly settings: Fields;
  readonly router: Fields;
}

/** A number of the router, else the same of the module; both have then been asked for. */
function eitherOf({ settings, router }: Both, name: string, most: number): number | undefined {
  const own = router.number(name);
  const common = settings.number(name);
  const number = own ?? common;
  return number !== undefined && number >= 0 && number <= most ? number : undefined;
}

function planRetries(plan: PlanBuilder, both: Both, longestFallback: number): void {
  const retries = Math.round(eitherOf(both, 'num_retries', 100) ?? 2);
  const maxAttempts = Math.min(20, (retries + 1) * (longestFallback + 1));
  const waitMs = Math.round((eitherOf(both, 'retry_after', 600) ?? 0) * 1000);
  const backoff = waitMs > 0 ? { backoff: { initialMs: waitMs, maxMs: waitMs } } : {};
  plan.section(
    'retry',
    { maxAttempts, ...backoff },
    longestFallback === 0
      ? 'num_retries, and the first attempt.'
      : 'num_retries and the first attempt, for each group of the longest list of fallbacks.',
  );
  const fails = Math.round(eitherOf(both, 'allowed_fails', 1_000) ?? 3);
  const seconds = eitherOf(both, 'cooldown_time', 86_400) ?? 5;
  const restMs = msOf(seconds);
  plan.section('cooldown', { defaultMs: restMs }, 'cooldown_time, where a provider names no time itself.');
  plan.section(
    'breaker',
    { failures: fails, openMs: restMs },
    'allowed_fails, in a row instead of in a minute.',
  );
  plan.carried(`num_retries ${retries}, allowed_fails ${fails}, cooldown_time ${seconds}`);
  plan.changed(
    'retries',
    'Requests that a provider calls wrong (400, 422) are not tried again; nothing is after output was sent.',
  );
}

function planTimes(plan: PlanBuilder, both: Both): void {
  const module = both.settings.number('request_timeout');
  const seconds = eitherOf(both, 'timeout', 86_400) ?? module ?? 0;
  const first = eitherOf(both, 'stream_timeout', 86_400) ?? 0;
  if (seconds <= 0 && first <= 0) return;
  plan.section(
    'timeouts',
    {
      ...(seconds <= 0 ? {} : { answerMs: msOf(seconds), totalMs: msOf(seconds) }),
      ...(first <= 0 ? {} : { headersMs: msOf(first), firstOutputMs: msOf(first) }),
    },
    'timeout or request_timeout, and stream_timeout.',
  );
  if (seconds > 0)
    plan.changed('timeout', 'It holds for the whole exchange with all its attempts, not for each of them.');
}

function planGeneral(plan: PlanBuilder, general: Fields, known: Environment): void {
  plan.section(
    'server',
    { host: '127.0.0.1', port: PORT },
    'The port of LiteLLM, so that its clients find this gateway in its place.',
    'Other machines reach it when "host" is "0.0.0.0"; that needs client keys that nobody can guess.',
  );
  plan.changed('address', 'LiteLLM listens on all addresses; this listens on 127.0.0.1, port 4000.');
  const master = general.text('master_key');
  if (master === undefined) return;
  const key = readText(master, known);
  const isText = typeof key === 'string';
  plan.clients.push({
    id: 'litellm',
    why: isText ? 'master_key. The file holds its hash.' : 'master_key, from the same variable.',
    key,
    members: {},
  });
  plan.carried('master_key, as the key of one client');
  plan.changed('what master_key may do', 'It calls models. The operator has an admin key of his own.');
  if (isText && isWeakKey(key))
    plan.changed(
      'master_key',
      'It is easy to guess, which is accepted on this machine only. "sluice clients add" makes a better one.',
    );
}

function planConversion(plan: PlanBuilder, settings: Fields): void {
  if (settings.flag('drop_params') !== true) return;
  const value: PlanMembers = { lossy: 'allow' };
  plan.section(
    'conversion',
    value,
    'drop_params: what a provider cannot take is left out, and x-sluice-loss says so.',
  );
  plan.carried('drop_params');
}

/** Sections and settings with something to do instead. */
const ADVICE: Readonly<Record<string, string>> = {
  database_url: 'The ledger is a file here; "storage.url" can name a PostgreSQL database of its own.',
  store_model_in_db: 'Models that LiteLLM keeps in its database are not in the file: add them by hand.',
  success_callback: 'GET /metrics and OpenTelemetry (OTEL_EXPORTER_OTLP_ENDPOINT) tell what happens.',
  failure_callback: 'GET /metrics and OpenTelemetry (OTEL_EXPORTER_OTLP_ENDPOINT) tell what happens.',
  callbacks: 'GET /metrics and OpenTelemetry (OTEL_EXPORTER_OTLP_ENDPOINT) tell what happens.',
  alerting: 'Make alerts of the metrics.',
  max_budget: 'Budgets belong to clients: "sluice clients add" makes them.',
  budget_duration: 'Budgets belong to clients: "sluice clients add" makes them.',
  redis_host: 'Several gateways share their state through "state.url".',
  redis_port: 'See redis_host.',
  redis_password: 'See redis_host.',
  redis_url: 'Several gateways share their state through "state.url".',
  include: 'Other files are not read: import the whole of it as one file.',
  guardrails: 'There are no guardrails.',
  mcp_servers: 'Connect MCP servers to your client instead.',
  environment_variables: 'What is used of them was taken over; set the others where the gateway is started.',
  context_window_fallbacks: 'A request that is too long for a model is refused with the reason.',
  content_policy_fallbacks: 'An answer that a provider refuses to give is passed on.',
};

function tellTheRest(
  plan: PlanBuilder,
  all: Both & { readonly root: Fields; readonly general: Fields },
): void {
  const { root, settings, router, general } = all;
  for (const fields of [root, settings, router, general]) {
    for (const [name, why] of Object.entries(ADVICE))
      if (fields.has(name)) plan.missing(fields.at(name), why);
    for (const harmless of ['telemetry', 'set_verbose', 'json_logs', 'debug_level']) fields.any(harmless);
    fields.tellRest();
  }
  plan.missing(
    'virtual keys, teams and users',
    'They are in its database: make clients with "sluice clients add".',
  );
}
