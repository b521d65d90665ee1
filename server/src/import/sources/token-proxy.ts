// token_proxy: config.jsonc with upstreams, strategies and aliases, in all the forms that its versions had
// (https://github.com/mxyhi/token_proxy).

import { isLoopbackHost } from '../../config/exposure.ts';
import { isWeakKey } from '../../config/resolve-clients.ts';
import { bodyLimitOf, Fields, msOf } from '../fields.ts';
import { PlanBuilder, type PlanMembers, type Planned } from '../plan.ts';
import { planAliases } from './token-proxy-aliases.ts';
import { planUpstreams } from './token-proxy-upstreams.ts';

const PORT = 9208;

/** Plans from the parsed config.jsonc. */
export function planTokenProxy(config: unknown): Planned {
  const plan = new PlanBuilder('token-proxy');
  const root = new Fields(config, '', plan);
  const ids = new Map<string, string>();
  const upstreams = planUpstreams(plan, root, ids);
  if (upstreams.length === 0)
    return {
      ok: false,
      message: 'There is no usable upstream in the list "upstreams".',
      suggestion: 'Give the config.jsonc of token_proxy; the app shows it on its page "Config File".',
    };
  planAliases(plan, root, upstreams);
  plan.upstreams.push(...upstreams);
  planClients(plan, root, ids);
  planServer(plan, root);
  planStrategy(plan, root);
  planTimes(plan, root);
  planLog(plan, root);
  tellTheRest(plan, root);
  return plan.done();
}

function planClients(plan: PlanBuilder, root: Fields, ids: ReadonlyMap<string, string>): void {
  const legacy = root.text('local_api_key');
  if (legacy !== undefined) {
    const why = 'local_api_key: the key that all clients send. The file holds its hash.';
    plan.clients.push({ id: 'token-proxy', why, key: legacy, members: {} });
    plan.carried('local_api_key, for all clients');
  }
  for (const entry of root.objects('local_api_keys')) {
    const key = entry.text('key');
    if (key === undefined) {
      plan.missing(entry.place, 'It holds no key.');
      continue;
    }
    const label = entry.text('id') ?? 'client';
    const name = entry.text('name');
    const enabled = entry.flag('enabled') ?? true;
    const upstreams = scopeOf(entry, ids);
    plan.clients.push({
      id: plan.clientId(label),
      why: `${entry.place}. The file holds the hash of its key.`,
      key,
      members: {
        ...(name === undefined ? {} : { name }),
        ...(enabled ? {} : { enabled: false }),
        ...(upstreams === undefined ? {} : { upstreams }),
      },
    });
    plan.carried(`${entry.place} as a client`);
    entry.tellRest();
  }
}

/** Upstreams that a client is bound to; undefined for all. Who is bound to nothing that is left gets nothing. */
function scopeOf(entry: Fields, ids: ReadonlyMap<string, string>): readonly string[] | undefined {
  const scope = entry.object('scope');
  if (scope?.text('type') !== 'selected') return undefined;
  const own = scope.texts('upstream_ids').flatMap((label) => ids.get(label) ?? []);
  return own.length === 0 ? ['nobody'] : own;
}

function planServer(plan: PlanBuilder, root: Fields): void {
  const written = root.text('host') ?? '127.0.0.1';
  const bare = written.replace(/^\[|\]$/g, '');
  const weak = plan.clients.some(({ key }) => typeof key === 'string' && isWeakKey(key));
  const exposed = !isLoopbackHost(bare);
  const host = exposed && (plan.clients.length === 0 || weak) ? '127.0.0.1' : bare;
  if (host !== bare)
    plan.changed(
      'host',
      weak
        ? 'A client key is easy to guess, so this listens on 127.0.0.1. Make another one with "sluice clients add", then set server.host.'
        : 'There is no client key, so this listens on 127.0.0.1. Make one with "sluice clients add", then set server.host.',
    );
  const port = root.whole('port', 0, 65_535) ?? PORT;
  const bytes = root.whole('max_request_body_bytes', 0, Number.MAX_SAFE_INTEGER);
  const bodyLimitBytes = bytes === undefined || bytes === 0 ? 104_857_600 : bodyLimitOf(bytes);
  plan.section('server', { host, port, bodyLimitBytes }, 'host, port and max_request_body_bytes.');
  plan.carried(`host ${host}, port ${port}`);
  if (root.flag('cors_enabled') === true)
    plan.missing(
      'cors_enabled',
      'List the origins of your pages in server.cors.origins, each with its port.',
    );
}

