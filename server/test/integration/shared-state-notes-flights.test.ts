// Equal questions at several gateways at the same time are asked once (features 8.10, 16.7), whatever becomes of the gateway
// that asks, of the upstream and of Redis.

import { describe, expect, test } from 'vitest';
import { askFor, beginFor, refuseWith, understood } from '../kit/asking.ts';
import { cached, cacheOf, steady } from '../kit/cached-asking.ts';
import { eventually } from '../kit/eventually.ts';
import { ANSWER, type FaultUpstream, type Turn } from '../kit/fault-upstream.ts';
import { clientWithKey, type GatewaySetup, NEVER_RESTS } from '../kit/gateway.ts';
import { gatewaysOn, type Instance, PATIENT_MS, sharedRedis } from '../kit/notes-cluster.ts';
import { hasRedis, type RedisServer } from '../kit/redis.ts';
import { provider } from '../kit/setting.ts';

const there = hasRedis();
const whole = { text: ANSWER, complete: true, error: undefined };

interface Setting {
  readonly redis: RedisServer;
  readonly upstream: FaultUpstream;
  readonly instances: readonly Instance[];
  /** What the upstream has not answered yet. */
  readonly held: Turn[];
}

/** Gateways with an upstream that answers when it is told to. */
async function patient(count = 3, setup: Partial<GatewaySetup> = {}, limitMs = PATIENT_MS): Promise<Setting> {
  const redis = await sharedRedis();
  const held: Turn[] = [];
  const upstream = await provider((turn) => void held.push(turn));
  const upstreams = [{ origin: upstream.origin }];
  const described = { route: cached(), health: NEVER_RESTS, ...setup, upstreams };
  const instances = await gatewaysOn(redis, count, described, limitMs);
  return { redis, upstream, instances, held };
}

const at = ({ instances }: Setting, place: number): Instance => {
  const one = instances[place];
  if (one === undefined) throw new Error('There are fewer.');
  return one;
};

/** Waits until so many exchanges are open at each, and until each has found out who asks. */
async function waiting(setting: Setting, each: number): Promise<void> {
  await eventually(() => setting.instances.every(({ gateway }) => gateway.opened.length >= each));
  // What is looked up, who leads, and what is looked up then.
  for (const instance of setting.instances) for (let trip = 0; trip < 3; trip++) await instance.settled();
}

