// OpenRouter Proxy Server: one provider, one key until it cannot, keys in data/keys.json and OPENROUTER_API_KEYS
// (https://github.com/LucaBarrella/Openrouter-Proxy-Server; its fork by yhurynovich has more variables).

import { bodyLimitOf, bytesOf, Fields } from '../fields.ts';
import { PlanBuilder, type Planned, type PlannedKey } from '../plan.ts';
import {
  keysOfProvider,
  planServer,
  portOf,
  tellVariables,
  type Variables,
  variableFields,
} from './environment-plan.ts';

const PORT = 3000;
const MOST_DAYS = 3_650;

/** Plans from its variables, and from the list in keys.json where there is one. */
export function planOpenrouterProxy(variables: Variables, keyFile?: unknown): Planned {
  const { env, from } = variables;
  const plan = new PlanBuilder('openrouter-proxy');
  const own = keysOfProvider(env, 'openrouter', portOf(env, PORT));
  const known = new Set(own.flatMap(({ values }) => values));
  const listed = keyFile === undefined ? [] : keysOfFile(plan, keyFile, known);
  if (own.length + listed.length === 0)
    return {
      ok: false,
      message: `There is no key: neither OPENROUTER_API_KEYS in ${from} nor one in data/keys.json.`,
      suggestion: 'Give data/keys.json as well, or add a key with "sluice keys add openrouter".',
    };
  plan.upstreams.push({
    id: 'openrouter',
    why: `The only provider; the headers name the application to OpenRouter (HTTP_REFERER, SITE_NAME of ${from}).`,
    members: {
      provider: 'openrouter',
      headers: {
        'HTTP-Referer': headerText(env['HTTP_REFERER']) ?? 'http://localhost:3000',
        'X-Title': headerText(env['SITE_NAME']) ?? 'OpenRouterProxy',
      },
    },
    keys: [...own, ...listed],
  });
  if (own.length > 0) {
    plan.carried(`OPENROUTER_API_KEYS (${own.flatMap(({ values }) => values).length})`);
    plan.changed(
      'OPENROUTER_API_KEYS',
      'Several keys may stand in it, separated by commas; it took it for one.',
    );
  }
  plan.carried('HTTP_REFERER and SITE_NAME');
  const fields = variableFields(plan, variables);
  planPolicy(plan, fields);
  planLog(plan, fields);
  const bodyText = fields.text('BODY_LIMIT');
  const body = bodyText === undefined ? 52_428_800 : (bytesOf(bodyText) ?? 52_428_800);
  planServer(plan, variables, {
    name: 'OpenRouter Proxy Server',
    port: PORT,
    bodyLimitBytes: bodyLimitOf(body),
    body: bodyText ?? '50 MiB',
  });
  plan.changed(
    'POST /admin/keys',
    'It wants the admin key, which is shown at the first start; the body is the same.',
  );
  tellVariables(plan, variables, FORK_VARIABLES);
  return plan.done();
}

/** Variables of the fork that mean nothing here. */
const FORK_VARIABLES: Readonly<Record<string, string>> = {
  ADMIN_SECRET: 'The admin key is made at the first start; "sluice dashboard --new-key" makes another.',
  RATE_LIMIT_MAX: 'Limits hold for client keys: give clients, and "limits": { "rpm": … } to each.',
  MAX_MESSAGE_LENGTH: 'The whole body is limited by server.bodyLimitBytes.',
  SSE_BUFFER_LIMIT: 'Streams are not buffered.',
  OPENROUTER_DNS_SERVERS: 'Set the name servers of the machine or of its container.',
};

