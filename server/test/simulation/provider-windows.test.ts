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
  /** How long before its deadline there must be capacity for a request, if everything were known. */
  readonly spareMs: number;
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  'limits are known': { window: 'sliding', limits: { rpm: RPM }, elsewhere: 0, spareMs: 10_000 },
  'limits are known, minutes of the clock': {
    window: 'fixed',
    limits: { rpm: RPM },
    elsewhere: 0,
    spareMs: 10_000,
  },
  'few may run at the same time': {
    window: 'sliding',
    limits: { rpm: RPM, concurrency: 6 },
    elsewhere: 0,
    spareMs: 25_000,
  },
  'another program uses the keys too': {
    window: 'sliding',
    limits: { rpm: RPM },
    elsewhere: 6,
    spareMs: 15_000,
  },
  'only the provider knows its limits': { window: 'sliding', limits: {}, elsewhere: 0, spareMs: 10_000 },
};

/** When somebody who knew everything would start the next request, first come first served. */
function idealStarts(perMinute: number, window: 'sliding' | 'fixed'): (arrivesMs: number) => number {
  const starts: number[] = [];
  return (arrivesMs) => {
    const before = starts[starts.length - perMinute];
    let atMs = arrivesMs;
    if (before !== undefined && window === 'sliding') atMs = Math.max(arrivesMs, before + 60_000);
    if (before !== undefined && window === 'fixed') {
      const minute = Math.floor((EPOCH_MS + before) / 60_000) + 1;
      atMs = Math.max(arrivesMs, minute * 60_000 - EPOCH_MS);
    }
    starts.push(Math.max(atMs, starts.at(-1) ?? 0));
    return starts.at(-1) ?? atMs;
  };
}

/** Bursts and lulls near the limit; those for which there would be no capacity in time do not come. */
function demand(seed: number, { window, elsewhere, spareMs }: Setting): { jobs: Job[]; idealMs: number[] } {
  const random = chance(seed);
  const jobs: Job[] = [];
  const idealMs: number[] = [];
  const perMinute = KEYS * (RPM - elsewhere);
  let ideal = idealStarts(perMinute, window);
  let accepted: number[] = [];
  for (let ms = 0; ms < LENGTH_MS; ms += 10 + Math.floor(random() * 1_500)) {
    const burst = random() < 0.02 ? Math.floor(random() * 2 * perMinute) : 1 + Math.floor(random() * 2);
    for (let n = 0; n < burst; n += 1) {
      const startMs = ideal(ms);
      if (startMs > ms + MAX_WAIT_MS - spareMs) {
        // It did not come: the ideal goes on without it.
        ideal = idealStarts(perMinute, window);
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
        if (process.env['FIGURES'])
          process.stdout.write(
            `${name} ${seed}: ${jobs.length} jobs, ideal wait ${Math.max(...jobs.map((one, n) => (idealMs[n] ?? 0) - one.arrivesMs))}, late ${lateMs}, attempts ${attempts}, refused ${refused.length} most ${Math.max(...jobs.map((one) => one.attempts))}\n`,
          );
        expect(refused).toEqual([]);
      }
    });
  }
});
