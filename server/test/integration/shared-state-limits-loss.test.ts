// The Redis server that several gateways share hangs, dies, comes back empty, or is not there from the beginning (features
// 16.7, promises 5 and 28): no request fails of it, none waits for long, and the limits hold all the same.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRedisConnection } from '../../src/stores/redis/connection.ts';
import { askFor } from '../kit/asking.ts';
import { type Received, until } from '../kit/client.ts';
import type { Gateway } from '../kit/gateway.ts';
import { ALICE, alice, ONE_ANSWER, PRICES } from '../kit/money.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';
import { provider } from '../kit/setting.ts';
import { PATIENT_MS, sharedGateways } from '../kit/shared-gateways.ts';

const isJoined = ({ app }: Gateway): boolean => app.memory.pool.shared?.connected === true;
const statuses = (answers: readonly Received[]): number[] =>
  [...new Set(answers.map(({ status }) => status))].sort();

function burst(gateways: readonly Gateway[], each: number, asking = {}): Promise<Received[]> {
  return Promise.all(
    gateways.flatMap((gateway) => Array.from({ length: each }, () => askFor(gateway, asking))),
  );
}

/** One request after the other for as long as `goesOn`, at every gateway. */
async function load(gateways: readonly Gateway[], goesOn: () => boolean) {
  const seen: { readonly status: number; readonly ms: number }[] = [];
  const one = async (gateway: Gateway): Promise<void> => {
    while (goesOn()) {
      const beganMs = performance.now();
      const { status } = await askFor(gateway, { stream: seen.length % 2 === 0 });
      seen.push({ status, ms: performance.now() - beganMs });
    }
  };
  await Promise.all(gateways.map(one));
  return seen;
}

