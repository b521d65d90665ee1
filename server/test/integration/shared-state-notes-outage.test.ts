// Redis is killed, comes back, hangs and wakes while several gateways serve (promises 28 and 11): no request fails, nobody
// gets the answer to another question, only those that find out wait, and what is shared is shared again afterwards.

import { describe, expect, test } from 'vitest';
import { askFor, secretOf, understood } from '../kit/asking.ts';
import { cached, cacheOf, steady } from '../kit/cached-asking.ts';
import { eventually } from '../kit/eventually.ts';
import { clientWithKey } from '../kit/gateway.ts';
import { connected, gatewaysOn, type Instance, sharedRedis, startApart } from '../kit/notes-cluster.ts';
import { hasRedis } from '../kit/redis.ts';
import { provider } from '../kit/setting.ts';

const there = hasRedis();
const KEYS = ['sk-ann-0123456789abcdef', 'sk-bob-0123456789abcdef'];
const CLIENTS = KEYS.map((key, at) => clientWithKey(`client-${at}`, key));

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly wanted: string;
  readonly tookMs: number;
}

/** Clients that ask one thing after the other of all gateways, until they are told to stop. */
function load(instances: readonly Instance[]): { stop(): Promise<readonly Answered[]>; count(): number } {
  const answers: Answered[] = [];
  let stopping = false;
  const one = async (worker: number): Promise<void> => {
    for (let turn = 0; !stopping; turn++) {
      const { gateway } = instances[(worker + turn) % instances.length] ?? fail();
      const client = worker % KEYS.length;
      // Of each client's questions every other one is asked by several at once.
      const wanted = turn % 2 === 0 ? `answer-${client}-${turn}` : `answer-${client}-${worker}-${turn}`;
      const asking = steady({
        dialect: turn % 3 === 0 ? 'openai-responses' : 'openai-chat',
        stream: turn % 5 === 0,
        text: `say:${wanted}`,
        client: KEYS[client] ?? fail(),
        headers: ['x-session-id', `conversation ${worker} ${turn >> 3}`],
      });
      const answer = await askFor(gateway, asking);
      const { status, tookMs } = answer;
      answers.push({ status, tookMs, wanted, text: understood(answer, asking).text });
    }
  };
  const workers = Array.from({ length: 8 }, (_, worker) => one(worker));
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(workers);
      return answers;
    },
    count: () => answers.length,
  };
}

const isDown = (instances: readonly Instance[]): boolean => instances.every(({ alone }) => alone);

describe.skipIf(!there)('P28 and P11 several gateways while Redis fails', () => {
  test('P28 all requests are answered, each with its own answer, while it is killed, back, silent and awake', async () => {
    const redis = await sharedRedis();
    const upstream = await provider();
    const instances = await gatewaysOn(redis, 3, {
      upstreams: [{ origin: upstream.origin, secrets: ['sk-upstream-0001', 'sk-upstream-0002'] }],
      route: { ...cached(), affinity: { ttlMs: 60_000 } },
      clients: CLIENTS,
    });
    const loaded = load(instances);
    const more = async (): Promise<void> => {
      const before = loaded.count();
      await eventually(() => loaded.count() >= before + 60);
    };
    for (let round = 0; round < 2; round++) {
      await more();
      await redis.kill();
      await eventually(() => isDown(instances));
      await more();
      await redis.start();
      await connected(instances);
      await more();
      redis.hang();
      await eventually(() => isDown(instances));
      await more();
      redis.wake();
      await connected(instances);
    }
    await more();
    const answers = await loaded.stop();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.filter(({ text, wanted }) => text !== wanted)).toEqual([]);
    // Of eight that ask at once, those that find out wait for a twentieth of a second at a few places, and nobody else.
    const slow = answers.filter(({ tookMs }) => tookMs > 1_000);
    expect(slow.length).toBeLessThan(answers.length / 50);
    // Afterwards it is as before: an answer of one is an answer of all.
    const [one, other] = instances;
    let after = 0;
    await eventually(async () => {
      const last = steady({ text: `say:after-${after++}`, client: KEYS[0] ?? fail() });
      await askFor(one?.gateway ?? fail(), last);
      const [, cache] = cacheOf(await askFor(other?.gateway ?? fail(), last));
      return cache === 'hit';
    });
  });

  test('P28 a silent Redis costs one request a twentieth of a second, whatever that asks it, and the next ones nothing', async () => {
    const redis = await sharedRedis();
    const upstream = await provider();
    const instances = await gatewaysOn(redis, 1, {
      upstreams: [{ origin: upstream.origin, secrets: ['sk-upstream-0001', 'sk-upstream-0002'] }],
      route: { ...cached(), affinity: { ttlMs: 60_000 } },
    });
    const { gateway, shared } = instances[0] ?? fail();
    const once = async (name: string): Promise<number> =>
      (await askFor(gateway, steady({ text: `say:${name}`, headers: ['x-session-id', name] }))).tookMs;
    await once('first');
    redis.hang();
    const found = await once('second');
    expect(found).toBeGreaterThan(40);
    expect([shared.connection?.up, shared.answers.stats().connected]).toEqual([false, false]);
    const tookMs: number[] = [];
    for (let at = 0; at < 50; at++) tookMs.push(await once(`next-${at}`));
    tookMs.sort((one, next) => one - next);
    // The median knows nothing of it, however slow this machine is.
    expect(tookMs[25]).toBeLessThan(50);
    expect(new Set(upstream.turns.map(secretOf)).size).toBe(2);
    redis.wake();
  });

  test('P28 gateways start and serve where Redis is silent from the beginning', async () => {
    const redis = await sharedRedis();
    redis.hang();
    const upstream = await provider();
    const instance = await startApart(redis, { upstreams: [{ origin: upstream.origin }], route: cached() });
    for (let at = 0; at < 5; at++)
      expect((await askFor(instance.gateway, steady({ text: `say:${at}` }))).status).toBe(200);
    redis.wake();
    await connected([instance]);
    expect((await askFor(instance.gateway, steady())).status).toBe(200);
  });
});

function fail(): never {
  throw new Error('There is none.');
}
