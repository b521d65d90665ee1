// api-together: APIs with limits, one of which is chosen by chance, in src/config/apis.json; what was used of the limits
// in src/data/rateLimitData.json (https://github.com/digduggog/api-together).

import { isWeakKey } from '../../config/resolve-clients.ts';
import { Fields } from '../fields.ts';
import { keysIn } from '../key-places.ts';
import { placeOf } from '../known-host.ts';
import { PlanBuilder, type PlanMembers, type Planned } from '../plan.ts';

const PORT = 3001;

/** Plans from the parsed apis.json; `used` is the parsed rateLimitData.json, `port` the PORT of its .env. */
export function planApiTogether(config: unknown, used?: unknown, port?: number): Planned {
  const plan = new PlanBuilder('api-together');
  const root = new Fields(config, '', plan);
  const apis = root.objects('apis');
  const server = root.object('server');
  const key = server?.text('apiKey');
  const listens = port ?? server?.whole('port', 1, 65_535) ?? PORT;
  const ids = new Map<string, string>();
  for (const api of apis) planApi(plan, api, ids);
  if (plan.upstreams.length === 0)
    return {
      ok: false,
      message: 'There is no usable API in the list "apis".',
      suggestion: 'Give src/config/apis.json of api-together.',
    };
  plan.section(
    'server',
    { host: '127.0.0.1', port: listens, bodyLimitBytes: 10_485_760 },
    'The port of api-together, so that its clients find this gateway in its place, and its largest body (10 MiB).',
    'Other machines reach it when "host" is "0.0.0.0"; that needs client keys that nobody can guess.',
  );
  plan.carried(`port ${listens}`);
  plan.changed('address', 'api-together listens on all addresses; this listens on 127.0.0.1.');
  planClient(plan, key);
  planPolicy(plan);
  tellUsed(plan, used, ids);
  server?.tellRest();
  root.tellRest();
  plan.carried('/v1/status, /v1/token/stats, /v1/token/reset and /health');
  return plan.done();
}

function planApi(plan: PlanBuilder, api: Fields, ids: Map<string, string>): void {
  const label = api.text('id') ?? api.text('name') ?? api.place;
  const name = api.text('name') ?? label;
  const baseUrl = api.text('baseUrl');
  const keyText = api.text('apiKey');
  if (baseUrl === undefined || keyText === undefined) {
    plan.missing(api.place, 'It has no baseUrl or no apiKey, so api-together passed it over, too.');
    api.any('enabled');
    return;
  }
  const place = placeOf(baseUrl);
  if (place.kind === 'wrong') {
    plan.missing(api.at('baseUrl'), `It cannot be used, so the API was left out: ${place.message}`);
    return;
  }
  const offered = modelsOf(plan, api);
  const limits = limitsOf(api);
  const enabled = (api.flag('enabled') ?? false) && offered !== undefined;
  const id = plan.upstreamId(label);
  ids.set(label, id);
  const members: PlanMembers = {
    ...(place.kind === 'preset'
      ? { provider: place.provider.id }
      : { provider: 'openai-compatible', baseUrl, dialects: ['openai-chat'] }),
    ...(enabled ? {} : { enabled: false }),
    ...offered,
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
  plan.upstreams.push({
    id,
    why: `${api.place}: ${name}`,
    members,
    keys: [{ values: keysIn(keyText), enabled: true }],
  });
  plan.carried(`${api.place} as upstream ${id}${enabled ? '' : ' (out of use)'}`);
  api.tellRest();
}

/** `models` and `aliases`; undefined where api-together would offer nothing. */
function modelsOf(plan: PlanBuilder, api: Fields): PlanMembers | undefined {
  const listed = api.texts('models');
  const mapping = api.textMap('modelMapping');
  // There an alias is a whole name; a star in it was nothing but a character.
  const usable = [...mapping].filter(([alias]) => !alias.includes('*'));
  if (usable.length < mapping.size)
    plan.missing(api.at('modelMapping'), 'Names with "*" were left out: they would mean something here.');
  const models = [...new Set([...listed, ...usable.map(([alias]) => alias)])];
  if (models.length === 0) {
    plan.changed(api.place, 'It lists no models, so api-together never chose it. It is switched off here.');
    return undefined;
  }
  return { models, ...(usable.length === 0 ? {} : { aliases: Object.fromEntries(usable) }) };
}

function limitsOf(api: Fields): PlanMembers {
  const rpm = api.whole('rpm', -1, 1_000_000_000);
  const rpd = api.whole('rpd', -1, 1_000_000_000);
  return { ...(rpm === undefined ? {} : { rpm }), ...(rpd === undefined ? {} : { rpd }) };
}

function planClient(plan: PlanBuilder, key: string | undefined): void {
  if (key === undefined) {
    plan.changed('server.apiKey', 'There is none, so every program on this machine is let in.');
    return;
  }
  const why = 'server.apiKey: the key that all clients send. The file holds its hash.';
  plan.clients.push({ id: 'api-together', why, key, members: {} });
  plan.carried('server.apiKey, for all clients');
  if (isWeakKey(key))
    plan.changed(
      'server.apiKey',
      'It is easy to guess, which is accepted on this machine only. "sluice clients add" makes a better one.',
    );
}

function planPolicy(plan: PlanBuilder): void {
  plan.section(
    'routing',
    { order: 'random', affinity: false, echoModel: 'upstream' },
    'One of the APIs that offer the model is chosen by chance; answers show its own name of the model.',
    '"affinity": true would keep a conversation on one API, where the prompt cache of the provider is warm.',
  );
  plan.section(
    'retry',
    { maxAttempts: 10, sameUpstream: 0, backoff: { initialMs: 500, maxMs: 500 } },
    'Up to ten attempts, each at another API.',
  );
  plan.section(
    'breaker',
    { failures: 3, openMs: 600_000 },
    'Three failures in a row put an API aside for ten minutes.',
  );
  plan.section('timeouts', { headersMs: 60_000, answerMs: 60_000 }, 'Sixty seconds for an answer.');
  plan.section(
    'limits',
    { window: 'fixed', timeZone: 'local' },
    'Minutes of the clock, and days of this machine.',
  );
  plan.carried(
    'an API by chance, ten attempts, three failures for ten minutes, minutes and days of the clock',
  );
  plan.changed(
    'mistakes of clients (400, 404, 422)',
    'They are not tried again and put no API aside; three of them switched every API off. "retry.on" can add "4xx".',
  );
  plan.changed('streams', 'Sixty seconds hold for their first output; a stream that flows is not cut off.');
}

/** What was used is told and not carried: it counted minutes of an hour and attempts that failed. */
function tellUsed(plan: PlanBuilder, used: unknown, ids: ReadonlyMap<string, string>): void {
  if (used === undefined) return;
  if (!Array.isArray(used)) {
    plan.missing('rateLimitData.json', 'It is not a list of counters, so it was left out.');
    return;
  }
  for (const entry of used) {
    const [label, counters]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof label !== 'string') continue;
    const fields = new Fields(counters, `rateLimitData.json ${label}`, plan);
    const rpd = fields.whole('rpd', 0, 1_000_000_000) ?? 0;
    const id = ids.get(label);
    if (id === undefined) plan.missing(`rateLimitData.json ${label}`, 'There is no API of this id.');
    else
      plan.changed(
        `rateLimitData.json ${label}`,
        `${rpd} requests were counted on its last day; upstream ${id} begins at 0, so that today up to as many more may go out.`,
      );
  }
}
