// The Redis servers that the configuration names: whether they answer a ping.

import { type Finding, finderOf } from './finding.ts';

/** What was learnt of one. */
export interface RedisFacts {
  /** What it is for. */
  readonly use: string;
  /** host:port, without credentials. */
  readonly place: string;
  /** undefined: it answered. */
  readonly fault: string | undefined;
}

const ANSWER_MS = 3_000;

/** Pings one. Never rejects. */
export async function redisFacts(use: string, url: string): Promise<RedisFacts> {
  const place = URL.canParse(url) ? new URL(url).host : '(no address)';
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let code: string | undefined;
  client.on('error', (error: NodeJS.ErrnoException) => {
    code ??= error.code ?? faultWords(error.message);
  });
  const fault = await client.ping().then(
    () => undefined,
    (error: Error) => code ?? faultWords(error.message),
  );
  client.disconnect();
  return { use, place, fault };
}

/** What Redis says may repeat what was sent: only what it is about is told. */
function faultWords(message: string): string {
  if (/NOAUTH|WRONGPASS|AUTH/.test(message)) return 'it refuses the password';
  return /time/i.test(message) ? 'no answer in time' : 'no connection';
}

/** About them. */
export function redisFindings(facts: readonly RedisFacts[]): readonly Finding[] {
  const { ok, problem, skipped } = finderOf('redis');
  if (facts.length === 0) return [skipped('No Redis is configured.')];
  return facts.map(({ use, place, fault }) =>
    fault === undefined
      ? ok(`Redis at ${place} answers (${use}).`)
      : problem(
          `Redis at ${place} does not answer (${use}): ${fault}.`,
          'Start it, or correct its address. The gateway serves meanwhile, with what it has in memory.',
        ),
  );
}
