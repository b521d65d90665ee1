// Clients of a provider with real windows, behind nothing but meters and a waiting line: none is refused while there is
// capacity before its deadline, nobody starves, and capacity that returns is used.

import { describe, expect, test } from 'vitest';
import { DEFAULT_QUEUE, type Limits } from '../../src/core/routing/policy.ts';
import { EPOCH_MS, type Job, job, runGateway } from './gateway-loop.ts';
import { chance, ProviderKey } from './simulated-provider.ts';

const KEYS = 4;
const RPM = 20;
const MAX_WAIT_MS = 60_000;
const LENGTH_MS = 10 * 60_000;
const SEEDS = [1, 2, 3, 4, 5, 6];

interface Setting {
  readonly window: 'sliding' | 'fixed';
  readonly limits: Limits;
  /** Requests a minute that another program sends with each key. */
  readonly elsewhere: number;
  /** The share of the provider's capacity that is asked for in the long run. */
  readonly usable: number;
  /** How long before its deadline there must be capacity for a request, if everything were known. */
  readonly spareMs: number;
  /** The most attempts for each request, and how much later than ideal the provider may begin with the unluckiest. */
  readonly mostAttempts: number;
  readonly mostLateMs: number;
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  'limits are known': {
    window: 'sliding',
    limits: { rpm: RPM },
    elsewhere: 0,
    usable: 0.97,
    spareMs: 2_000,
    mostAttempts: 1,
    mostLateMs: 1_000,
  },
  'limits are known, minutes of the clock': {
    window: 'fixed',
    limits: { rpm: RPM },
    elsewhere: 0,
    usable: 1,
    spareMs: 2_000,
    mostAttempts: 1,
    mostLateMs: 1_000,
  },
  'few may run at the same time': {
    window: 'sliding',
    limits: { rpm: RPM, concurrency: 6 },
    elsewhere: 0,
    // The ideal knows no such limit: with 24 at the same time a burst begins over eight seconds, in every minute again.
    usable: 0.9,
    spareMs: 8_000,
    mostAttempts: 1,
    mostLateMs: 8_000,
  },
  'another program uses the keys too': {
    window: 'sliding',
    limits: { rpm: RPM },
    elsewhere: 6,
    usable: 0.9,
    spareMs: 15_000,
    mostAttempts: 1.2,
    mostLateMs: 15_000,
  },
  'only the provider knows its limits': {
    window: 'sliding',
    limits: {},
    elsewhere: 0,
    usable: 0.75,
    spareMs: 20_000,
    mostAttempts: 1.2,
    mostLateMs: 20_000,
  },
};

/** When somebody who knew everything would start the next request, first come first served. */
function idealStarts(
  perMinute: number,
  window: 'sliding' | 'fixed',
  usable: number,
): (arrivesMs: number) => number {
  const starts: number[] = [];
  return (arrivesMs) => {
    const before = starts[starts.length - perMinute];
    let atMs = arrivesMs;
    if (before !== undefined && window === 'sliding') atMs = Math.max(arrivesMs, before + 60_000 / usable);
    if (before !== undefined && window === 'fixed') {
      const minute = Math.floor((EPOCH_MS + before) / 60_000) + 1;
      atMs = Math.max(arrivesMs, minute * 60_000 - EPOCH_MS);
    }
    starts.push(Math.max(atMs, starts.at(-1) ?? 0));
    return starts.at(-1) ?? atMs;
  };
}

/** Bursts and lulls near the limit; those for which there would be no capacity in time do not come. */
function demand(
  seed: number,
  { window, elsewhere, usable, spareMs }: Setting,
): { jobs: Job[]; idealMs: number[] } {
  const random = chance(seed);
  const jobs: Job[] = [];
  const idealMs: number[] = [];
  const perMinute = KEYS * (RPM - elsewhere);
  let ideal = idealStarts(perMinute, window, usable);
  let accepted: number[] = [];
  for (let ms = 0; ms < LENGTH_MS; ms += 10 + Math.floor(random() * 1_500)) {
    const burst = random() < 0.02 ? Math.floor(random() * 2 * perMinute) : 1 + Math.floor(random() * 2);
    for (let n = 0; n < burst; n += 1) {
      const startMs = ideal(ms);
      if (startMs > ms + MAX_WAIT_MS - spareMs) {
        // It did not come: the ideal goes on without it.
        ideal = idealStarts(perMinute, window, usable);
        for (const arrivedMs of accepted) ideal(arrivedMs);
        break;
      }
      accepted = [...accepted, ms];
      idealMs.push(startMs);
      jobs.push(job(`client ${jobs.length % 5}`, ms, MAX_WAIT_MS));
    }
  }
  return { jobs, idealMs };
}

