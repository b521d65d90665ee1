// The contract of shared limits (features 16.7; promises 5, 28, 29), for every store there is: a real Redis server, and memory.

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Budget } from '../../src/core/budgets/budget.ts';
import { dayAt } from '../../src/core/routing/day.ts';
import type { LimitPolicy, Limits } from '../../src/core/routing/policy.ts';
import { createDeadlines } from '../../src/exchange/deadlines.ts';
import type { News, NoMoney, NoRoom, Refusal, SharedLimits, Taken } from '../../src/exchange/ports.ts';
import { createSharedLimits } from '../../src/exchange/shared/limits.ts';
import { until } from '../kit/client.ts';
import { lineShop, memoryShop, redisShop, type Shop } from '../kit/limit-shops.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

const POLICY: LimitPolicy = { window: 'sliding', timeZone: 'UTC' };
const MINUTE = 60_500;

/** One gateway's clock and ticker. */
interface Fellow {
  readonly limits: SharedLimits;
  /** No sign of life any more, as after SIGKILL. */
  die(): void;
}

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

let redis: RedisServer | undefined;

async function fellow(shop: Shop, skewMs = 0, policy = POLICY): Promise<Fellow> {
  const clock = {
    monotonicMs: () => performance.now() + shop.shiftMs,
    epochMs: () => Date.now() + shop.shiftMs + skewMs,
  };
  const deadlines = createDeadlines(clock);
  const ticker = setInterval(() => deadlines.tick(), 20);
  const limits = createSharedLimits({
    store: shop.store(),
    clock,
    deadlines,
    newId: randomUUID,
    policy: () => policy,
    fellows: 1,
  });
  const one = { limits, die: () => clearInterval(ticker) };
  open.push({
    close: async () => {
      clearInterval(ticker);
      await limits.close();
    },
  });
  await limits.joined(5_000);
  expect(limits.connected).toBe(true);
  return one;
}

const asked = (limits: Limits, tokens = 0, policy = POLICY) => ({
  claims: [{ place: 'key\none\nk1', limits }],
  tokens,
  policy,
});
const isTaken = (answer: Taken | Refusal): answer is Taken => answer.ok;
function roomless(answer: Taken | Refusal): NoRoom {
  if (answer.ok || answer.why !== 'limit')
    throw new Error(`no refusal for a limit: ${JSON.stringify(answer)}`);
  return answer;
}
function penniless(answer: Taken | Refusal): NoMoney {
  if (answer.ok || answer.why === 'limit') throw new Error(`no refusal for money: ${JSON.stringify(answer)}`);
  return answer;
}
async function taken(one: Fellow, ask: Parameters<SharedLimits['take']>[0]): Promise<Taken> {
  const answer = await one.limits.take(ask);
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer;
}
/** Waits until it holds: what is settled is told without anybody waiting for it. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const byMs = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > byMs) throw new Error('It never came to hold.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
/** Everybody asks at once; how many were let in. */
async function rush(fellows: readonly Fellow[], each: number, ask: Parameters<SharedLimits['take']>[0]) {
  const asking = fellows.flatMap(({ limits }) => Array.from({ length: each }, () => limits.take(ask)));
  return (await Promise.all(asking)).filter(isTaken);
}

const DAY = (nanoUsd: number): Budget => ({ period: 'day', nanoUsd, warnAt: 0.8, status: 429 });
const spending = (
  worstNanoUsd: number,
  budgets: readonly Budget[],
  bounded = true,
  spent = [0, 0, 0, 0],
) => ({
  claims: [],
  tokens: 0,
  policy: POLICY,
  money: { client: 'alice', budgets, worstNanoUsd, bounded, spentNanoUsd: spent },
});

