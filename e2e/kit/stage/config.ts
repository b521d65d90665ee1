// The configuration of the stage: what an operator with five upstreams and three clients would have written.

import { ALIASES, CLIENT_KEYS, KEYS, MODELS, type Naming, type Role, upstreamId } from './cast.ts';
import type { Budgets } from './past.ts';

/** What the configuration depends on. */
export interface ConfigWishes {
  readonly naming: Naming;
  /** Clients with keys and budgets; without them everyone on this machine may ask. */
  readonly clients: boolean;
  readonly budgets: Budgets;
  /** "http://127.0.0.1:port" of each provider. */
  readonly origins: Readonly<Record<Role, string>>;
  /** Upstreams besides those of the cast. */
  readonly others?: readonly object[];
  /** Sections that are different, whole. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

/** Content of sluice.jsonc. */
export function stageConfig(wishes: ConfigWishes): Readonly<Record<string, unknown>> {
  const { clients, budgets, others = [], more = {} } = wishes;
  return {
    version: 1,
    upstreams: [...upstreamsOf(wishes), ...others],
    aliases: ALIASES,
    routing: { order: 'round_robin', affinity: true },
    routes: [
      {
        id: 'agents',
        models: ['claude-*', 'smart'],
        affinity: { ttlMs: 1_800_000 },
        streamFailure: 'resume',
      },
      {
        id: 'extraction',
        models: ['gpt-5-mini', 'fast'],
        cache: { ttlSeconds: 3_600, staleSeconds: 86_400, deterministicOnly: true },
      },
      ...(clients ? [{ id: 'batch', clients: ['night-batch'], order: 'cheapest', onExhausted: 'wait' }] : []),
    ],
    clients: clients ? clientsOf(budgets) : [],
    // Three keys of one upstream may fail before another upstream is asked.
    retry: { maxAttempts: 5 },
    cooldown: { defaultMs: 8_000 },
    ...more,
  };
}

function upstreamsOf({ naming, origins }: ConfigWishes): readonly object[] {
  const base = (role: Role): object => ({
    id: upstreamId(role, naming),
    models: MODELS[role],
    ...(KEYS[role].length === 0
      ? {}
      : { keys: KEYS[role].map(({ name, secret }) => ({ key: secret, name })) }),
  });
  return [
    {
      ...base('steady'),
      provider: 'anthropic',
      baseUrl: origins.steady,
      priority: 10,
      keyLimits: { rpm: 400 },
    },
    {
      ...base('flaky'),
      provider: 'openai',
      baseUrl: `${origins.flaky}/v1`,
      priority: 10,
      keyLimits: { rpm: 300, tpm: 2_000_000 },
    },
    { ...base('gemini'), provider: 'gemini', dialects: ['gemini'], baseUrl: origins.gemini, priority: 10 },
    {
      ...base('second'),
      provider: 'openai-compatible',
      baseUrl: `${origins.second}/v1`,
      prices: {
        'claude-*': { input: 3.3, output: 16.5, cacheRead: 0.33 },
        'gpt-*': { input: 1.9, output: 15.4, cacheRead: 0.19 },
      },
    },
    { ...base('workshop'), provider: 'openai-compatible', baseUrl: `${origins.workshop}/v1`, priority: 5 },
  ];
}

function clientsOf(budgets: Budgets): readonly object[] {
  return [
    { id: 'alice', name: 'Alice, laptop', key: CLIENT_KEYS.alice },
    {
      id: 'ci',
      name: 'The build servers',
      key: CLIENT_KEYS.ci,
      limits: { rpm: 600, concurrency: 50 },
      budgets: [
        { period: 'day', usd: budgets.ciDayUsd },
        { period: 'month', usd: budgets.ciMonthUsd, warnAt: 0.9 },
      ],
    },
    {
      id: 'night-batch',
      name: 'Nightly summaries',
      key: CLIENT_KEYS['night-batch'],
      models: ['gemini-*', 'gpt-5-mini', 'cheap', 'fast'],
      budgets: [{ period: 'month', usd: budgets.batchMonthUsd, status: 402 }],
    },
  ];
}
