// The cache of LiteLLM (`litellm_settings.cache` and `cache_params`).

import type { Environment } from '../../config/environment.ts';
import type { Fields } from '../fields.ts';
import { FromVariable, type PlanBuilder, type PlanValue, SecretText } from '../plan.ts';
import { readText } from './litellm-providers.ts';

/** Writes `cache` and adds the wish to `routing`. */
export function planLitellmCache(plan: PlanBuilder, settings: Fields, known: Environment): void {
  const params = settings.object('cache_params');
  if (settings.flag('cache') !== true) return;
  const type = params?.text('type') ?? 'redis';
  const ttl = params?.whole('ttl', 1, 31_536_000) ?? 600;
  const routing = plan.sections.get('routing');
  // Written by this importer just before, as an object.
  const members = (routing?.value ?? {}) as Readonly<Record<string, PlanValue>>;
  plan.section(
    'routing',
    { ...members, cache: { ttlSeconds: ttl, scope: 'shared', deterministicOnly: false } },
    ...(routing?.why ?? []),
    'cache: answers are given again, to everyone, at any temperature.',
  );
  const url = urlOf(params, known);
  if (type === 'local') plan.carried('cache in memory');
  else if (url !== undefined) {
    plan.section('cache', { url }, 'cache_params: where answers are kept.');
    plan.carried('cache in Redis');
  } else {
    plan.changed(
      'cache',
      'Its Redis is not named in the file: set REDIS_URL, or cache.url; memory stands in.',
    );
  }
  if (!['local', 'redis'].includes(type))
    plan.changed('cache_params.type', 'Answers are kept in memory or in Redis; there is no semantic cache.');
  params?.tellRest();
}

function urlOf(params: Fields | undefined, known: Environment): PlanValue | undefined {
  const read = (name: string): string | FromVariable | undefined => {
    const text = params?.text(name);
    return text === undefined ? undefined : readText(text, known);
  };
  const whole = read('url') ?? read('redis_url');
  if (whole instanceof FromVariable) return whole;
  if (whole !== undefined) {
    return /^rediss?:\/\/[^/]/.test(whole) && URL.canParse(whole) ? new SecretText(whole) : undefined;
  }
  const host = read('host');
  const port = read('port') ?? '6379';
  const password = read('password');
  // Parts from variables cannot be put together to a URL here.
  if (typeof host !== 'string' || typeof port !== 'string' || password instanceof FromVariable)
    return undefined;
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const url = `redis://${secret}${host}:${port}`;
  return URL.canParse(url) ? new SecretText(url) : undefined;
}
