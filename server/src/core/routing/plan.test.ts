import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFreeMs, makePlan, type Plannable } from './plan.ts';
import type { Standing } from './standing.ts';

const NOW = 1_000;

interface Case extends Plannable {
  readonly untilMs: number;
}

const standing = ({ untilMs }: Case): Standing | undefined =>
  untilMs === 0
    ? undefined
    : {
        state: 'cooling',
        untilMs,
        reason: 'rate-limited',
        sinceMs: 0,
        status: 429,
        message: undefined,
        failures: 1,
        openings: 0,
        firm: true,
      };

function cases(
  ...shapes: readonly (readonly [upstream: string, key: string, priority: number, untilMs?: number])[]
): Case[] {
  return shapes.map(([upstream, key, priority, untilMs = 0]) => ({
    upstream: { id: upstream, priority },
    key: { id: key },
    native: true,
    untilMs,
  }));
}

const plan = (all: readonly Case[], cursor: number, maxAttempts = 100): string[] =>
  makePlan(all, { cursor, standing, nowMs: NOW, maxAttempts, preferNative: true }).map(
    ({ upstream, key }) => upstream.id + key.id,
  );

const arbitrary = fc.uniqueArray(
  fc.record({
    upstream: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('1', '2', '3'),
    untilMs: fc.constantFrom(0, 0, 500, 1_001, 2_000, 9_000),
  }),
  { selector: ({ upstream, key }) => upstream + key, maxLength: 9 },
);

const priorities: Readonly<Record<string, number>> = { a: 0, b: 0, c: 5 };

const built = arbitrary.map((all) =>
  cases(
    ...all.map(({ upstream, key, untilMs }) => [upstream, key, priorities[upstream] ?? 0, untilMs] as const),
  ),
);

const cools = ({ untilMs }: Case): boolean => untilMs > NOW;

describe('makePlan', () => {
  it('tries higher priorities first and takes turns inside one', () => {
    const all = cases(['low', '1', 0], ['x', '1', 1], ['y', '1', 1]);
    expect(plan(all, 0)).toEqual(['x1', 'y1', 'low1']);
    expect(plan(all, 1)).toEqual(['y1', 'x1', 'low1']);
    expect(plan(all, 2)).toEqual(['x1', 'y1', 'low1']);
  });

  it('puts candidates of the same format before converted ones of the same priority, where that is wanted', () => {
    const [a, b, c] = cases(['a', '1', 1], ['b', '1', 1], ['c', '1', 2]);
    const all = [{ ...a, native: false }, b, { ...c, native: false }] as Case[];
    const order = (preferNative: boolean): string[] =>
      makePlan(all, { cursor: 0, standing, nowMs: NOW, maxAttempts: 9, preferNative }).map(
        (one) => one.upstream.id,
      );
    expect(order(true)).toEqual(['c', 'b', 'a']);
    expect(order(false)).toEqual(['c', 'a', 'b']);
  });

  it('changes the upstream from attempt to attempt where it can', () => {
    expect(plan(cases(['a', '1', 0], ['a', '2', 0], ['b', '1', 0]), 0)).toEqual(['a1', 'b1', 'a2']);
  });

  it('puts cooling candidates last, the one that is free first before the others', () => {
    const all = cases(['a', '1', 9, 5_000], ['b', '1', 0], ['c', '1', 5, 2_000], ['d', '1', 0, NOW]);
    expect(plan(all, 0)).toEqual(['b1', 'd1', 'c1', 'a1']);
  });

  it('is no longer than allowed, and never empty when there is a candidate', () => {
    const all = cases(['a', '1', 0], ['b', '1', 0]);
    expect(plan(all, 0, 1)).toEqual(['a1']);
    expect(plan(all, 0, 0)).toEqual(['a1']);
    expect(plan([], 3)).toEqual([]);
  });

  it('is a permutation of the candidates, the same for the same input', () => {
    fc.assert(
      fc.property(built, fc.nat(), (all, cursor) => {
        const order = makePlan(all, { cursor, standing, nowMs: NOW, maxAttempts: 100, preferNative: true });
        expect(new Set(order)).toEqual(new Set(all));
        expect(order).toHaveLength(all.length);
        expect(makePlan(all, { cursor, standing, nowMs: NOW, maxAttempts: 100, preferNative: true })).toEqual(
          order,
        );
      }),
    );
  });

  it('never places a healthy candidate after a cooling one, nor a lower priority before a higher', () => {
    fc.assert(
      fc.property(built, fc.nat(), (all, cursor) => {
        const order = makePlan(all, { cursor, standing, nowMs: NOW, maxAttempts: 100, preferNative: true });
        const healthy = order.filter((candidate) => !cools(candidate));
        expect(order.slice(0, healthy.length)).toEqual(healthy);
        const ranks = healthy.map(({ upstream }) => upstream.priority);
        expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
      }),
    );
  });

  it('gives every healthy key of the highest priority the first place equally often', () => {
    fc.assert(
      fc.property(built, fc.nat({ max: 1_000 }), (all, from) => {
        const healthy = all.filter((candidate) => !cools(candidate));
        const highest = Math.max(...healthy.map(({ upstream }) => upstream.priority));
        const group = healthy.filter(({ upstream }) => upstream.priority === highest);
        const firsts = new Map<string | undefined, number>();
        for (let turn = 0; turn < group.length * 3; turn++) {
          const [first] = plan(all, from + turn);
          firsts.set(first, (firsts.get(first) ?? 0) + 1);
        }
        expect([...firsts.values()]).toEqual(group.map(() => 3));
      }),
    );
  });
});

describe('firstFreeMs', () => {
  it('says when the first of cooling candidates is free', () => {
    expect(firstFreeMs(cases(['a', '1', 0, 5_000], ['b', '1', 0, 3_000]), standing, NOW)).toBe(3_000);
    expect(firstFreeMs(cases(['a', '1', 0, 5_000], ['b', '1', 0]), standing, NOW)).toBeUndefined();
    expect(firstFreeMs([], standing, NOW)).toBeUndefined();
  });
});