function contract(make: () => Shop): void {
  const shopWith = async (count: number): Promise<[Shop, ...Fellow[]]> => {
    const shop = make();
    open.push(shop);
    const fellows: Fellow[] = [];
    for (let one = 0; one < count; one++) fellows.push(await fellow(shop));
    return [shop, ...fellows];
  };

  test('P5 requests per minute of three gateways together are the limit exactly, and come back after it', async () => {
    const [shop, ...fellows] = await shopWith(3);
    for (const kind of ['rpm', 'rpd'] as const) {
      const limits = { [kind]: 50 };
      const ask = { ...asked(limits), claims: [{ place: kind, limits }] };
      expect(await rush(fellows, 40, ask)).toHaveLength(50);
      const refused = roomless(await (fellows[0] as Fellow).limits.take(ask));
      expect(refused).toMatchObject({ place: kind, shortage: { kind, limit: 50, remaining: 0 } });
      expect(refused.shortage.freeInMs).toBeGreaterThan(kind === 'rpm' ? 58_000 : 0);
      expect(refused.shortage.freeInMs).toBeLessThanOrEqual(kind === 'rpm' ? MINUTE : 86_400_000);
    }
    shop.shiftMs += MINUTE;
    const again = await rush(fellows, 40, { ...asked({}), claims: [{ place: 'rpm', limits: { rpm: 50 } }] });
    expect(again).toHaveLength(50);
  });

  test('P5 tokens are held at most and settled to what was used', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const first = await taken(a, asked({ tpm: 1_000 }, 600));
    expect(roomless(await b.limits.take(asked({ tpm: 1_000 }, 600))).shortage).toMatchObject({
      kind: 'tpm',
      remaining: 400,
    });
    a.limits.settle(first, 100);
    await eventually(async () => isTaken(await b.limits.take(asked({ tpm: 1_000 }, 900))));
    expect(roomless(await a.limits.take(asked({ tpm: 1_000 }, 1))).shortage.kind).toBe('tpm');
  });

  test('P5 requests at the same time are counted over all gateways', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const limits = { concurrency: 3 };
    const first = await taken(a, asked(limits));
    expect(await rush([a, b], 20, asked(limits))).toHaveLength(2);
    a.limits.settle(first, 0);
    await eventually(async () => isTaken(await b.limits.take(asked(limits))));
    expect(roomless(await a.limits.take(asked(limits))).shortage).toMatchObject({
      kind: 'concurrency',
      limit: 3,
    });
  });

  test('P5 room is taken at all places or at none', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const both = {
      claims: [
        { place: 'wide', limits: { rpm: 10 } },
        { place: 'narrow', limits: { rpm: 2 } },
      ],
      tokens: 0,
      policy: POLICY,
    };
    expect(await rush([a, b], 10, both)).toHaveLength(2);
    expect(roomless(await a.limits.take(both)).place).toBe('narrow');
    const wide = { ...both, claims: both.claims.slice(0, 1) };
    expect(await rush([a, b], 10, wide)).toHaveLength(8);
  });

  test('P5 what was never sent is given back', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const limits = { rpm: 1, rpd: 1, tpm: 100, tpd: 100, concurrency: 1 };
    a.limits.giveBack(await taken(a, asked(limits, 100)));
    await eventually(async () => isTaken(await b.limits.take(asked(limits, 100))));
  });

  test('P5 a fixed minute is that of the clock', async () => {
    const shop = make();
    open.push(shop);
    const policy: LimitPolicy = { ...POLICY, window: 'fixed' };
    const a = await fellow(shop, 0, policy);
    const limits = { rpm: 2 };
    // Not over the end of a minute.
    const intoMs = (Date.now() + shop.shiftMs) % 60_000;
    if (intoMs > 50_000) shop.shiftMs += 60_000 - intoMs;
    expect(await rush([a], 9, asked(limits, 0, policy))).toHaveLength(2);
    const { freeInMs } = roomless(await a.limits.take(asked(limits, 0, policy))).shortage;
    expect(freeInMs).toBeLessThanOrEqual(60_000);
    shop.shiftMs += freeInMs + 5;
    expect(await rush([a], 9, asked(limits, 0, policy))).toHaveLength(2);
  });

  test('P29 a day is that of the zone that is configured', async () => {
    const shop = make();
    open.push(shop);
    const policy: LimitPolicy = { ...POLICY, timeZone: 'Asia/Tokyo' };
    const [a, b] = [await fellow(shop, 0, policy), await fellow(shop, 3_600_000, policy)];
    const ask = asked({ rpd: 3, tpd: 300 }, 100, policy);
    expect(await rush([a, b], 5, ask)).toHaveLength(3);
    const { kind, freeInMs } = roomless(await a.limits.take(ask)).shortage;
    const nowMs = Date.now() + shop.shiftMs;
    expect(Math.abs(nowMs + freeInMs - dayAt('Asia/Tokyo', nowMs).endMs)).toBeLessThan(2_000);
    expect(['rpd', 'tpd']).toContain(kind);
    shop.shiftMs += freeInMs + 1_000;
    await eventually(async () => a.limits.connected && b.limits.connected);
    expect(await rush([a, b], 5, ask)).toHaveLength(3);
  });

  test('P5 what was held yesterday is no cost of today', async () => {
    const [shop, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const old = await taken(a, spending(60, [DAY(100)]));
    shop.shiftMs += dayAt('UTC', Date.now()).endMs - Date.now() + 1_000;
    await eventually(async () => isTaken(await b.limits.take(spending(0, [DAY(100)]))));
    const today = await taken(b, spending(100, [DAY(100)]));
    a.limits.settle(old, 0, 60);
    b.limits.settle(today, 0, 10);
    await eventually(async () => penniless(await a.limits.take(spending(91, [DAY(100)]))).why === 'too-dear');
    expect(isTaken(await a.limits.take(spending(90, [DAY(100)])))).toBe(true);
    // The month is the same one, or has begun anew with the day.
    expect(penniless(await b.limits.take(spending(1, [DAY(100)]))).why).toBe('held');
  });

  test('P5 a budget is never exceeded by several gateways, and what was held and not spent comes back', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const held = await rush([a], 6, spending(10, [DAY(100)]));
    const others = await rush([b], 20, spending(10, [DAY(100)]));
    expect([held.length, others.length]).toEqual([6, 4]);
    expect(penniless(await a.limits.take(spending(10, [DAY(100)])))).toMatchObject({
      why: 'held',
      leftNanoUsd: 100,
    });
    for (const one of held) a.limits.settle(one, 0, 4);
    for (const one of others) b.limits.settle(one, 0, 4);
    await eventually(async () => penniless(await a.limits.take(spending(61, [DAY(100)]))).why === 'too-dear');
    const last = await taken(b, spending(60, [DAY(100)]));
    expect(last.spentNanoUsd).toEqual([40, 40, 40, 40]);
    b.limits.settle(last, 0, 60);
    await eventually(async () => penniless(await a.limits.take(spending(1, [DAY(100)]))).why === 'spent');
    expect(isTaken(await a.limits.take(spending(0, [DAY(100)])))).toBe(true);
  });

  test('P5 what names no maximum gets what is left of a budget, alone', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const first = await taken(a, spending(1_000, [DAY(100)], false));
    expect(penniless(await b.limits.take(spending(1_000, [DAY(100)], false))).why).toBe('held');
    a.limits.settle(first, 0, 20);
    await eventually(async () => isTaken(await b.limits.take(spending(1_000, [DAY(100)], false))));
  });

  test('P5 a store that knows nothing yet believes what a gateway has saved, once', async () => {
    const [, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    expect((await taken(a, spending(1, [DAY(100)], true, [70, 70, 70, 70]))).spentNanoUsd?.[0]).toBe(70);
    expect((await taken(b, spending(1, [DAY(100)], true, [60, 60, 60, 60]))).spentNanoUsd?.[0]).toBe(70);
    expect(penniless(await b.limits.take(spending(31, [DAY(100)]))).why).toBe('too-dear');
  });

  test('P5 a limit and a budget are taken together or not at all', async () => {
    const [, a] = (await shopWith(1)) as [Shop, Fellow];
    const both = { ...spending(60, [DAY(100)]), claims: [{ place: 'client\nalice', limits: { rpm: 2 } }] };
    await taken(a, both);
    expect(penniless(await a.limits.take(both)).why).toBe('held');
    await taken(a, { ...both, money: { ...both.money, worstNanoUsd: 40 } });
    expect(roomless(await a.limits.take({ ...both, money: undefined })).shortage.kind).toBe('rpm');
  });

  test('P5 a gateway that died gives back what it ran within 15 seconds, and what it held is spent', async () => {
    const [shop, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const limits = { concurrency: 2 };
    await taken(a, asked(limits));
    await taken(a, spending(60, [DAY(100)]));
    a.die();
    await taken(b, asked(limits));
    expect(roomless(await b.limits.take(asked(limits))).shortage.kind).toBe('concurrency');
    await until(() => b.limits.fellows === 2);
    for (let second = 0; second < 12; second++) {
      shop.shiftMs += 1_000;
      await until(() => b.limits.connected);
      await b.limits.take(asked({ rpm: 0 }));
    }
    await until(() => b.limits.fellows === 1);
    expect(isTaken(await b.limits.take(asked(limits)))).toBe(true);
    expect(penniless(await b.limits.take(spending(41, [DAY(100)])))).toMatchObject({
      why: 'too-dear',
      leftNanoUsd: 40,
    });
  });

  test('P5 a gateway that was only taken for dead goes on with what it still runs', async () => {
    const [shop, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const limits = { concurrency: 1 };
    const held = await taken(a, asked(limits));
    const money = await taken(a, spending(60, [DAY(100)]));
    // Nobody gives a sign of life for so long; then both do again.
    shop.shiftMs += 30_000;
    await until(
      () => a.limits.fellows === 2 && b.limits.fellows === 2 && a.limits.connected && b.limits.connected,
    );
    await eventually(async () => !isTaken(await b.limits.take(asked(limits))));
    a.limits.settle(held, 0);
    a.limits.settle(money, 0, 10);
    await eventually(async () => isTaken(await b.limits.take(spending(90, [DAY(100)]))));
  });

  test('P29 the clocks of the gateways do not matter, only that of the store', async () => {
    const shop = make();
    open.push(shop);
    const hour = 3_600_000;
    const fellows = [
      await fellow(shop, 2 * hour),
      await fellow(shop, -2 * hour),
      await fellow(shop, 960 * hour),
    ];
    expect(await rush(fellows, 30, asked({ rpm: 20, rpd: 25 }))).toHaveLength(20);
    shop.shiftMs += MINUTE;
    expect((await rush(fellows, 30, asked({ rpm: 20, rpd: 25 }))).length).toBeLessThanOrEqual(20);
    const money = await rush(fellows, 10, spending(10, [DAY(100)]));
    expect(money).toHaveLength(10);
    const [a, b] = fellows.map(({ limits }) => limits.nowMs());
    expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThan(1_000);
  });

  test('16.7 what one gateway tells is heard by the others and by those that come later, not by itself', async () => {
    const [shop, a, b] = (await shopWith(2)) as [Shop, Fellow, Fellow];
    const heard: Record<string, News[]> = { a: [], b: [], c: [] };
    a.limits.onNews((news) => heard['a']?.push(news));
    b.limits.onNews((news) => heard['b']?.push(news));
    const rest: News = { kind: 'standing', place: 'key\none\nk1', untilMs: Date.now() + 60_000, text: '{}' };
    const gone: News = { kind: 'standing', place: 'key\none\nk2', untilMs: Date.now() + 60_000, text: '{}' };
    const freed: News = { kind: 'freed', place: gone.place, atMs: 5, untilMs: 5 };
    // A connection that listens is made on demand: what is said before is kept.
    await until(() => {
      a.limits.tell(rest);
      return (heard['b']?.length ?? 0) > 0;
    });
    for (const news of [gone, freed]) a.limits.tell(news);
    await until(() => heard['b']?.at(-1)?.kind === 'freed');
    expect(heard['b']?.slice(-3)).toEqual([rest, gone, freed]);
    const c = await fellow(shop);
    c.limits.onNews((news) => heard['c']?.push(news));
    await until(() => (heard['c']?.length ?? 0) > 0);
    expect(heard['c']).toEqual([rest]);
    expect(heard['a']).toEqual([]);
  });
}

describe('shared limits in memory', () => contract(memoryShop));
describe('shared limits over a line', () => contract(lineShop));

describe.skipIf(!hasRedis())('shared limits in Redis', () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());
  contract(() => redisShop(redis?.url ?? ''));
});
