// Providers that limit their keys, and more requests than they take: is every place used, and does no client hear of a
// limit while there is room before its patience ends?

import { describe, expect, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import type { Limits } from '../../src/core/routing/policy.ts';
import { type GatewaySetup, settingsOf } from '../kit/gateway.ts';
import { print, quantile, SimulatedGateway } from '../kit/simulated-gateway.ts';
import { type KeyLimits, type ProviderSetup, SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const SECRETS = ['sk-1', 'sk-2', 'sk-3', 'sk-4'];
const CLIENTS = ['ann', 'ben', 'cem'];

interface Setting {
  readonly name: string;
  readonly provider: KeyLimits;
  /** Our own limits of each key; absent: only the provider teaches us. */
  readonly keyLimits?: Limits;
  readonly headers: boolean;
  readonly retryAfter?: boolean;
  readonly seed?: number;
}

interface Scene {
  readonly time: VirtualTime;
  readonly gateway: SimulatedGateway;
  readonly provider: SimulatedProvider;
  readonly random: () => number;
}

function settingsFor(setting: Setting, maxWaitMs: number): Settings {
  const { keyLimits } = setting;
  const setup: GatewaySetup = {
    upstreams: [{ id: 'one', origin: 'http://one.test', secrets: SECRETS, keyLimits }],
    clients: CLIENTS.map((id) => ({ id, enabled: true, keyHash: '' })),
    route: { onExhausted: 'wait', affinity: { ttlMs: 3_600_000 } },
    queue: { maxWaitMs, maxSize: 5_000, maxPerClient: 2_000 },
    limits: { window: setting.provider.window ?? 'sliding' },
  };
  const settings = settingsOf(setup);
  const upstreams = settings.upstreams.map((upstream) => ({
    ...upstream,
    timeouts: {
      connectMs: 10_000,
      headersMs: 60_000,
      answerMs: 600_000,
      firstOutputMs: 60_000,
      idleMs: 60_000,
      totalMs: 600_000,
    },
  }));
  return { ...settings, upstreams };
}

function sceneOf(setting: Setting, maxWaitMs: number): Scene {
  const time = new VirtualTime();
  const random = seeded(setting.seed ?? 1);
  const between = (fromMs: number, toMs: number): number => fromMs + (toMs - fromMs) * random();
  const setup: ProviderSetup = {
    id: 'one',
    keys: Object.fromEntries(SECRETS.map((secret) => [secret, setting.provider])),
    networkMs: () => between(5, 60),
    firstOutputMs: () => between(150, 900),
    outputMs: () => between(200, 4_000),
    tells: { headers: setting.headers, retryAfter: setting.retryAfter ?? true },
  };
  const provider = new SimulatedProvider(time, setup);
  const gateway = new SimulatedGateway(time, settingsFor(setting, maxWaitMs), [provider], random);
  return { time, gateway, provider, random };
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'sliding, our limits are the same',
    provider: { rpm: 30, window: 'sliding' },
    keyLimits: { rpm: 30 },
    headers: true,
  },
  {
    name: 'fixed, our limits are the same',
    provider: { rpm: 30, window: 'fixed' },
    keyLimits: { rpm: 30 },
    headers: true,
  },
  { name: 'sliding, known by its headers alone', provider: { rpm: 30, window: 'sliding' }, headers: true },
  { name: 'fixed, known by its headers alone', provider: { rpm: 30, window: 'fixed' }, headers: true },
  { name: 'sliding, known by its 429s alone', provider: { rpm: 30, window: 'sliding' }, headers: false },
  { name: 'fixed, known by its 429s alone', provider: { rpm: 30, window: 'fixed' }, headers: false },
];

function figures(name: string, { gateway, provider }: Scene, capacity: number): string {
  const waits = gateway.told.map(({ firstOutputMs, askedMs }) => (firstOutputMs ?? askedMs) - askedMs);
  const refused = provider.calls.filter(({ status }) => status === 429).length;
  const used = (100 * provider.served.length) / capacity;
  return `${name}: ${gateway.told.length} requests, ${gateway.failed.length} failed, ${provider.served.length} served (${used.toFixed(1)} % of capacity), ${refused} calls met a 429, p95 to first output ${(quantile(waits, 0.95) / 1000).toFixed(1)} s`;
}

describe('bursts beyond what the keys take at once', () => {
  test.each(SETTINGS)(
    '5.5 no client hears of a limit while there is room before its deadline ($name)',
    async (setting) => {
      const scene = sceneOf(setting, 300_000);
      const { time, gateway, random } = scene;
      // 120 in a minute fit; each burst is 200 within two seconds, and the next one comes three minutes later.
      for (let burst = 0; burst < 4; burst += 1)
        for (let n = 0; n < 200; n += 1)
          time.after(burst * 180_000 + random() * 2_000, () =>
            gateway.ask({
              client: CLIENTS[n % 10 === 0 ? 1 : n % 25 === 1 ? 2 : 0] ?? '',
              stream: n % 2 === 0,
            }),
          );
      const t0 = Date.now();
      await time.run();
      print(figures(`bursts, ${setting.name} [${Date.now() - t0} ms]`, scene, 800));
      expect(gateway.defects).toEqual([]);
      expect(gateway.failed.map(({ rows }) => rows[0]?.errorCode)).toEqual([]);
    },
  );
});

describe('overload', () => {
  test.each(SETTINGS)('5.5 at least 95 % of what the provider gives is used ($name)', async (setting) => {
    const scene = sceneOf(setting, 120_000);
    const { time, gateway, random } = scene;
    const MINUTES = 15;
    for (let n = 0; n < MINUTES * 160; n += 1)
      time.after(random() * MINUTES * 60_000, () =>
        gateway.ask({ client: CLIENTS[n % 3] ?? '', stream: true }),
      );
    const t0 = Date.now();
    await time.run(MINUTES * 60_000);
    const line = figures(`overload, ${setting.name}`, scene, MINUTES * 120);
    await time.run();
    print(`${line} [${Date.now() - t0} ms]`);
    expect(gateway.defects).toEqual([]);
  });
});