function planStrategy(plan: PlanBuilder, root: Fields): void {
  const { order, dispatch } = strategyOf(plan, root);
  const rotates = order === 'round_robin';
  plan.section(
    'routing',
    { order, ...(rotates ? { affinity: false } : {}), dispatch },
    'upstream_strategy, among upstreams of the same priority.',
    ...(rotates
      ? [
          '"affinity": true would keep a conversation on one key, where the prompt cache of the provider is warm.',
        ]
      : []),
  );
  plan.carried(`order ${order}, dispatch ${typeof dispatch === 'string' ? dispatch : dispatch['type']}`);
  const sameUpstream = root.whole('same_upstream_retry_count', 0, 5) ?? 1;
  const candidates = plan.upstreams
    .filter(({ members }) => members['enabled'] !== false)
    .map(({ keys }) => Math.max(1, keys.flatMap(({ values }) => values).length));
  const all = candidates.reduce((sum, count) => sum + count, 0) + sameUpstream;
  plan.section(
    'retry',
    {
      maxAttempts: Math.min(20, Math.max(1, all)),
      sameUpstream,
      on: [307, 408, 425, 429, '5xx', 'network', 'empty', 'auth', 'model'],
      backoff: { initialMs: 0, maxMs: 0 },
    },
    'Every key may be tried, without waiting; same_upstream_retry_count.',
  );
  plan.carried('a retry over all keys on 307, 401, 403, 404, 408, 429, 5xx, broken and empty answers');
  plan.changed(
    'a retry on 400 and 422',
    'What one provider calls wrong is wrong everywhere, and each try cost a request. "retry.on" can add them.',
  );
  const cooldown = root.number('retryable_failure_cooldown_secs');
  plan.section(
    'cooldown',
    {
      defaultMs:
        cooldown === undefined ? 15_000 : Math.min(86_400_000, Math.max(0, Math.round(cooldown * 1000))),
    },
    cooldown === undefined
      ? 'As version 0.1.151 had it without retryable_failure_cooldown_secs; newer ones rest for 0 seconds.'
      : 'retryable_failure_cooldown_secs.',
  );
  plan.changed(
    'refused keys (401, 403)',
    'They are left alone until they are tested again, instead of coming back after some seconds.',
  );
}

interface Strategy {
  readonly order: 'fill_first' | 'round_robin';
  readonly dispatch: string | PlanMembers;
}

/** The object of newer versions, or the word of older ones. */
function strategyOf(plan: PlanBuilder, root: Fields): Strategy {
  const written = root.any('upstream_strategy');
  if (typeof written === 'string') {
    const order = written.trim() === 'priority_round_robin' ? 'round_robin' : 'fill_first';
    if (!['priority_round_robin', 'priority_fill_first'].includes(written.trim()))
      plan.changed('upstream_strategy', 'The word is not known; fill_first stands in, as there.');
    return { order, dispatch: 'serial' };
  }
  const strategy = root.object('upstream_strategy');
  const word = strategy?.text('order') ?? 'fill_first';
  if (word !== 'fill_first' && word !== 'round_robin')
    plan.changed('upstream_strategy.order', 'The word is not known; fill_first stands in.');
  return {
    order: word === 'round_robin' ? 'round_robin' : 'fill_first',
    dispatch: dispatchOf(plan, strategy?.object('dispatch')),
  };
}

function dispatchOf(plan: PlanBuilder, dispatch: Fields | undefined): string | PlanMembers {
  const type = dispatch?.text('type') ?? 'serial';
  const delayMs = dispatch?.whole('delay_ms', 1, 86_400_000);
  const parallel = dispatch?.whole('max_parallel', 2, 16);
  const maxParallel = parallel === undefined ? {} : { maxParallel: parallel };
  if (type === 'hedged') return { type, delayMs: delayMs ?? 2_000, ...maxParallel, budget: 1 };
  if (type === 'race') return { type, ...maxParallel };
  if (type !== 'serial')
    plan.changed('upstream_strategy.dispatch', 'The type is not known; serial stands in.');
  return 'serial';
}

function planTimes(plan: PlanBuilder, root: Fields): void {
  const first = root.number('stream_first_output_timeout_secs');
  const whole = root.number('sync_response_timeout_secs');
  const firstMs = msOf(first === undefined || first <= 0 ? 60 : first);
  plan.section(
    'timeouts',
    {
      headersMs: firstMs,
      firstOutputMs: firstMs,
      answerMs: msOf(whole === undefined || whole <= 0 ? 300 : whole),
      idleMs: 120_000,
    },
    'stream_first_output_timeout_secs, sync_response_timeout_secs, and 120 seconds of silence.',
  );
  plan.carried('timeouts');
}

function planLog(plan: PlanBuilder, root: Fields): void {
  const word = root.text('log_level')?.toLowerCase();
  const level = word === 'warning' ? 'warn' : word;
  if (level !== undefined && ['silent', 'error', 'warn', 'info', 'debug', 'trace'].includes(level)) {
    plan.section('log', { level }, 'log_level.');
    plan.carried(`log_level ${level}`);
  } else if (level !== undefined) plan.missing('log_level', 'The word is not known. Set log.level.');
  if (root.has('log_path'))
    plan.missing('log_path', 'Set log.file, or log.folder for files that are rotated.');
}

function tellTheRest(plan: PlanBuilder, root: Fields): void {
  const prefix = root.flag('model_list_prefix');
  if (prefix !== undefined) plan.changed('model_list_prefix', 'upstream-id/model can always be asked for.');
  if (root.has('tray_token_rate'))
    plan.missing(
      'tray_token_rate',
      '"sluice rate" prints tokens per second for menu bars, in the same formats.',
    );
  if (root.has('kiro_preferred_endpoint'))
    plan.missing('kiro_preferred_endpoint', 'There is no choice of it.');
  if (root.flag('codex_session_scoped_cooldown_enabled') === true)
    plan.missing('codex_session_scoped_cooldown_enabled', 'Cooldowns hold for a key, not for a session.');
  if (root.flag('xai_inject_x_search') === true)
    plan.missing('xai_inject_x_search', 'Nothing is put into requests: let the client ask for the tool.');
  for (const marker of MARKERS) root.any(marker);
  root.tellRest();
  plan.missing('the statistics in data.db', 'The ledger here begins empty; "sluice usage" shows it.');
}

/** Marks that its own migrations leave behind, and a switch that the upstreams have been asked for. */
const MARKERS = [
  'local_api_keys_migrated',
  'model_list_prefix_default_on_migrated',
  'model_discovery_refresh_secs',
  'enable_api_format_conversion',
  'app_proxy_url',
  '$schema',
] as const;