describe.skipIf(!there)('8.10 equal questions at several gateways', () => {
  test('8.10 are asked once, and answered to each: twenty at three gateways', async () => {
    const setting = await patient();
    const askings = Array.from({ length: 20 }, (_, n) => ({
      at: n % 3,
      asking: steady({ stream: n % 2 === 0 }),
    }));
    const underway = askings.map((one) => beginFor(at(setting, one.at).gateway, one.asking));
    await waiting(setting, 6);
    await eventually(() => setting.held.length > 0);
    setting.held[0]?.healthy();
    const answers = await Promise.all(underway.map(({ done }) => done));
    for (const [n, answer] of answers.entries())
      expect(understood(answer, askings[n]?.asking ?? {})).toEqual(whole);
    expect(setting.upstream.turns).toHaveLength(1);
    expect(answers.map(cacheOf).filter(([, cache]) => cache === 'miss')).toHaveLength(1);
    for (const { gateway } of setting.instances) expect(gateway.app.memory.flights.count).toBe(0);
    const counted = setting.instances.map(({ shared }) => shared.answers.stats());
    const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);
    const hits = sum(counted.map((stats) => stats.hits));
    const misses = sum(counted.map((stats) => stats.misses));
    expect([hits, misses]).toEqual([2, 1]);
  });

  test('8.10 are asked by another gateway when the upstream fails the first one', async () => {
    const setting = await patient(2);
    const first = beginFor(at(setting, 0).gateway, steady());
    await eventually(() => setting.held.length === 1);
    const second = beginFor(at(setting, 1).gateway, steady());
    await waiting(setting, 1);
    expect(setting.held).toHaveLength(1);
    refuseWith(setting.held[0] ?? fail(), 400, 'Not like this.');
    expect((await first.done).status).toBe(400);
    await eventually(() => setting.held.length === 2);
    setting.held[1]?.healthy();
    expect(understood(await second.done, {})).toEqual(whole);
  });

  test('8.10 are asked by another gateway when the one that asks dies', async () => {
    const setting = await patient(3);
    void beginFor(at(setting, 0).gateway, steady());
    await eventually(() => setting.held.length === 1);
    const others = [1, 2].map((place) => beginFor(at(setting, place).gateway, steady()));
    await waiting(setting, 1);
    expect(setting.held).toHaveLength(1);
    // As when its process is killed: nothing more is told to anybody.
    at(setting, 0).shared.close();
    await eventually(() => setting.held.length === 2);
    setting.held[1]?.healthy();
    for (const { done } of others) expect(understood(await done, {})).toEqual(whole);
    expect(setting.upstream.turns).toHaveLength(2);
  });

  test('8.10 are asked by another gateway when the client of the one that asks leaves', async () => {
    const setting = await patient(2);
    const first = beginFor(at(setting, 0).gateway, steady());
    await eventually(() => setting.held.length === 1);
    const second = beginFor(at(setting, 1).gateway, steady());
    await waiting(setting, 1);
    first.leave('reset');
    await eventually(() => setting.held.length === 2);
    setting.held[1]?.healthy();
    expect(understood(await second.done, {})).toEqual(whole);
  });

  test('8.10 a client that waits may leave, and those behind it get the answer', async () => {
    const setting = await patient(2);
    const first = beginFor(at(setting, 0).gateway, steady());
    await eventually(() => setting.held.length === 1);
    const leaving = beginFor(at(setting, 1).gateway, steady());
    await waiting(setting, 1);
    const staying = beginFor(at(setting, 1).gateway, steady());
    await eventually(() => at(setting, 1).gateway.opened.length === 2);
    leaving.leave('reset');
    await eventually(() => at(setting, 1).gateway.closed.length === 1);
    expect(at(setting, 1).gateway.closed[0]?.status).toBe(499);
    setting.held[0]?.healthy();
    for (const { done } of [first, staying]) expect(understood(await done, {})).toEqual(whole);
    expect(setting.upstream.turns).toHaveLength(1);
  });

  test('8.10 an answer that is not to be given again is asked for by everyone', async () => {
    const setting = await patient(3, { cache: { maxEntryBytes: 40 } });
    const underway = [0, 1, 2].map((place) => beginFor(at(setting, place).gateway, steady()));
    await waiting(setting, 1);
    await eventually(() => setting.held.length === 1);
    setting.held[0]?.healthy();
    await eventually(() => setting.held.length === 3);
    for (const turn of setting.held.slice(1)) turn.healthy();
    for (const { done } of underway) expect(understood(await done, {})).toEqual(whole);
  });

  test('8.10 of different clients are asked for each of them', async () => {
    const clients = [
      clientWithKey('ann', 'sk-ann-0123456789abcdef'),
      clientWithKey('bob', 'sk-bob-0123456789abcdef'),
    ];
    const setting = await patient(2, { clients });
    const asked = [
      beginFor(at(setting, 0).gateway, steady({ client: 'sk-ann-0123456789abcdef' })),
      beginFor(at(setting, 1).gateway, steady({ client: 'sk-bob-0123456789abcdef' })),
    ];
    await eventually(() => setting.held.length === 2);
    for (const turn of setting.held) turn.healthy();
    for (const { done } of asked) expect(cacheOf(await done)).toEqual([200, 'miss']);
  });

  test.each(['hangs', 'is killed'] as const)(
    'P28 are all asked when Redis %s while they wait',
    async (how) => {
      const setting = await patient(3, {}, 50);
      const underway = [0, 1, 2, 0, 1, 2].map((place) => beginFor(at(setting, place).gateway, steady()));
      await waiting(setting, 2);
      expect(setting.held).toHaveLength(1);
      if (how === 'hangs') setting.redis.hang();
      else await setting.redis.kill();
      // One of each gateway; the others wait for that.
      await eventually(() => setting.held.length === 3);
      for (const turn of setting.held) turn.healthy();
      for (const { done } of underway) expect(understood(await done, {})).toEqual(whole);
      expect(setting.upstream.turns).toHaveLength(3);
      if (how === 'hangs') setting.redis.wake();
    },
  );

  test('8.10 a gateway that stops lets its clients go that wait for another one', async () => {
    const setting = await patient(2);
    const first = beginFor(at(setting, 0).gateway, steady());
    await eventually(() => setting.held.length === 1);
    const second = beginFor(at(setting, 1).gateway, steady());
    await waiting(setting, 1);
    await at(setting, 1).gateway.stop();
    expect((await second.done).status).toBe(503);
    setting.held[0]?.healthy();
    expect(understood(await first.done, {})).toEqual(whole);
    expect((await askFor(at(setting, 0).gateway, steady())).status).toBe(200);
  });
});

function fail(): never {
  throw new Error('Nobody was asked.');
}
