// Budgets under any order of events: many requests at once, ends in any order, restarts, jumps of the clock, changed
// limits. What requests cost never sums to more than a budget that all of them keep to, and nobody is refused who has money.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Budget, BudgetPeriod } from '../../src/core/budgets/budget.ts';
import { periodAt } from '../../src/core/budgets/period.ts';
import { type Hold, Purse } from '../../src/core/budgets/purse.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const PERIODS: readonly BudgetPeriod[] = ['day', 'week', 'month', 'total'];

type Step =
  | { readonly kind: 'ask'; readonly worst: number }
  /** `which` of those in flight ends, having cost `share` of what it might have. */
  | { readonly kind: 'end'; readonly which: number; readonly share: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'crash' };

const ask = fc.record({ kind: fc.constant('ask' as const), worst: fc.integer({ min: 1, max: 400 }) });
const end = fc.record({
  kind: fc.constant('end' as const),
  which: fc.nat(),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});
const time = fc.record({
  kind: fc.constant('time' as const),
  ms: fc.integer({ min: 0, max: 40 * 3_600_000 }),
});
const crash = fc.constant({ kind: 'crash' as const });

interface Flying {
  readonly hold: Hold;
  readonly worst: number;
  readonly startMs: number;
}

/** Plays steps with requests that name a maximum, and checks every one of them. */
function play(steps: readonly Step[], budget: Budget): void {
  let purse = new Purse();
  let nowMs = START;
  let flying: Flying[] = [];
  /** What was really spent, and may still be, by the period in which it was admitted. */
  const costs = new Map<number, number>();
  const startOf = (): number => periodAt(budget.period, 'UTC', nowMs).startMs;
  const sum = (startMs: number): number =>
    (costs.get(startMs) ?? 0) +
    flying.filter((one) => one.startMs === startMs).reduce((total, one) => total + one.worst, 0);

  for (const step of steps) {
    if (step.kind === 'time') nowMs += step.ms;
    else if (step.kind === 'ask') {
      const before = sum(startOf());
      const hold = purse.reserve([budget], { worstNanoUsd: step.worst, bounded: true }, 'UTC', nowMs);
      // Exactly what fits is let in: nothing beyond the budget, and no refusal of what there is money for.
      expect('why' in hold).toBe(before + step.worst > budget.nanoUsd);
      if (!('why' in hold)) flying.push({ hold, worst: step.worst, startMs: startOf() });
    } else if (step.kind === 'end') {
      const one = flying[step.which % Math.max(1, flying.length)];
      if (one === undefined) continue;
      flying = flying.filter((other) => other !== one);
      const cost = Math.floor(one.worst * step.share);
      purse.look([], 'UTC', nowMs);
      purse.settle(one.hold, cost);
      costs.set(one.startMs, (costs.get(one.startMs) ?? 0) + cost);
    } else {
      purse.look([], 'UTC', nowMs);
      const saved = purse.save();
      purse = new Purse();
      if (saved !== undefined) purse.restore(saved, 'UTC', nowMs);
      // Nobody will ever know what they cost: at most what they might have.
      for (const one of flying) costs.set(one.startMs, (costs.get(one.startMs) ?? 0) + one.worst);
      flying = [];
    }
    for (const startMs of costs.keys()) expect(sum(startMs)).toBeLessThanOrEqual(budget.nanoUsd);
  }
}

describe('budgets', () => {
  test('9.11 of requests that name a maximum none goes beyond, and none is refused that fits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PERIODS),
        fc.integer({ min: 0, max: 2_000 }),
        fc.array(fc.oneof({ weight: 5, arbitrary: ask }, { weight: 4, arbitrary: end }, time, crash), {
          maxLength: 200,
        }),
        (period, nanoUsd, steps) => play(steps, { period, nanoUsd, warnAt: 0.8, status: 429 }),
      ),
      { numRuns: 300 },
    );
  });

  test('9.11 of 1,000 requests at once as many are let in as there is money for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 30_000 }), (worst, nanoUsd) => {
        const budget: Budget = { period: 'day', nanoUsd, warnAt: 1, status: 429 };
        const purse = new Purse();
        const holds: Hold[] = [];
        for (let at = 0; at < 1_000; at++) {
          const hold = purse.reserve([budget], { worstNanoUsd: worst, bounded: true }, 'UTC', START);
          if (!('why' in hold)) holds.push(hold);
        }
        expect(holds.length).toBe(Math.min(1_000, Math.floor(nanoUsd / worst)));
        for (const hold of holds) purse.settle(hold, worst);
        expect(purse.look([budget], 'UTC', START)[0]).toMatchObject({
          spentNanoUsd: holds.length * worst,
          heldNanoUsd: 0,
        });
      }),
      { numRuns: 50 },
    );
  });

  test('9.11 requests without a maximum exceed a budget by one answer at most, and always get what is left', () => {
    const request = fc.record({ cost: fc.integer({ min: 1, max: 300 }), bounded: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 200 }),
        fc.integer({ min: 1, max: 3_000 }),
        (requests, nanoUsd) => {
          const budget: Budget = { period: 'week', nanoUsd, warnAt: 1, status: 402 };
          const purse = new Purse();
          let spent = 0;
          const flying: { hold: Hold; cost: number }[] = [];
          for (const [at, { cost, bounded }] of requests.entries()) {
            const worst = bounded ? cost : 300;
            const hold = purse.reserve([budget], { worstNanoUsd: worst, bounded }, 'UTC', START);
            if (!('why' in hold)) flying.push({ hold, cost });
            else if (!bounded && flying.length === 0) expect(spent).toBeGreaterThanOrEqual(nanoUsd);
            if (at % 3 === 2 || 'why' in hold) {
              const done = flying.shift();
              if (done === undefined) continue;
              purse.settle(done.hold, done.cost);
              spent += done.cost;
            }
            expect(spent).toBeLessThan(nanoUsd + 300);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('9.11 wherever the clock jumps, a period never has more than its budget of what was admitted in it', () => {
    const jump = fc.record({
      kind: fc.constant('time' as const),
      ms: fc.integer({ min: -40 * 3_600_000, max: 40 * 3_600_000 }),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(ask, end, jump), { maxLength: 150 }), (steps) => {
        const budget: Budget = { period: 'total', nanoUsd: 1_000, warnAt: 1, status: 429 };
        let nowMs = START;
        let most = 0;
        const purse = new Purse();
        const flying: { hold: Hold; worst: number }[] = [];
        for (const step of steps) {
          if (step.kind === 'time') nowMs += step.ms;
          else if (step.kind === 'ask') {
            const hold = purse.reserve([budget], { worstNanoUsd: step.worst, bounded: true }, 'UTC', nowMs);
            if (!('why' in hold)) flying.push({ hold, worst: step.worst });
          } else {
            const one = flying.shift();
            if (one === undefined) continue;
            purse.settle(one.hold, one.worst);
            most += one.worst;
          }
        }
        expect(most + flying.reduce((sum, { worst }) => sum + worst, 0)).toBeLessThanOrEqual(budget.nanoUsd);
        const [state] = purse.look([budget], 'UTC', nowMs);
        expect(state?.spentNanoUsd).toBe(most);
        for (const { hold } of flying) purse.settle(hold, 0);
        expect(purse.look([budget], 'UTC', nowMs)[0]?.heldNanoUsd).toBe(0);
        expect(purse.running).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
