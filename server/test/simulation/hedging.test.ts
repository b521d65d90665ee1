// What hedging is for and what it costs, in simulated time: providers with a slow tail, and providers under pressure.

import { describe, expect, test } from 'vitest';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import { quantile, type Reply, type Served, type Setting, simulate } from '../kit/simulated-dispatch.ts';

const SERIAL: DispatchMode = { type: 'serial' };
const HEDGED: DispatchMode = { type: 'hedged', delayMs: 'p95', maxParallel: 2, budget: 0.07 };

/** One of 20 first outputs takes 20 to 60 s; the others are lognormal about 0.8 s. */
function slowTail(_candidate: number, _nowMs: number, random: () => number): Reply {
  if (random() < 0.05) return { afterMs: 20_000 + 40_000 * random(), limited: false };
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { afterMs: 800 * Math.exp(0.35 * normal), limited: false };
}

interface Figures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Calls beyond one for each request, as a share of requests. */
  readonly extraCalls: number;
}

function figuresOf(served: readonly Served[]): Figures {
  const times = served.flatMap(({ ttftMs }) => ttftMs ?? []);
  const calls = served.reduce((sum, { launches }) => sum + launches.length, 0);
  return {
    p50Ms: Math.round(quantile(times, 0.5)),
    p95Ms: Math.round(quantile(times, 0.95)),
    p99Ms: Math.round(quantile(times, 0.99)),
    extraCalls: calls / served.length - 1,
  };
}

function print(line: string): void {
  // biome-ignore lint/suspicious/noConsole: the figures of a simulation are worth reading
  console.log(line);
}

function row(name: string, { p50Ms, p95Ms, p99Ms, extraCalls }: Figures): string {
  const share = `${(100 * extraCalls).toFixed(2)} %`;
  return `${name}: first output p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms; extra calls ${share}`;
}

describe('a slow tail', () => {
  const REQUESTS = 20_000;

  test.each([
    { seed: 1, perSecond: 50 },
    { seed: 2, perSecond: 50 },
    { seed: 3, perSecond: 200 },
  ])(
    '6.2 hedging cuts the p99 of the first output at least 5 times for at most 7 % more calls (%o)',
    (given) => {
      const setting: Setting = {
        mode: SERIAL,
        candidates: 10,
        requests: REQUESTS,
        rate: () => given.perSecond,
        reply: slowTail,
        seed: given.seed,
      };
      const serial = simulate(setting);
      const hedged = simulate({ ...setting, mode: HEDGED });
      const before = figuresOf(serial);
      const after = figuresOf(hedged);
      print(`slow tail, ${REQUESTS} requests, ${given.perSecond}/s`);
      print(row('  serial', before));
      print(row('  hedged', after));
      print(`  p99 is cut ${(before.p99Ms / after.p99Ms).toFixed(1)} times`);

      for (const served of [serial, hedged]) {
        expect(served.length).toBe(REQUESTS);
        expect(served.filter(({ ttftMs }) => ttftMs === undefined)).toEqual([]);
      }
      expect(before.extraCalls).toBe(0);
      expect(after.extraCalls).toBeGreaterThan(0);
      expect(after.extraCalls).toBeLessThanOrEqual(0.07);
      expect(before.p99Ms / after.p99Ms).toBeGreaterThanOrEqual(5);
      // Nobody pays for it with a later first output.
      expect(after.p50Ms).toBeLessThanOrEqual(before.p50Ms * 1.05);
    },
  );
});

describe('pressure', () => {
  const RUSH = { fromMs: 300_000, untilMs: 600_000 };
  /** The slowest answers take so long: after that no exchange of the rush is left, and the pressure is forgotten. */
  const OVER_MS = 75_000;

  /** In the rush every third call is refused at once. */
  function pressed(candidate: number, nowMs: number, random: () => number): Reply {
    const inRush = nowMs >= RUSH.fromMs && nowMs < RUSH.untilMs;
    return inRush && random() < 0.33 ? { afterMs: 50, limited: true } : slowTail(candidate, nowMs, random);
  }

  test('6.2 hedging stops while providers answer 429, and comes back afterwards', () => {
    const served = simulate({
      mode: HEDGED,
      candidates: 10,
      requests: 18_000,
      rate: () => 20,
      reply: pressed,
      seed: 5,
    });
    const hedgesOf = (some: readonly Served[]): number =>
      some.reduce((sum, { launches }) => sum + launches.filter((why) => why === 'hedge').length, 0);
    const before = served.filter(({ arrivedMs }) => arrivedMs < RUSH.fromMs - OVER_MS);
    const during = served.filter(
      ({ arrivedMs }) => arrivedMs >= RUSH.fromMs && arrivedMs < RUSH.untilMs - OVER_MS,
    );
    const afterwards = served.filter(({ arrivedMs }) => arrivedMs >= RUSH.untilMs + OVER_MS);
    for (const [name, some] of Object.entries({ before, during, afterwards }))
      print(`429 pressure, ${name}: ${some.length} requests, ${hedgesOf(some)} hedges`);

    expect(hedgesOf(before)).toBeGreaterThan(before.length * 0.03);
    expect(during.length).toBeGreaterThan(3_000);
    expect(hedgesOf(during)).toBe(0);
    expect(hedgesOf(afterwards)).toBeGreaterThan(afterwards.length * 0.03);
  });

  test('6.2 an exchange that met a 429 never hedges again, whatever the budget', () => {
    const served = simulate({
      mode: { type: 'hedged', delayMs: 500, maxParallel: 3, budget: 1 },
      candidates: 10,
      requests: 5_000,
      rate: () => 20,
      // One 429 every twenty seconds or so: the route as a whole is calm again before the slow ones end.
      reply: (candidate, nowMs, random) =>
        random() < 0.002 ? { afterMs: 50, limited: true } : slowTail(candidate, nowMs, random),
      seed: 6,
    });
    const met = served.filter(({ launchesBefore429 }) => launchesBefore429 !== undefined);
    const hedges = met.flatMap(({ launches, launchesBefore429 }) =>
      launches.slice(launchesBefore429).filter((why) => why === 'hedge' || why === 'race'),
    );
    expect(met.length).toBeGreaterThan(5);
    expect(served.some(({ launches }) => launches.includes('hedge'))).toBe(true);
    expect(hedges).toEqual([]);
  });
});
