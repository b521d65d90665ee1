// Providers and keys that fail: who is asked meanwhile, how often it is tried in vain, and how soon traffic returns.

import { describe, expect, test } from 'vitest';
import type { RoutingRoute } from '../../src/core/routing/policy.ts';
import { settingsOf, type UpstreamSetup } from '../kit/gateway.ts';
import { print, SimulatedGateway } from '../kit/simulated-gateway.ts';
import { type Fault, type SeenCall, SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const MINUTE_MS = 60_000;
const OPEN_MS = 60_000;

interface Scene {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly gateway: SimulatedGateway;
  readonly providers: readonly SimulatedProvider[];
}

/** Providers by their ids, each with so many keys; the first one is preferred. */
function sceneOf(
  keys: Readonly<Record<string, number>>,
  route: Partial<RoutingRoute>,
  upstream: Partial<UpstreamSetup> = {},
): Scene {
  const time = new VirtualTime();
  const random = seeded(7);
  const secretsOf = (id: string, count: number): string[] =>
    Array.from({ length: count }, (_, key) => `sk-${id}-${key}`);
  const providers = Object.entries(keys).map(
    ([id, count]) =>
      new SimulatedProvider(time, {
        id,
        keys: Object.fromEntries(secretsOf(id, count).map((secret) => [secret, {}])),
        networkMs: () => 5 + 20 * random(),
        firstOutputMs: () => 200 + 800 * random(),
        outputMs: () => 500 + 3_000 * random(),
      }),
  );
  const settings = settingsOf({
    upstreams: Object.entries(keys).map(([id, count], place) => ({
      id,
      origin: `http://${id}.test`,
      secrets: secretsOf(id, count),
      priority: place === 0 ? 10 : 0,
      // How many calls are in vain before a breaker opens depends on them.
      timeouts: { connectMs: 2_000, headersMs: 5_000, answerMs: 5_000, firstOutputMs: 5_000, idleMs: 5_000 },
      ...upstream,
    })),
    retry: { sameUpstream: 1 },
    route: { affinity: { ttlMs: 3_600_000 }, ...route },
  });
  return { time, random, providers, gateway: new SimulatedGateway(time, settings, providers, random) };
}

/** So many requests a second, for so long. */
function flow({ time, random, gateway }: Scene, perSecond: number, forMs: number): void {
  const requests = (perSecond * forMs) / 1_000;
  for (let n = 0; n < requests; n += 1)
    time.after(((n + random()) * 1_000) / perSecond, () =>
      gateway.ask({ stream: n % 2 === 0, session: `conversation ${n % 50} of ${Math.floor(n / 500)}` }),
    );
}

function expectSound({ gateway, providers, time }: Scene): void {
  expect(gateway.defects).toEqual([]);
  expect(gateway.told.filter(({ done, rows }) => done !== 1 || rows.length !== 1).length).toBe(0);
  expect(gateway.told.reduce((sum, { rows }) => sum + (rows[0]?.attempts ?? 0), 0)).toBe(
    providers.reduce((sum, { calls }) => sum + calls.length, 0),
  );
  expect(time.waiting).toBe(0);
}

describe('an outage of the preferred of two upstreams for ten minutes', () => {
  const OUTAGE = { fromMs: 5 * MINUTE_MS, untilMs: 15 * MINUTE_MS };

  test.each<[string, Fault]>([
    ['it answers 503', 503],
    ['it cannot be reached', 'unreachable'],
    ['it closes every connection', 'closed'],
    ['it hangs', 'silent'],
  ])(
    '6.7 %s: no client notices, few probes, and traffic returns with the first one that succeeds',
    async (name, fault) => {
      const scene = sceneOf({ preferred: 3, other: 3 }, {});
      const { time, gateway, providers } = scene;
      const [preferred] = providers;
      if (preferred === undefined) throw new Error('There is no provider.');
      const startMs = time.nowMs;
      const inOutage = (atMs: number): boolean =>
        atMs >= startMs + OUTAGE.fromMs && atMs < startMs + OUTAGE.untilMs;
      preferred.fault = () => (inOutage(time.nowMs) ? fault : undefined);
      flow(scene, 5, 30 * MINUTE_MS);
      await time.run();
      expectSound(scene);

      const wasted = preferred.calls.filter(({ arrivedMs }) => inOutage(arrivedMs ?? 0));
      const endMs = startMs + OUTAGE.untilMs;
      const back = preferred.served.find(({ sentMs }) => sentMs >= endMs)?.sentMs ?? Number.POSITIVE_INFINITY;
      const perKey = [...new Set(wasted.map(({ secret }) => secret))].map(
        (secret) => wasted.filter((call) => call.secret === secret).length,
      );
      print(
        `${name}: ${gateway.told.length} requests, ${gateway.failed.length} failed, ${wasted.length} calls in vain (by key: ${perKey.join(', ')}), back ${((back - endMs) / 1000).toFixed(1)} s after the end`,
      );
      expect(gateway.failed.map(({ rows }) => rows[0]?.errorCode)).toEqual([]);
      // Five in a row open the breaker (more are on their way where a failure takes its time), and then there is one probe
      // in each period that it is open.
      const learning = fault === 'silent' ? 25 : 5;
      expect(Math.max(...perKey)).toBeLessThanOrEqual(learning + (OUTAGE.untilMs - OUTAGE.fromMs) / OPEN_MS);
      expect(back - endMs).toBeLessThanOrEqual(OPEN_MS + 1_000);
      const share = (fromMs: number): number => {
        const asked = gateway.told.filter(({ askedMs }) => askedMs >= fromMs && askedMs < fromMs + MINUTE_MS);
        return asked.filter(({ rows }) => rows[0]?.upstreamId === 'preferred').length / asked.length;
      };
      expect(share(startMs)).toBe(1);
      expect(share(startMs + OUTAGE.fromMs + 2 * MINUTE_MS)).toBeLessThan(0.01);
      expect(share(endMs + 2 * MINUTE_MS)).toBe(1);
    },
  );
});

describe('one dead key among ten', () => {
  test('5.7 a key that is refused costs one call, and one for each time it is tested again', async () => {
    const scene = sceneOf({ one: 10 }, {});
    const { time, gateway, providers } = scene;
    const [provider] = providers;
    if (provider === undefined) throw new Error('There is no provider.');
    provider.fault = ({ secret }) => (secret === 'sk-one-3' ? 401 : undefined);
    flow(scene, 2, 60 * MINUTE_MS);
    await time.run();
    expectSound(scene);
    const wasted = provider.calls.filter(({ status }) => status === 401);
    const retests = Math.floor((60 * MINUTE_MS) / gateway.settings.health.quarantine.retestMs);
    print(
      `a dead key: ${gateway.told.length} requests, ${gateway.failed.length} failed, ${wasted.length} calls in vain, at most 1 + ${retests} allowed`,
    );
    expect(gateway.failed.map(({ rows }) => rows[0]?.errorCode)).toEqual([]);
    expect(wasted.length).toBeGreaterThan(1);
    expect(wasted.length).toBeLessThanOrEqual(1 + retests);
  });
});

/**
 * Calls that were not the first of their exchange, as the largest share of requests in any ten seconds. The first seconds
 * are aside: as long as a candidate has not failed often enough, it is worth trying.
 */
function worstRetryShare({ gateway, providers }: Scene): number {
  const first = new Set<number>();
  const retries: number[] = [];
  const calls = providers.flatMap(({ calls: seen }) => seen).sort((a, b) => a.sentMs - b.sentMs);
  for (const { exchange, sentMs } of calls) {
    if (first.has(exchange)) retries.push(sentMs);
    first.add(exchange);
  }
  const asked = gateway.told.map(({ askedMs }) => askedMs);
  const beganMs = asked[0] ?? 0;
  const within = (times: readonly number[], fromMs: number): number =>
    times.filter((atMs) => atMs >= fromMs && atMs < fromMs + 10_000).length;
  let worst = 0;
  for (let atMs = beganMs + 3_000; atMs + 10_000 <= (asked.at(-1) ?? 0); atMs += 1_000)
    worst = Math.max(worst, within(retries, atMs) / within(asked, atMs));
  return worst;
}

describe('everything is down', () => {
  test.each<[string, Readonly<Record<string, number>>, Fault]>([
    ['one key, 503', { one: 1 }, 503],
    ['one key, unreachable', { one: 1 }, 'unreachable'],
    ['three keys, 503', { one: 3 }, 503],
    ['two upstreams with three keys, 503', { one: 3, two: 3 }, 503],
    ['two upstreams with three keys, closed', { one: 3, two: 3 }, 'closed'],
    ['two upstreams with three keys, 500', { one: 3, two: 3 }, 500],
  ])('6.4 at most 20 %% of the requests of any ten seconds are repeated (%s)', async (name, keys, fault) => {
    const scene = sceneOf(keys, {});
    const { time, gateway, providers } = scene;
    for (const provider of providers) provider.fault = (_: SeenCall) => fault;
    flow(scene, 20, 3 * MINUTE_MS);
    await time.run();
    expectSound(scene);
    const calls = providers.reduce((sum, { calls: seen }) => sum + seen.length, 0);
    const worst = worstRetryShare(scene);
    print(
      `everything is down, ${name}: ${gateway.told.length} requests, ${calls} calls, at most ${(100 * worst).toFixed(1)} % repeated in ten seconds`,
    );
    // The budget is counted by whole seconds: ten of them are not quite any ten seconds.
    expect(worst).toBeLessThanOrEqual(0.21);
  });
});
