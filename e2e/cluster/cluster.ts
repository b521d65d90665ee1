// Three gateways behind nginx that share a Redis and a PostgreSQL, with a provider that counts.

import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../server/test/kit/postgres.ts';
import { freePort, type RedisServer, startRedis } from '../../server/test/kit/redis.ts';
import { until } from '../kit/until.ts';
import { type Instance, prepareInstance } from './instance.ts';
import { type Balancer, findNginx, startNginx } from './nginx.ts';
import { type CountingUpstream, startUpstream } from './upstream.ts';

/** A row of the ledger, as far as it is looked at. */
export interface Row {
  readonly id: string;
  readonly state: string;
  readonly status: number | null;
  readonly cost_nano_usd: string | null;
  readonly input_uncached: number | null;
  readonly input_cache_read: number | null;
  readonly output_text: number | null;
}

/** Everything that runs. */
export interface Cluster {
  readonly balancer: Balancer;
  readonly instances: readonly Instance[];
  readonly upstream: CountingUpstream;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  /** Everything in the ledger, once it says what is asked. */
  rows(settled: (rows: readonly Row[]) => boolean): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

/** Keys of the clients: without limits, with a limit of requests, with a budget. */
export const CLIENTS = {
  free: 'sk-cluster-free-0123456789abcdef',
  limited: 'sk-cluster-limited-0123456789abcdef',
  thrifty: 'sk-cluster-thrifty-0123456789abcdef',
} as const;

/** What the clients and the provider's key are held to. */
export const LIMITS = { clientRpm: 90, keyRpm: 120, keyAtOnce: 6, budgetNanoUsd: 20_000_000 } as const;

/** US dollars for a million tokens: what one answer costs can be worked out by hand. */
const PRICE = { input: 10, cacheRead: 1, output: 100 } as const;

/** Starts everything; undefined: a program is missing. */
export async function startCluster(size = 3): Promise<Cluster> {
  const nginx = findNginx();
  if (nginx === undefined) throw new Error('nginx is not installed.');
  const [redis, postgres, upstream] = await Promise.all([startRedis(), startPostgres(), startUpstream()]);
  const ports: number[] = [];
  for (let place = 0; place <= size; place += 1) ports.push(await freePort());
  const [front = 0, ...behind] = ports;
  const config = configuration(upstream.baseUrl, redis.url, postgres.url);
  const instances = await Promise.all(behind.map((port) => prepareInstance(port, config)));
  await Promise.all(instances.map((instance) => instance.start()));
  const balancer = await startNginx(nginx, front, behind);
  return {
    balancer,
    instances,
    upstream,
    redis,
    postgres,
    rows: (settled) => rowsOf(postgres.url, settled),
    stop: async () => {
      await balancer.stop();
      await Promise.all(instances.map((instance) => instance.stop()));
      await Promise.all(instances.map((instance) => instance.remove()));
      upstream.close();
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

function configuration(baseUrl: string, redis: string, postgres: string): Readonly<Record<string, unknown>> {
  return {
    clients: [
      { id: 'free', key: CLIENTS.free },
      { id: 'limited', key: CLIENTS.limited, limits: { rpm: LIMITS.clientRpm } },
      {
        id: 'thrifty',
        key: CLIENTS.thrifty,
        budgets: [{ usd: LIMITS.budgetNanoUsd / 1e9, period: 'day' }],
      },
    ],
    upstreams: [
      {
        id: 'counted',
        provider: 'openai-compatible',
        baseUrl,
        keys: ['sk-free'],
        models: ['counted-1'],
        prices: { '*': PRICE },
      },
      {
        id: 'narrow',
        provider: 'openai-compatible',
        baseUrl,
        keys: ['sk-narrow'],
        models: ['narrow-1'],
        keyLimits: { rpm: LIMITS.keyRpm, concurrency: LIMITS.keyAtOnce },
        prices: { '*': PRICE },
      },
    ],
    // On a machine that is busy with other tests the server may take its time.
    state: { url: redis, timeoutMs: 2_000 },
    storage: { url: postgres },
    log: { level: 'warn' },
  };
}

async function rowsOf(url: string, settled: (rows: readonly Row[]) => boolean): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  let rows: Row[] = [];
  try {
    return await until(
      async () => {
        ({ rows } = await client.query<Row>('SELECT * FROM exchanges'));
        return settled(rows) ? rows : undefined;
      },
      () => `The ledger has ${rows.length} rows and does not say what it should.`,
      30_000,
    );
  } finally {
    await client.end();
  }
}
