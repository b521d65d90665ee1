// The scripts that count in Redis against two judges (promise 5): the same store in memory, which counts with the windows of
// core, must give the same answer to the same question at the same moment; and a judge without any buckets looks through
// everything that was let in.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUDGET_PERIODS } from '../../src/core/budgets/budget.ts';
import { periodAt } from '../../src/core/budgets/period.ts';
import { dayAt } from '../../src/core/routing/day.ts';
import type { Limits } from '../../src/core/routing/policy.ts';
import type { LimitStore, StoreSettle, StoreTake } from '../../src/exchange/ports.ts';
import { MemoryLimits } from '../../src/stores/memory/shared-limits.ts';
import { createRedisConnection, type RedisConnection } from '../../src/stores/redis/connection.ts';
import { createRedisLimits } from '../../src/stores/redis/limits.ts';
import { type Admitted, excessesOf } from '../kit/admission-oracle.ts';
import { until } from '../kit/client.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

const LIVES = ['a', 'b', 'c'] as const;

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do: 'take';
      readonly life: number;
      readonly places: readonly number[];
      readonly tokens: number;
      readonly worst: number | undefined;
      readonly bounded: boolean;
    }
  | {
      readonly do: 'end';
      readonly which: number;
      readonly used: number;
      readonly sent: boolean;
      readonly cost: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.oneof(fc.nat(400), fc.nat(70_000)) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('take'),
      life: fc.nat(2),
      places: fc.constantFrom([0], [1], [0, 1], [1, 0], []),
      tokens: fc.oneof(fc.nat(60), fc.nat(1_000)),
      worst: fc.option(fc.nat(120), { nil: undefined }),
      bounded: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end'),
      which: fc.nat(20),
      used: fc.nat(1_200),
      sent: fc.boolean(),
      cost: fc.nat(200),
    }),
  },
);

const limit = (most: number): fc.Arbitrary<number> => fc.oneof(fc.nat(most), fc.integer({ min: 1, max: 12 }));
const limits: fc.Arbitrary<Limits> = fc.record(
  { rpm: limit(12), rpd: limit(30), tpm: limit(900), tpd: limit(4_000), concurrency: limit(4) },
  { requiredKeys: [] },
);