describe.skipIf(!hasRedis())('gateways that lose the Redis server that they share', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    redis.wake();
    await redis.stop();
  });

  const losses = [
    ['hangs', () => redis.hang(), () => redis.wake()],
    ['dies and comes back empty', () => redis.kill(), () => redis.start()],
  ] as const;

  test.each(losses)(
    'P5 P28 when it %s, each keeps to its part of the limit, and then all of them to the limit again',
    async (_, lose, bringBack) => {
      const server = await provider();
      const upstreams = [{ origin: server.origin, keyLimits: { rpm: 60 } }];
      const prefix = 'loss';
      const setup = { url: redis.url, prefix };
      const gateways = await sharedGateways({ ...setup, count: 3 }, { upstreams });
      await until(() => gateways.every(({ app }) => app.memory.pool.shared?.fellows === 3));
      expect(statuses(await burst(gateways, 8))).toEqual([200]);
      await lose();
      const answers = await burst(gateways, 30);
      expect(statuses(answers)).toEqual([200, 429]);
      expect(answers.every(({ status, header }) => status === 200 || Number(header('retry-after')) > 0)).toBe(
        true,
      );
      expect(server.turns.length).toBeLessThanOrEqual(60);
      // A third of the limit for each of the three, whatever it had used before.
      expect(server.turns.length).toBeGreaterThanOrEqual(50);
      await until(() => !gateways.some(isJoined));
      await bringBack();
      await until(() => gateways.every(isJoined));
      expect(statuses(await burst(gateways, 10)).every((status) => status === 200 || status === 429)).toBe(
        true,
      );
      // One that has seen nothing of it finds in the server what was let in without it.
      const [late] = (await sharedGateways({ ...setup, count: 1, limitMs: PATIENT_MS }, { upstreams })) as [
        Gateway,
      ];
      expect(isJoined(late)).toBe(true);
      await burst([late], 60);
      expect(server.turns.length).toBeLessThanOrEqual(60);
    },
    60_000,
  );

  test('P5 P28 when it forgets everything, what was let in before is told to it, and the limit holds', async () => {
    const server = await provider();
    const upstreams = [{ origin: server.origin, keyLimits: { rpm: 60 } }];
    const setup = { url: redis.url, prefix: 'flush', limitMs: PATIENT_MS };
    const gateways = await sharedGateways({ ...setup, count: 3 }, { upstreams });
    await until(() => gateways.every(({ app }) => app.memory.pool.shared?.fellows === 3));
    expect(statuses(await burst(gateways, 10))).toEqual([200]);
    const connection = createRedisConnection({ url: redis.url, log: { warn: () => undefined } });
    void connection.ask((client) => client.ping());
    await until(() => connection.up);
    expect(await connection.ask((client) => client.flushall(), PATIENT_MS)).toBe('OK');
    connection.close();
    expect(statuses(await burst(gateways, 30))).toEqual([200, 429]);
    expect(server.turns.length).toBeLessThanOrEqual(60);
    await until(() => gateways.every(isJoined));
    const [late] = (await sharedGateways({ ...setup, count: 1 }, { upstreams })) as [Gateway];
    await burst([late], 60);
    expect(server.turns.length).toBeLessThanOrEqual(60);
  }, 60_000);

  test('P28 it hangs, wakes, dies and comes back under load: no request fails, and none waits for long', async () => {
    const server = await provider();
    const upstreams = [{ origin: server.origin, keyLimits: { rpm: 1_000_000, concurrency: 1_000 } }];
    const gateways = await sharedGateways({ url: redis.url, count: 3 }, { upstreams });
    let phase = 'with it';
    const asked = new Map<string, number>();
    let goesOn = true;
    const loading = load(gateways, () => {
      asked.set(phase, (asked.get(phase) ?? 0) + 1);
      return goesOn;
    });
    const someOf = (name: string): Promise<void> => {
      phase = name;
      return until(() => (asked.get(name) ?? 0) > 30);
    };
    await someOf('with it');
    redis.hang();
    await someOf('hanging');
    await until(() => !gateways.some(isJoined));
    redis.wake();
    await until(() => gateways.every(isJoined));
    await someOf('awake');
    await redis.kill();
    await until(() => !gateways.some(isJoined));
    await someOf('dead');
    await redis.start();
    await until(() => gateways.every(isJoined));
    await someOf('back');
    goesOn = false;
    const seen = await loading;
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200]));
    const times = seen.map(({ ms }) => ms).sort((a, b) => a - b);
    // The machine may be busy: what a silent server costs is 50 ms for one request at each gateway.
    expect(times[Math.floor(times.length * 0.9)]).toBeLessThan(1_000);
    expect(times.at(-1)).toBeLessThan(5_000);
  }, 60_000);

  test('P5 P28 gateways that start without it let in their part of the limit, and join when it is there', async () => {
    await redis.kill();
    const server = await provider();
    const upstreams = [{ origin: server.origin, keyLimits: { rpm: 20 } }];
    const setup = { url: redis.url, count: 2, instances: 2 };
    const gateways = await sharedGateways(setup, { upstreams });
    expect(gateways.some(isJoined)).toBe(false);
    expect(statuses(await burst(gateways, 15))).toEqual([200, 429]);
    expect(server.turns).toHaveLength(20);
    await redis.start();
    await until(() => gateways.every(isJoined));
    expect(statuses(await burst(gateways, 5))).toEqual([429]);
    expect(server.turns).toHaveLength(20);
  }, 60_000);

  test('P5 P28 a budget is not exceeded while it is away, and what was spent meanwhile is spent for all', async () => {
    const server = await provider();
    const setup = {
      upstreams: [{ origin: server.origin }],
      clients: [alice(12 * ONE_ANSWER)],
      prices: PRICES,
    };
    const shared = { url: redis.url, prefix: 'money' };
    const gateways = await sharedGateways({ ...shared, count: 2 }, setup);
    await until(() => gateways.every(({ app }) => app.memory.pool.shared?.fellows === 2));
    const asking = { client: ALICE, text: 'word '.repeat(20), members: { max_tokens: 7 } };
    for (const gateway of gateways) expect((await askFor(gateway, asking)).status).toBe(200);
    await redis.kill();
    const untilRefused = async (gateway: Gateway): Promise<void> => {
      for (let status = 200; status === 200; ) ({ status } = await askFor(gateway, asking));
    };
    await Promise.all(gateways.map(untilRefused));
    const sent = server.turns.length;
    expect(sent).toBeLessThanOrEqual(12);
    expect(sent).toBeGreaterThan(4);
    await redis.start();
    await until(() => gateways.every(isJoined));
    const [late] = (await sharedGateways({ ...shared, count: 1, limitMs: PATIENT_MS }, setup)) as [Gateway];
    await untilRefused(late);
    expect(server.turns.length).toBeLessThanOrEqual(12);
  }, 60_000);
});
