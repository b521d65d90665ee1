// Hedging as a client feels it: whole exchanges against a provider with a slow tail.

import { expect, test } from 'vitest';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import { settingsOf } from '../kit/gateway.ts';
import { print, quantile, SimulatedGateway } from '../kit/simulated-gateway.ts';
import { SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const REQUESTS = 8_000;
const PER_SECOND = 50;
const SECRETS = Array.from({ length: 10 }, (_, key) => `sk-${key}`);

interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Calls beyond one for each request, as a share of requests. */
  readonly extraCalls: number;
}

/** One of 20 first outputs takes 20 to 50 s; the others are lognormal about 0.8 s. */
function slowTailMs(random: () => number): number {
  if (random() < 0.05) return 20_000 + 30_000 * random();
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return 800 * Math.exp(0.35 * normal);
}

async function run(dispatch: DispatchMode, stream: boolean, seed: number): Promise<Figures> {
  const time = new VirtualTime();
  const random = seeded(seed);
  const provider = new SimulatedProvider(time, {
    id: 'one',
    keys: Object.fromEntries(SECRETS.map((secret) => [secret, {}])),
    networkMs: () => 5 + 20 * random(),
    firstOutputMs: () => slowTailMs(random),
    outputMs: () => (stream ? 1_000 + 2_000 * random() : 0),
  });
  const long = 120_000;
  const settings = settingsOf({
    upstreams: [
      {
        id: 'one',
        origin: 'http://one.test',
        secrets: SECRETS,
        timeouts: { headersMs: long, answerMs: long, firstOutputMs: long, idleMs: long, totalMs: 600_000 },
      },
    ],
    route: { dispatch },
  });
  const gateway = new SimulatedGateway(time, settings, [provider], random);
  for (let n = 0; n < REQUESTS; n += 1)
    time.after((n * 1_000) / PER_SECOND + 20 * random(), () => gateway.ask({ stream }));
  await time.run();
  expect(gateway.defects).toEqual([]);
  expect(gateway.failed.map(({ rows }) => rows[0]?.errorCode)).toEqual([]);
  expect(provider.calls.filter(({ endedMs }) => endedMs === undefined).length).toBe(0);
  const waits = gateway.told.map(({ askedMs, firstOutputMs = Number.NaN }) => firstOutputMs - askedMs);
  return {
    p50Ms: Math.round(quantile(waits, 0.5)),
    p99Ms: Math.round(quantile(waits, 0.99)),
    extraCalls: provider.calls.length / REQUESTS - 1,
  };
}

test.each([
  { stream: true, seed: 1 },
  { stream: false, seed: 2 },
])(
  '6.2 hedging cuts the p99 of the first output of exchanges at least 5 times for at most 7 % more calls (%o)',
  async ({ stream, seed }) => {
    const before = await run({ type: 'serial' }, stream, seed);
    const after = await run({ type: 'hedged', delayMs: 'p95', maxParallel: 2, budget: 0.07 }, stream, seed);
    for (const [name, { p50Ms, p99Ms, extraCalls }] of Object.entries({ serial: before, hedged: after }))
      print(
        `${name}, ${stream ? 'streams' : 'whole answers'}: first output p50 ${p50Ms} ms, p99 ${p99Ms} ms, extra calls ${(100 * extraCalls).toFixed(2)} %`,
      );
    print(`p99 is cut ${(before.p99Ms / after.p99Ms).toFixed(1)} times`);
    expect(before.extraCalls).toBe(0);
    expect(after.extraCalls).toBeGreaterThan(0.02);
    expect(after.extraCalls).toBeLessThanOrEqual(0.07);
    expect(before.p99Ms / after.p99Ms).toBeGreaterThanOrEqual(5);
    expect(after.p50Ms).toBeLessThanOrEqual(before.p50Ms * 1.05);
  },
);