/** One request of another program every so often, with each key in turn. */
function otherProgram(keys: readonly ProviderKey[], perMinute: number): (nowMs: number) => void {
  const everyMs = Math.round(60_000 / (perMinute * keys.length) / 10) * 10;
  let turn = 0;
  return (nowMs) => {
    if (perMinute === 0 || nowMs % everyMs !== 0) return;
    keys[turn % keys.length]?.ask(EPOCH_MS + nowMs);
    turn += 1;
  };
}

describe('a provider with real windows', () => {
  for (const [name, setting] of Object.entries(SETTINGS)) {
    test(`7.8 no client is refused while there is capacity before its deadline: ${name}`, () => {
      const policy = { window: setting.window, timeZone: 'UTC' } as const;
      for (const seed of SEEDS) {
        const keys = Array.from({ length: KEYS }, () => new ProviderKey(RPM, setting.window));
        const { jobs, idealMs } = demand(seed, setting);
        const meanwhile = otherProgram(keys, setting.elsewhere);
        runGateway(jobs, { keys, limits: setting.limits, policy, queue: DEFAULT_QUEUE, seed, meanwhile });
        const refused = jobs.filter(({ outcome }) => outcome !== 'served');
        const lateMs = Math.max(...jobs.map(({ startedMs }, n) => (startedMs ?? 0) - (idealMs[n] ?? 0)));
        const attempts = jobs.reduce((sum, one) => sum + one.attempts, 0);
        expect(refused).toEqual([]);
        // Hardly more is sent than is answered: nobody asks a key again and again.
        expect(attempts).toBeLessThanOrEqual(jobs.length * setting.mostAttempts);
        expect(lateMs).toBeLessThanOrEqual(setting.mostLateMs);
      }
    });
  }

  test('7.8 a client that floods does not starve one that is slow, and only the flood finds the line full', () => {
    const keys = Array.from({ length: KEYS }, () => new ProviderKey(RPM, 'sliding'));
    const jobs: Job[] = [];
    for (let ms = 0; ms < LENGTH_MS; ms += 100) jobs.push(job('flood', ms, MAX_WAIT_MS));
    for (let ms = 5_000; ms < LENGTH_MS; ms += 10_000) jobs.push(job('slow', ms, MAX_WAIT_MS));
    const policy = { window: 'sliding', timeZone: 'UTC' } as const;
    runGateway(jobs, { keys, limits: { rpm: RPM }, policy, queue: DEFAULT_QUEUE, seed: 7 });
    const slow = jobs.filter(({ client }) => client === 'slow');
    expect(slow.filter(({ outcome }) => outcome !== 'served')).toEqual([]);
    // The flood has used up the minute in its first seconds: then the slow one is the next.
    const perMinute = KEYS * RPM;
    const longest = Math.max(...slow.map(({ startedMs, arrivesMs }) => (startedMs ?? 0) - arrivesMs));
    expect(longest).toBeLessThanOrEqual(60_000 - (perMinute - 20) * 100);
    const flood = jobs.filter(({ client }) => client === 'flood');
    expect(flood.some(({ outcome }) => outcome === 'full')).toBe(true);
    // What the slow one leaves is the flood's: nothing is wasted on fairness.
    const started = keys.reduce((sum, { admittedMs }) => sum + admittedMs.length, 0);
    expect(started).toBeGreaterThanOrEqual(0.95 * perMinute * (LENGTH_MS / 60_000));
  });
});
