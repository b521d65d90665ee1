// Providers that limit their keys, and more requests than they take: is every place used, and does no client hear of a
// limit while there is room before its patience ends?

import { expect, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import type { Limits } from '../../src/core/routing/policy.ts';
import { type GatewaySetup, settingsOf } from '../kit/gateway.ts';
import { print, quantile, SimulatedGateway } from '../kit/simulated-gateway.ts';
import { type KeyLimits, type ProviderSetup, SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const SECRETS = ['sk-1', 'sk-2', 'sk-3', 'sk-4'];
const MINUTE_MS = 60_000;
const CLIENTS = ['ann', 'ben', 'cem'];

interface Setting {
  readonly name: string;
  readonly provider: KeyLimits;
  /** Our own limits of each key; absent: only the provider teaches us. */
  readonly keyLimits?: Limits;
  readonly headers: boolean;
  readonly retryAfter?: boolean;
  /** Tokens that a request may ask for. */
  readonly maxTokens?: number;
  /** The wall clock jumps every two minutes. */
  readonly clockJumps?: boolean;
  /** How soon 95 of 100 places are taken after they come back, in an overload. */
  readonly lagMs: number;
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
  const random = seeded(1);
  const between = (fromMs: number, toMs: number): number => fromMs + (toMs - fromMs) * random();
  const setup: ProviderSetup = {
    id: 'one',
    keys: Object.fromEntries(SECRETS.map((secret) => [secret, setting.provider])),
    networkMs: () => between(5, 60),
    firstOutputMs: () => between(150, 900),
    outputMs: () => between(200, 4_000),
    outputTokens: (most) => Math.ceil(most * between(0.5, 1)),
    tells: { headers: setting.headers, retryAfter: setting.retryAfter ?? true },
  };
  const provider = new SimulatedProvider(time, setup);
  const gateway = new SimulatedGateway(time, settingsFor(setting, maxWaitMs), [provider], random);
  return { time, gateway, provider, random };
}

const JUMPS_MS = [7_200_000, -7_200_000, 40 * 86_400_000];

const SLIDING: KeyLimits = { rpm: 30, window: 'sliding' };
const FIXED: KeyLimits = { rpm: 30, window: 'fixed' };

const SETTINGS: readonly Setting[] = [
  {
    name: 'sliding, our limits are the same, it tells nothing',
    provider: SLIDING,
    keyLimits: { rpm: 30 },
    headers: false,
    lagMs: 1_000,
  },
  // What headers tell is as old as the answer took: the lag is that much longer.
  {
    name: 'sliding, our limits are the same',
    provider: SLIDING,
    keyLimits: { rpm: 30 },
    headers: true,
    lagMs: 2_000,
  },
  {
    name: 'fixed, our limits are the same, the wall clock jumps',
    provider: FIXED,
    keyLimits: { rpm: 30 },
    headers: true,
    clockJumps: true,
    lagMs: 1_100,
  },
  {
    name: 'sliding, known by its headers alone, the wall clock jumps',
    provider: SLIDING,
    headers: true,
    clockJumps: true,
    lagMs: 2_000,
  },
  { name: 'fixed, known by its headers alone', provider: FIXED, headers: true, lagMs: 1_100 },
  { name: 'sliding, known by its 429s alone', provider: SLIDING, headers: false, lagMs: 2_500 },
  { name: 'fixed, known by its 429s alone', provider: FIXED, headers: false, lagMs: 1_500 },
  {
    name: 'sliding, by tokens, our limits are the same',
    provider: { tpm: 30 * 450, window: 'sliding' },
    keyLimits: { tpm: 30 * 450 },
    headers: true,
    maxTokens: 600,
    lagMs: Number.POSITIVE_INFINITY,
  },
  {
    name: 'sliding, by tokens, known by its 429s alone',
    provider: { tpm: 30 * 450, window: 'sliding' },
    headers: false,
    maxTokens: 600,
    lagMs: Number.POSITIVE_INFINITY,
  },
];

/** Calls that the keys let in, or tokens where those are limited, until a moment. */
function usedOf({ provider, time }: Scene, { provider: { tpm } }: Setting): number {
  const served = provider.served.filter(({ arrivedMs = 0 }) => arrivedMs <= time.nowMs);
  return tpm === undefined ? served.length : served.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** What the keys could have let in since the beginning. */
function capacityOf({ time }: Scene, setting: Setting, forMs: number): number {
  const { rpm = 0, tpm, window } = setting.provider;
  const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS);
  const minutes =
    window === 'fixed'
      ? minuteOf(time.steadyEpochMs) - minuteOf(time.steadyEpochMs - forMs) + 1
      : forMs / MINUTE_MS;
  return SECRETS.length * minutes * (tpm ?? rpm);
}

/** How long after it came back each place was taken; the first minute, in which everything is free, aside. */
function lagsOf({ provider, time }: Scene, { provider: { rpm = 0, window } }: Setting): number[] {
  const offsetMs = time.steadyEpochMs - time.nowMs;
  return SECRETS.flatMap((secret) => {
    const at = provider.served
      .filter((call) => call.secret === secret)
      .map(({ arrivedMs = 0 }) => arrivedMs + offsetMs)
      .sort((a, b) => a - b);
    if (window === 'sliding') return at.slice(rpm).map((atMs, n) => atMs - (at[n] ?? 0) - MINUTE_MS);
    const firsts = new Map<number, number>();
    for (const atMs of at) {
      const minute = Math.floor(atMs / MINUTE_MS);
      if (minute > Math.floor((at[0] ?? 0) / MINUTE_MS) + 1 && !firsts.has(minute))
        firsts.set(minute, atMs % MINUTE_MS);
    }
    return [...firsts.values()];
  });
}

function jump({ time, random }: Scene, { clockJumps }: Setting, forMs: number): void {
  if (clockJumps !== true) return;
  for (let atMs = MINUTE_MS; atMs < forMs; atMs += 2 * MINUTE_MS)
    time.after(atMs, () => {
      time.jumpMs = JUMPS_MS[Math.floor(random() * JUMPS_MS.length)] ?? 0;
    });
}

function refusedOf({ provider }: Scene): number {
  return provider.calls.filter(({ status }) => status === 429).length;
}

function waitsOf({ gateway }: Scene, client?: string): number[] {
  const told = gateway.told.filter(({ ask }) => client === undefined || ask.client === client);
  return told.flatMap(({ firstOutputMs, askedMs }) =>
    firstOutputMs === undefined ? [] : [firstOutputMs - askedMs],
  );
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

test.each(SETTINGS)(
  '5.5 no client hears of a limit while there is room before its deadline: bursts ($name)',
  async (setting) => {
    const scene = sceneOf(setting, 300_000);
    const { time, gateway, provider, random } = scene;
    const { maxTokens = 64 } = setting;
    jump(scene, setting, 600_000);
    // 120 in a minute fit. One burst is as much as fits into four minutes, the next one into two and a half.
    for (let n = 0; n < 780; n += 1)
      time.after((n < 480 ? 0 : 400_000) + random() * 2_000, () => {
        const client = n % 10 === 0 ? 'ben' : n % 25 === 1 ? 'cem' : 'ann';
        gateway.ask({ client, stream: n % 3 !== 0, maxTokens });
      });
    await time.run();
    const waits = CLIENTS.map((client) => `${client} ${seconds(quantile(waitsOf(scene, client), 0.95))}`);
    print(
      `bursts, ${setting.name}: ${gateway.told.length} requests, ${gateway.failed.length} failed, ${refusedOf(scene)} calls met a 429; 95 of 100 have output after: ${waits.join(', ')}`,
    );
    expect(gateway.defects).toEqual([]);
    expect(gateway.failed.map(({ rows }) => rows[0]?.errorCode)).toEqual([]);
    expect(provider.served.length).toBe(780);
    expect(refusedOf(scene)).toBeLessThanOrEqual(200);
    // Who asks for little does not wait behind the one who asks for most of it.
    const [anns = 0, bens = 0, cems = 0] = CLIENTS.map((client) => quantile(waitsOf(scene, client), 0.95));
    expect(Math.max(bens, cems)).toBeLessThan(0.7 * anns);
    expect(time.waiting).toBe(0);
  },
);

test.each(SETTINGS)(
  '5.5 at least 95 % of what the provider gives is used, and soon after it comes back: overload ($name)',
  async (setting) => {
    const scene = sceneOf(setting, 120_000);
    const { time, gateway, provider, random } = scene;
    const { maxTokens = 64 } = setting;
    const FOR_MS = 15 * MINUTE_MS;
    jump(scene, setting, FOR_MS);
    for (let n = 0; n < 15 * 160; n += 1)
      time.after(random() * FOR_MS, () =>
        gateway.ask({ client: CLIENTS[n % 3] ?? '', stream: true, maxTokens }),
      );
    await time.run(FOR_MS);
    const share = usedOf(scene, setting) / capacityOf(scene, setting, FOR_MS);
    const lagMs = setting.provider.rpm === undefined ? 0 : quantile(lagsOf(scene, setting), 0.95);
    await time.run();
    const { failed, told } = gateway;
    print(
      `overload, ${setting.name}: ${told.length} requests, ${(100 * share).toFixed(1)} % of the capacity used, 95 of 100 places taken within ${seconds(lagMs)}, ${refusedOf(scene)} calls met a 429`,
    );
    expect(gateway.defects).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(lagMs).toBeLessThanOrEqual(setting.lagMs);
    expect(refusedOf(scene)).toBeLessThanOrEqual(provider.served.length);
    // Nobody is sent away before its time, unless nobody at all is let in until then.
    expect(failed.length).toBeGreaterThan(100);
    const wronged = failed.filter(({ askedMs, endedMs = 0 }) => {
      const tillMs = askedMs + 119_000;
      return provider.served.some(({ arrivedMs = 0 }) => arrivedMs > endedMs && arrivedMs < tillMs);
    });
    expect(wronged.length).toBe(0);
    expect(failed.length + provider.served.length).toBe(told.length);
    expect(time.waiting).toBe(0);
  },
);
