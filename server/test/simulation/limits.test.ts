// Meters against an exact log: many requests that take, settle and give back over four levels at once, days in zones
// whose clocks change, restarts on another monotonic clock, and how much of a limit can be used.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Meter, type Moment } from '../../src/core/routing/limits.ts';
import type { LimitPolicy, Limits } from '../../src/core/routing/policy.ts';
import { AdmissionLog, dateOf, type Entry } from './admission-log.ts';

const START = Date.parse('2026-11-21T09:00:17.123Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Level {
  readonly limits: Limits;
  readonly meter: Meter;
  readonly log: AdmissionLog;
}

function level(limits: Limits, policy: LimitPolicy): Level {
  return { limits, meter: new Meter(policy), log: new AdmissionLog(limits, policy) };
}

const some = (max: number): fc.Arbitrary<number | undefined> =>
  fc.option(fc.integer({ min: 0, max }), { nil: undefined, freq: 2 });

const limitsArbitrary: fc.Arbitrary<Limits> = fc
  .record({ rpm: some(6), rpd: some(15), tpm: some(60), tpd: some(200), concurrency: some(5) })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, limit]) => limit !== undefined)));

const policyArbitrary: fc.Arbitrary<LimitPolicy> = fc.record({
  window: fc.constantFrom('sliding', 'fixed'),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
});

const stepMs = fc.constantFrom(
  0,
  0,
  1,
  250,
  499,
  500,
  7_001,
  30_000,
  59_500,
  59_999,
  60_000,
  60_001,
  HOUR,
  DAY,
);

type Step =
  | { readonly type: 'ask'; readonly tokens: number; readonly afterMs: number }
  | { readonly type: 'settle'; readonly pick: number; readonly used: number; readonly afterMs: number }
  | { readonly type: 'giveBack'; readonly pick: number; readonly afterMs: number };

const pick = fc.nat({ max: 1_000 });
const ask: fc.Arbitrary<Step> = fc.record({
  type: fc.constant('ask' as const),
  tokens: fc.integer({ min: 0, max: 70 }),
  afterMs: stepMs,
});
const settle: fc.Arbitrary<Step> = fc.record({
  type: fc.constant('settle' as const),
  pick,
  used: fc.integer({ min: 0, max: 90 }),
  afterMs: stepMs,
});
const giveBack: fc.Arbitrary<Step> = fc.record({
  type: fc.constant('giveBack' as const),
  pick,
  afterMs: stepMs,
});
const steps = fc.array(fc.oneof({ arbitrary: ask, weight: 3 }, settle, giveBack), {
  minLength: 8,
  maxLength: 40,
});

/** One interleaving; how many were admitted and refused. */
function run(
  levels: readonly Level[],
  script: readonly Step[],
  count: { admitted: number; refused: number },
): void {
  const open: { entry: Entry; tokens: number }[] = [];
  let ms = 1_000_000.5;
  for (const step of script) {
    ms += step.afterMs;
    const now: Moment = { ms, epochMs: START + ms };
    if (step.type === 'ask') {
      const short = levels.map(({ meter, limits }) => meter.shortage(limits, step.tokens, now));
      levels.forEach(({ log, meter }, place) => {
        const shortage = short[place];
        if (shortage === undefined) {
          const broken = log.broken(step.tokens, now);
          if (broken.length > 0) throw new Error(`let in although ${broken.join(', ')} would be exceeded`);
          return;
        }
        if (!log.isJustified(shortage, step.tokens, now)) throw new Error(`refused for ${shortage.kind}`);
        if (!(shortage.freeInMs > 0)) throw new Error(`refused, but free in ${shortage.freeInMs} ms`);
        if (meter.inFlight !== open.length) throw new Error(`${meter.inFlight} in flight`);
      });
      if (short.some((shortage) => shortage !== undefined)) {
        count.refused += 1;
        continue;
      }
      const entry: Entry = { at: now, tokens: step.tokens, running: true, givenBack: false };
      for (const { meter, log } of levels) {
        meter.take(step.tokens, now);
        log.add(entry);
      }
      open.push({ entry, tokens: step.tokens });
      count.admitted += 1;
      continue;
    }
    const [ended] = open.splice(open.length === 0 ? 0 : step.pick % open.length, 1);
    if (ended === undefined) continue;
    ended.entry.running = false;
    if (step.type === 'settle') {
      ended.entry.tokens = step.used;
      for (const { meter } of levels) meter.settle(ended.tokens, step.used, ended.entry.at, now);
    } else {
      ended.entry.givenBack = true;
      for (const { meter } of levels) meter.giveBack(ended.tokens, ended.entry.at, now);
    }
  }
}