/** A header value can carry printable ASCII alone. */
function headerText(written: string | undefined): string | undefined {
  const text = written?.trim() ?? '';
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function keysOfFile(plan: PlanBuilder, list: unknown, seen: Set<string>): readonly PlannedKey[] {
  const entries = new Fields({ keys: list }, 'data/keys.json', plan).objects('keys');
  let active = 0;
  let inactive = 0;
  let known = 0;
  const keys = entries.flatMap((entry): readonly PlannedKey[] => {
    const key = entry.text('key');
    const enabled = entry.flag('isActive') ?? true;
    if (key === undefined) {
      plan.missing(entry.place, 'It holds no key.');
      return [];
    }
    if (seen.has(key)) {
      known++;
      return [];
    }
    seen.add(key);
    if (enabled) active++;
    else inactive++;
    return [{ values: [key], enabled }];
  });
  const parts = [
    ...(active > 0 || known + inactive === 0 ? [`${counted(active)} in use`] : []),
    ...(inactive > 0 ? [`${counted(inactive)} out of use`] : []),
    ...(known > 0 ? [`${counted(known)} that OPENROUTER_API_KEYS has, too`] : []),
  ];
  plan.carried(`data/keys.json: ${parts.join(', ')}`);
  if (inactive > 0)
    plan.changed(
      'keys with "isActive": false',
      'They are out of use here, too. "sluice keys enable" takes one back, when "sluice keys test" accepts it.',
    );
  plan.changed(
    'lastUsed, rateLimitResetAt and failureCount',
    'They begin anew: some of the dates were wrong there (a reset in milliseconds was read as seconds).',
  );
  return keys;
}

const counted = (count: number): string => `${count} ${count === 1 ? 'key' : 'keys'}`;

function planPolicy(plan: PlanBuilder, fields: Fields): void {
  plan.section(
    'routing',
    { order: 'sticky' },
    'One key is used until it cannot, then the one that rested longest.',
  );
  const retries = fields.whole('MAX_RETRIES', 0, 19);
  const delayMs = fields.whole('RETRY_DELAY_MS', 0, 600_000);
  plan.section(
    'retry',
    {
      maxAttempts: retries === undefined ? 3 : retries + 1,
      on: ['429', '5xx', 'network'],
      backoff: { initialMs: delayMs ?? 0, maxMs: delayMs === undefined ? 0 : Math.max(delayMs, 30_000) },
    },
    'Three attempts in all on 429 and 5xx, without waiting, unless MAX_RETRIES and RETRY_DELAY_MS said otherwise.',
    'Streams are tried again, too, as long as nothing was sent; it answered 200 with an error in it.',
  );
  plan.section(
    'cooldown',
    { defaultMs: 60_000 },
    'A limited key rests until the time in its headers, else for a minute.',
  );
  const failures = fields.whole('KEY_MAX_FAILURE_COUNT', 0, 1_000) ?? 5;
  plan.section(
    'breaker',
    { failures, openMs: 3_600_000 },
    'So many failures in a row put a key aside; after an hour one request tries it. Mistakes of the client do not count.',
  );
  const answerMs = fields.whole('AXIOS_TIMEOUT', 1, 86_400_000);
  const totalMs = fields.whole('TOTAL_REQUEST_TIMEOUT_MS', 1, 86_400_000);
  if (answerMs !== undefined || totalMs !== undefined)
    plan.section(
      'timeouts',
      { ...(answerMs === undefined ? {} : { answerMs }), ...(totalMs === undefined ? {} : { totalMs }) },
      'AXIOS_TIMEOUT and TOTAL_REQUEST_TIMEOUT_MS.',
    );
  plan.carried(
    `sticky keys, ${retries === undefined ? 3 : retries + 1} attempts, a minute of cooldown, ${failures} failures`,
  );
  plan.changed('a key with too many failures', 'It is tried again after an hour instead of staying off.');
}

function planLog(plan: PlanBuilder, fields: Fields): void {
  const retentionDays = fields.whole('LOG_RETENTION_DAYS', 1, MOST_DAYS) ?? 14;
  const level = levelOf(fields.text('LOG_LEVEL'));
  plan.section(
    'log',
    { ...(level === undefined ? {} : { level }), folder: 'logs', maxFileBytes: 20_971_520, retentionDays },
    'Requests, errors and events of keys, a file a day and 20 MiB at most; LOG_RETENTION_DAYS counts here.',
  );
  plan.carried('log files in ./logs, kept for LOG_RETENTION_DAYS (14 without it)');
  plan.changed('what is logged', 'No keys, no headers with secrets, and no texts of requests.');
}

function levelOf(written: string | undefined): string | undefined {
  const word = written?.toLowerCase();
  if (word === 'warning') return 'warn';
  return ['error', 'warn', 'info', 'debug', 'trace', 'silent'].find((level) => level === word);
}
