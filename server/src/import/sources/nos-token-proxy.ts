// nos-token-proxy: one target, keys in turn, one model for everything, by TARGET_API_URL, API_KEYS, MODEL,
// TARGET_API_FORMAT and PORT (https://github.com/majus47/nos-token-proxy).

import { upstreamsFromEnvironment } from '../../config/environment.ts';
import { placeOf } from '../known-host.ts';
import { PlanBuilder, type PlanMembers, type Planned } from '../plan.ts';
import { keysFrom, planServer, portOf, tellVariables, type Variables } from './environment-plan.ts';

/** Where it sends requests, and for which model, when nothing is said. */
const DEFAULT_TARGET = 'https://openrouter.ai/api/v1';
const DEFAULT_MODEL = 'qwen/qwen3-coder:free';
const PORT = 4015;

/** Plans from its variables. */
export function planNosTokenProxy(variables: Variables): Planned {
  const { env } = variables;
  const plan = new PlanBuilder('nos-token-proxy');
  const text = env['TARGET_API_URL']?.trim() || DEFAULT_TARGET;
  const keys = keysFrom(env, ['API_KEYS', 'API_KEY']);
  if (keys.length === 0 && !env['TARGET_API_URL']?.trim())
    return {
      ok: false,
      message: `There is neither TARGET_API_URL nor API_KEYS in ${variables.from}.`,
      suggestion: 'Give the .env file of nos-token-proxy, or set its variables.',
    };
  const place = placeOf(text);
  if (place.kind === 'wrong')
    return {
      ok: false,
      message: `TARGET_API_URL cannot be used: ${place.message}`,
      suggestion: 'It is to be an http or https URL, such as https://openrouter.ai/api/v1.',
    };
  // The environment of a client that was set up for this gateway would make a loop.
  const { upstreams } = upstreamsFromEnvironment({ TARGET_API_URL: text }, portOf(env, PORT));
  if (upstreams.length === 0)
    return {
      ok: false,
      message: 'TARGET_API_URL leads to the port that this gateway is to listen on.',
      suggestion: 'Set it to the address of the provider, or set another PORT.',
    };
  if (!env['TARGET_API_URL']?.trim())
    plan.changed('TARGET_API_URL', `It is not set; ${DEFAULT_TARGET} stands in.`);
  const format = formatOf(plan, env['TARGET_API_FORMAT']);
  const preset =
    place.kind === 'preset' && place.provider.dialects.includes(format) ? place.provider : undefined;
  const compatible = format === 'anthropic-messages' ? 'anthropic-compatible' : 'openai-compatible';
  const members: PlanMembers =
    preset === undefined
      ? { provider: compatible, baseUrl: text, dialects: [format] }
      : { provider: preset.id };
  plan.upstreams.push({
    id: preset?.id ?? 'target',
    why: `TARGET_API_URL of ${variables.from}; clients of other formats are converted.`,
    members,
    keys,
  });
  const count = keys.flatMap(({ values }) => values).length;
  const names = keys.flatMap(({ variable }) => variable ?? []).join(' and ');
  plan.carried(
    `TARGET_API_URL with ${count} ${count === 1 ? 'key' : 'keys'}${names === '' ? '' : ` of ${names}`}`,
  );
  if (count === 0) plan.missing('API_KEYS', 'No key was found: add one with "sluice keys add".');
  planPolicy(plan, env['MODEL']?.trim());
  planServer(plan, variables, {
    name: 'nos-token-proxy',
    port: PORT,
    bodyLimitBytes: 104_857_600,
    body: '100 MiB',
  });
  tellVariables(plan, variables, {
    NODE_ENV: 'It means nothing here; leave it out.',
  });
  return plan.done();
}

function formatOf(plan: PlanBuilder, written: string | undefined): 'openai-chat' | 'anthropic-messages' {
  const format = written?.trim().toLowerCase() ?? '';
  if (format === 'anthropic') {
    plan.carried('TARGET_API_FORMAT anthropic');
    return 'anthropic-messages';
  }
  if (format !== '' && format !== 'openai')
    plan.changed('TARGET_API_FORMAT', 'It is neither openai nor anthropic; openai stands in.');
  return 'openai-chat';
}

function planPolicy(plan: PlanBuilder, model: string | undefined): void {
  const forceModel = model === undefined || model === '' ? DEFAULT_MODEL : model;
  plan.section(
    'routing',
    { order: 'round_robin', affinity: false, forceModel, echoModel: 'upstream' },
    'Every request takes the next key, and asks for this model (MODEL) whatever it names; answers show its real name.',
    '"affinity": true would keep a conversation on one key, where the prompt cache of the provider is warm.',
  );
  plan.carried('keys in turn, and MODEL for every request');
  plan.section(
    'retry',
    { maxAttempts: 1 },
    'nos-token-proxy never tries again. Take this line away for up to three attempts over all keys.',
  );
  plan.section(
    'cooldown',
    { defaultMs: 0 },
    'It knows no rest for keys. What the provider itself names (Retry-After) is still respected.',
  );
  plan.section('breaker', { failures: 0 }, 'Nor does it put a failing target aside.');
  plan.carried('one attempt, no cooldown of its own');
  plan.changed(
    'rate limits and refused keys',
    'A key is left alone until the time that the provider names, and a refused one until it is tested again.',
  );
  plan.changed('requests without a body (GET, OPTIONS)', 'They no longer use up a turn of the keys.');
  plan.missing('CORS for every origin', 'List the origins of your pages in server.cors.origins.');
}