describe('admission', () => {
  test('7.5 no limit of client, upstream, key or model is exceeded, nor refused without need, in 10,000 interleavings', () => {
    const count = { admitted: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.tuple(limitsArbitrary, limitsArbitrary, limitsArbitrary, limitsArbitrary),
        policyArbitrary,
        steps,
        (limits, policy, script) => {
          run(
            limits.map((one) => level(one, policy)),
            script,
            count,
          );
        },
      ),
      { numRuns: 10_000 },
    );
    // Both sides of the question were asked often.
    expect(count.admitted).toBeGreaterThan(10_000);
    expect(count.refused).toBeGreaterThan(10_000);
  }, 120_000);

  test('7.7 the time that a shortage names is true: not a millisecond before it, but then, it fits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Limits>(
          { rpm: 3 },
          { tpm: 50 },
          { rpd: 4 },
          { tpd: 90 },
          { rpm: 4, tpm: 80, tpd: 200 },
        ),
        policyArbitrary,
        fc.array(
          fc.record({
            tokens: fc.integer({ min: 1, max: 50 }),
            afterMs: fc.integer({ min: 0, max: 20_000 }),
          }),
          {
            minLength: 5,
            maxLength: 40,
          },
        ),
        (limits, policy, asks) => {
          const meter = new Meter(policy);
          let ms = 0;
          for (const { tokens, afterMs } of asks) {
            ms += afterMs;
            const shortage = meter.shortage(limits, tokens, { ms, epochMs: START + ms });
            if (shortage !== undefined) {
              const thenMs = ms + shortage.freeInMs;
              expect(
                meter.shortage(limits, tokens, { ms: thenMs - 1, epochMs: START + thenMs - 1 }),
              ).toBeDefined();
              expect(meter.shortage(limits, tokens, { ms: thenMs, epochMs: START + thenMs })).toBeUndefined();
              ms = thenMs;
            }
            meter.take(tokens, { ms, epochMs: START + ms });
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  for (const window of ['sliding', 'fixed'] as const) {
    test(`7.1 at least 95 % of a limit can be used (${window}), and what comes back is used within a second`, () => {
      const meter = new Meter({ window, timeZone: 'UTC' });
      const limits = { rpm: 60, tpm: 60_000 };
      const admittedAt: number[] = [];
      const minutes = 30;
      for (let ms = 0; ms < minutes * 60_000; ms += 100) {
        const now = { ms, epochMs: START + ms };
        while (meter.shortage(limits, 1_000, now) === undefined) {
          meter.take(1_000, now);
          meter.settle(1_000, 1_000, now, now);
          admittedAt.push(ms);
        }
      }
      expect(admittedAt.length).toBeGreaterThanOrEqual(0.95 * 60 * minutes);
      for (let place = 60; place < admittedAt.length; place += 1) {
        const since = (admittedAt[place] ?? 0) - (admittedAt[place - 60] ?? 0);
        expect(since).toBeLessThanOrEqual(61_000);
        if (window === 'sliding') expect(since).toBeGreaterThan(60_000);
      }
    });
  }

  test('18.18 idle for exactly one hour, or one day, leaves nothing of the old count', () => {
    for (const window of ['sliding', 'fixed'] as const) {
      for (const idleMs of [HOUR, DAY, 60 * 60_500, 121 * 500]) {
        const meter = new Meter({ window, timeZone: 'UTC' });
        let ms = 0;
        for (let round = 0; round < 5; round += 1) {
          let taken = 0;
          while (meter.shortage({ rpm: 7 }, 0, { ms, epochMs: START + ms }) === undefined) {
            meter.take(0, { ms, epochMs: START + ms });
            taken += 1;
          }
          expect(taken).toBe(7);
          ms += idleMs;
        }
      }
    }
  });
});

/** Instants around which clocks change, and one around which they do not. */
const CHANGES = [
  ['Europe/Berlin', '2026-03-28T20:00:00Z'],
  ['Europe/Berlin', '2026-10-24T20:00:00Z'],
  ['America/New_York', '2026-03-08T00:00:00Z'],
  ['America/New_York', '2026-11-01T00:00:00Z'],
  ['America/Santiago', '2026-09-05T20:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T10:00:00Z'],
  ['Asia/Kathmandu', '2026-11-20T12:00:00Z'],
] as const;

describe('days', () => {
  test('7.2 no date of the zone has more than its limit, each has all of it, and restarts change neither', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CHANGES),
        fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: HOUR / 2 }), restart: fc.nat({ max: 9 }) }), {
          minLength: 100,
          maxLength: 250,
        }),
        ([timeZone, from], requests) => {
          const limits = { rpd: 9, tpd: 100 };
          const policy = { window: 'sliding', timeZone } as const;
          const counts = new Map<string, { asked: number; requests: number; tokens: number }>();
          let meter = new Meter(policy);
          let epochMs = Date.parse(from);
          let originMs = epochMs;
          for (const { afterMs, restart } of requests) {
            epochMs += afterMs;
            if (restart === 0) {
              const text = meter.save({ ms: epochMs - originMs, epochMs });
              originMs = epochMs - 5;
              meter = new Meter(policy);
              if (text !== undefined) meter.restore(text, { ms: epochMs - originMs, epochMs });
            }
            const now = { ms: epochMs - originMs, epochMs };
            const date = dateOf(timeZone, epochMs);
            const count = counts.get(date) ?? { asked: 0, requests: 0, tokens: 0 };
            counts.set(date, count);
            count.asked += 1;
            if (meter.shortage(limits, 10, now) !== undefined) continue;
            meter.take(10, now);
            count.requests += 1;
            count.tokens += 10;
          }
          expect(counts.size).toBeGreaterThan(1);
          for (const count of counts.values()) {
            expect(count.requests).toBe(Math.min(count.asked, 9));
            expect(count.tokens).toBeLessThanOrEqual(100);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('7.6 a clock that jumps cannot be seen in a minute: only the monotonic one counts', () => {
    const meter = new Meter({ window: 'sliding', timeZone: 'UTC' });
    for (let taken = 0; taken < 5; taken += 1) meter.take(0, { ms: 0, epochMs: START });
    for (const jumpMs of [2 * HOUR, -2 * HOUR, 40 * DAY]) {
      expect(meter.shortage({ rpm: 5 }, 0, { ms: 30_000, epochMs: START + jumpMs })).toMatchObject({
        freeInMs: 30_500,
      });
    }
    expect(meter.shortage({ rpm: 5 }, 0, { ms: 60_500, epochMs: START - 2 * HOUR })).toBeUndefined();
  });
});