describe.skipIf(!hasRedis())('limits counted in Redis', () => {
  let redis: RedisServer;
  let connection: RedisConnection;
  let shiftMs = 0;
  beforeAll(async () => {
    redis = await startRedis();
    connection = createRedisConnection({ url: redis.url, log: { warn: () => undefined } });
    void connection.ask((client) => client.ping());
    await until(() => connection.up);
  });
  afterAll(async () => {
    connection.close();
    await redis.stop();
  });

  /** Both stores, and what both are asked. */
  async function both() {
    const redisStore = createRedisLimits({
      connection,
      prefix: randomUUID(),
      shiftMs: () => shiftMs,
      limitMs: 5_000,
    });
    let memoryMs = 0;
    const memory = new MemoryLimits(() => memoryMs).store();
    const beat = async (store: LimitStore, life: string) =>
      store.beat({ life, joins: true, epoch: 'e', window: 'sliding' });
    for (const life of LIVES) {
      memoryMs = (await beat(redisStore, life))?.nowMs ?? 0;
      await beat(memory, life);
    }
    return {
      redis: redisStore,
      memory,
      /** The moment at which the script has answered is that of memory. */
      at: (nowMs: number): void => {
        memoryMs = nowMs;
      },
      now: (): number => memoryMs,
      beat: async (): Promise<void> => {
        for (const life of LIVES) {
          memoryMs = (await beat(redisStore, life))?.nowMs ?? memoryMs;
          await beat(memory, life);
        }
      },
    };
  }

  test('P5 say the same as the windows of core, and nothing is ever let in beyond a limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 60 }),
        fc.tuple(limits, limits),
        fc.constantFrom('sliding', 'fixed'),
        fc.nat(500),
        async (steps, placeLimits, window, budget) => {
          const stores = await both();
          const startMs = stores.now();
          const open: { readonly take: StoreTake; readonly atMs: number; readonly seen: Seen[] }[] = [];
          const admitted: Seen[][] = [[], []];
          let holds = 0;
          for (const one of steps) {
            if (one.do === 'wait') {
              // Nobody is taken for dead.
              for (let leftMs = one.ms; leftMs > 0; leftMs -= 9_000) {
                shiftMs += Math.min(leftMs, 9_000);
                await stores.beat();
              }
            } else if (one.do === 'take') {
              const nowMs = Date.now() + shiftMs;
              holds += 1;
              const take: StoreTake = {
                life: LIVES[one.life] ?? 'a',
                notAfterMs: nowMs + 60_000,
                window,
                day: dayAt('UTC', nowMs),
                claims: one.places.map((place) => ({ place: `p${place}`, limits: placeLimits[place] ?? {} })),
                tokens: one.tokens,
                money:
                  one.worst === undefined
                    ? undefined
                    : {
                        claim: {
                          client: 'alice',
                          budgets: [{ period: 'day', nanoUsd: budget, warnAt: 1, status: 429 }],
                          worstNanoUsd: one.worst,
                          bounded: one.bounded,
                          spentNanoUsd: [],
                        },
                        periods: BUDGET_PERIODS.map((period) => periodAt(period, 'UTC', nowMs)),
                        floors: [0, 0, 0, 0],
                        holdId: `${LIVES[one.life]}#${holds}`,
                      },
              };
              const answer = await stores.redis.take(take);
              stores.at(answer?.nowMs ?? 0);
              const expected = await stores.memory.take(take);
              expect(answer).toEqual(
                expected?.kind === 'taken' ? { ...expected, totals: answered(answer, expected) } : expected,
              );
              if (answer?.kind !== 'taken') continue;
              const seen = one.places.map((place): Seen => {
                const entry = {
                  requests: 1,
                  atMs: answer.nowMs - startMs,
                  endedMs: Infinity,
                  tokens: one.tokens,
                };
                admitted[place]?.push(entry);
                return entry;
              });
              open.push({ take, atMs: answer.nowMs, seen });
            } else {
              const [ended] = open.splice(one.which % Math.max(1, open.length), 1);
              if (ended === undefined) continue;
              const { take, atMs, seen } = ended;
              const used = one.sent ? Math.min(one.used, take.tokens) : 0;
              const settle: StoreSettle = {
                life: take.life,
                notAfterMs: Number.MAX_SAFE_INTEGER,
                window,
                places: take.claims.map(({ place }) => place),
                takenAtMs: atMs,
                requests: one.sent ? 0 : -1,
                tokens: used - take.tokens,
                running: -1,
                money:
                  take.money === undefined
                    ? undefined
                    : { client: 'alice', holdId: take.money.holdId, costNanoUsd: one.sent ? one.cost : 0 },
              };
              expect(await stores.redis.settle(settle)).toBe(true);
              stores.at(Date.now() + shiftMs);
              expect(await stores.memory.settle(settle)).toBe(true);
              for (const entry of seen) {
                entry.endedMs = stores.now() - startMs;
                entry.tokens = used;
                if (!one.sent) entry.requests = 0;
              }
            }
          }
          if (window === 'fixed') return;
          for (const [place, list] of admitted.entries())
            expect(excessesOf(list, giants(placeLimits[place] ?? {}, list), startMs)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  test('P29 a clock of the server that is set back gives nobody room, and keeps nobody out for longer than a minute', async () => {
    const stores = await both();
    const ask = async () => {
      const nowMs = Date.now() + shiftMs;
      const answer = await stores.redis.take({
        life: 'a',
        notAfterMs: nowMs + 60_000,
        window: 'sliding',
        day: dayAt('UTC', nowMs),
        claims: [{ place: 'one', limits: { rpm: 2 } }],
        tokens: 0,
        money: undefined,
      });
      return answer?.kind;
    };
    expect([await ask(), await ask(), await ask()]).toEqual(['taken', 'taken', 'short']);
    shiftMs -= 7_200_000;
    expect(await ask()).toBe('short');
    shiftMs += 60_600;
    expect([await ask(), await ask(), await ask()]).toEqual(['taken', 'taken', 'short']);
    shiftMs += 7_200_000;
  });

  test('P28 what the server gets to read too late is not done', async () => {
    const stores = await both();
    const nowMs = Date.now() + shiftMs;
    const late = { life: 'a', notAfterMs: nowMs - 1, window: 'sliding', day: dayAt('UTC', nowMs) } as const;
    const claims = [{ place: 'one', limits: { rpm: 1 } }];
    const take = { ...late, claims, tokens: 0, money: undefined };
    expect((await stores.redis.take(take))?.kind).toBe('time');
    expect(
      await stores.redis.push({
        ...late,
        place: 'one',
        uses: [{ atMs: nowMs, requests: 1, tokens: 0 }],
        dayRequests: 1,
        dayTokens: 0,
        running: 1,
      }),
    ).toBe(false);
    expect((await stores.redis.take({ ...take, notAfterMs: nowMs + 60_000 }))?.kind).toBe('taken');
  });

  test('P5 nearly all of a limit is usable, minute after minute', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 60 }),
        fc.integer({ min: 100, max: 900 }),
        async (rpm, gapMs) => {
          const stores = await both();
          const beganMs = stores.now();
          let sent = 0;
          const minutes = 3;
          for (let passed = 0; passed < minutes * 60_000; passed += gapMs) {
            shiftMs += gapMs;
            await stores.beat();
            const nowMs = Date.now() + shiftMs;
            // More is asked for than there is: each time until it is refused.
            for (let kind = 'taken'; kind === 'taken'; ) {
              const answer = await stores.redis.take({
                life: 'a',
                notAfterMs: nowMs + 60_000,
                window: 'sliding',
                day: dayAt('UTC', nowMs),
                claims: [{ place: 'one', limits: { rpm } }],
                tokens: 0,
                money: undefined,
              });
              kind = answer?.kind ?? 'silent';
              if (kind === 'taken') sent += 1;
            }
          }
          const tookMs = Date.now() + shiftMs - beganMs;
          // The first minute's part may be sent at once, and what comes back is noticed at the next question.
          const usable = (rpm * (tookMs - gapMs * minutes)) / 60_000;
          expect(sent).toBeGreaterThanOrEqual(Math.floor(0.95 * usable));
        },
      ),
      { numRuns: 5 },
    );
  }, 120_000);
});

type Seen = { -readonly [K in keyof Admitted]: Admitted[K] };
type Answer = Awaited<ReturnType<LimitStore['take']>>;

/** What runs is only counted where it is limited; memory always does. */
function answered(answer: Answer, expected: Extract<Answer, { kind: 'taken' }>) {
  const totals = answer?.kind === 'taken' ? answer.totals : [];
  return expected.totals.map((one, at) => (totals[at]?.running === -1 ? { ...one, running: -1 } : one));
}

/** A request that alone is more than a limit is sent alone: such a limit cannot hold for it. */
function giants(limits: Limits, list: readonly Admitted[]): Limits {
  const { tpm, tpd, ...rest } = limits;
  const most = Math.max(0, ...list.map(({ tokens }) => tokens));
  return {
    ...rest,
    ...(tpm !== undefined && most <= tpm ? { tpm } : {}),
    ...(tpd !== undefined && most <= tpd ? { tpd } : {}),
  };
}
