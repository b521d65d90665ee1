// AI-Proxy: OpenAI, Anthropic and Mistral behind POST /v1/chat, by one variable each, with a cache in Redis
// (https://github.com/natiassefa/AI-Proxy).

import { findProvider } from '../../core/providers/index.ts';
import { PlanBuilder, type Planned } from '../plan.ts';
import {
  keysFrom,
  keysOfProvider,
  planServer,
  portOf,
  secretIn,
  tellVariables,
  type Variables,
} from './environment-plan.ts';

const PORT = 8080;
/** It asks for these; the misspelling is that of its example file. */
const PROVIDERS = ['openai', 'anthropic', 'mistral'] as const;
const MISSPELT = 'OPEN_API_KEY';

/** Plans from its variables. */
export function planAiProxy(variables: Variables): Planned {
  const { env, from } = variables;
  const plan = new PlanBuilder('ai-proxy');
  for (const id of PROVIDERS) {
    let keys = keysOfProvider(env, id, portOf(env, PORT));
    if (id === 'openai' && keys.length === 0) {
      keys = keysFrom(env, [MISSPELT]);
      if (keys.length > 0)
        plan.changed(MISSPELT, 'It was read as OPENAI_API_KEY, which is what it should be called.');
    }
    if (keys.length === 0) continue;
    const names = keys.flatMap(({ variable }) => variable ?? []).join(' and ');
    plan.upstreams.push({
      id,
      why: `${names} of ${from}; "provider": "${id}" of POST /v1/chat leads here.`,
      members: { provider: id },
      keys,
    });
    plan.carried(`${findProvider(id)?.name ?? id} (${names})`);
  }
  if (plan.upstreams.length === 0)
    return {
      ok: false,
      message: `There is none of OPENAI_API_KEY, ANTHROPIC_API_KEY and MISTRAL_API_KEY in ${from}.`,
      suggestion: 'AI-Proxy needs at least one of them: give its .env file, or set its variables.',
    };
  planPolicy(plan);
  planCache(plan, variables);
  planServer(plan, variables, { name: 'AI-Proxy', port: PORT, bodyLimitBytes: 1_048_576, body: '1 MiB' });
  plan.carried('POST /v1/chat with its request, answer and stream; GET / for its health');
  plan.changed('system messages and max_tokens towards Anthropic', 'They are sent as Anthropic wants them.');
  plan.changed(
    'costs of models that it had no price for',
    'They are unknown instead of being those of another model.',
  );
  plan.missing('mcp-servers.json and /v1/mcp', 'Connect MCP servers to your client instead.');
  tellVariables(plan, variables, {
    LOG_LEVEL: 'Set log.level.',
    NODE_ENV: 'It means nothing here; leave it out.',
  });
  return plan.done();
}

function planPolicy(plan: PlanBuilder): void {
  plan.section(
    'retry',
    { maxAttempts: 1 },
    'AI-Proxy asks once. Take this line away for up to three attempts.',
  );
  plan.section('timeouts', { totalMs: 300_000 }, 'It gives up after five minutes.');
  plan.section(
    'cooldown',
    { defaultMs: 0 },
    'It knows no rest for keys. What the provider itself names (Retry-After) is still respected.',
  );
  plan.section('breaker', { failures: 0 }, 'Nor does it put a provider aside.');
  plan.carried('one attempt, five minutes');
}

function planCache(plan: PlanBuilder, variables: Variables): void {
  const url = variables.env['REDIS_URL']?.trim() ?? '';
  if (url === '') {
    plan.carried('no cache, because REDIS_URL is not set');
    return;
  }
  if (!URL.canParse(url) || !/^rediss?:\/\/[^/]/i.test(url)) {
    plan.missing(
      'REDIS_URL',
      'It is not the URL of a Redis server. Set cache.url, and routing.cache to true.',
    );
    return;
  }
  plan.section('cache', { url: secretIn(variables, 'REDIS_URL') }, 'REDIS_URL: answers are kept there.');
  plan.section(
    'routing',
    { cache: { ttlSeconds: 600, scope: 'shared', deterministicOnly: false } },
    'Answers are given again for ten minutes, to everyone, at any temperature.',
  );
  plan.carried('cache of ten minutes in Redis (REDIS_URL)');
  plan.changed(
    'what is cached',
    'Streams and requests with tools are, too; keys are hashes and hold no prompts; a repeated answer costs nothing and says so.',
  );
}
