// Conversations over ten keys that are limited now and then, as whole exchanges: does each stay where its prompt cache is,
// and do the keys share the load?

import { expect, test } from 'vitest';
import type { Order } from '../../src/core/routing/policy.ts';
import { settingsOf } from '../kit/gateway.ts';
import { print, SimulatedGateway } from '../kit/simulated-gateway.ts';
import { SimulatedProvider } from '../kit/simulated-provider.ts';
import { seeded, VirtualTime } from '../kit/virtual-time.ts';

const SECRETS = Array.from({ length: 10 }, (_, key) => `sk-${key}`);
const CONVERSATIONS = 200;
const TURNS = 25;

test.each<{ order: Order; clockJumps: boolean; seed: number }>([
  { order: 'round_robin', clockJumps: false, seed: 1 },
  { order: 'least_in_flight', clockJumps: false, seed: 2 },
  { order: 'lru', clockJumps: true, seed: 3 },
])(
  '5.4 at least 98 of 100 turns stay on their key while it is healthy, and keys are balanced (%o)',
  async ({ order, clockJumps, seed }) => {
    const time = new VirtualTime();
    const random = seeded(seed);
    const between = (fromMs: number, toMs: number): number => fromMs + (toMs - fromMs) * random();
    const limitedUntil = new Map<string, number>();
    const provider = new SimulatedProvider(time, {
      id: 'one',
      keys: Object.fromEntries(SECRETS.map((secret) => [secret, {}])),
      networkMs: () => between(5, 40),
      firstOutputMs: () => between(300, 3_000),
      outputMs: () => between(500, 15_000),
      limitedForMs: ({ secret }) => (limitedUntil.get(secret) ?? 0) - time.nowMs,
      fault: ({ secret }) => ((limitedUntil.get(secret) ?? 0) > time.nowMs ? 429 : undefined),
    });
    const settings = settingsOf({
      upstreams: [
        {
          id: 'one',
          origin: 'http://one.test',
          secrets: SECRETS,
          timeouts: { idleMs: 30_000, totalMs: 60_000 },
        },
      ],
      route: { order, affinity: { ttlMs: 3_600_000 } },
    });
    const gateway = new SimulatedGateway(time, settings, [provider], random);

    // Each key is limited for a while, once in ten minutes or so.
    const HOUR_MS = 3_600_000;
    const limits: { secret: string; fromMs: number; untilMs: number }[] = [];
    for (const secret of SECRETS)
      for (let atMs = between(0, 600_000); atMs < HOUR_MS; atMs += between(400_000, 800_000)) {
        const fromMs = time.nowMs + atMs;
        const untilMs = fromMs + between(15_000, 90_000);
        limits.push({ secret, fromMs, untilMs });
        time.after(atMs, () => limitedUntil.set(secret, untilMs));
      }
    if (clockJumps)
      for (const [atMs, jumpMs] of [
        [600_000, 7_200_000],
        [1_200_000, -7_200_000],
        [1_800_000, 40 * 86_400_000],
      ] as const)
        time.after(atMs, () => {
          time.jumpMs = jumpMs;
        });
    const turn = (conversation: number, left: number): void => {
      gateway.ask({ session: `conversation ${conversation}`, stream: true });
      if (left > 1) time.after(between(20_000, 80_000), () => turn(conversation, left - 1));
    };
    for (let n = 0; n < CONVERSATIONS; n += 1)
      time.after(between(0, 2 * HOUR_MS - 1_800_000), () => turn(n, TURNS));
    await time.run();
    expect(gateway.defects).toEqual([]);
    expect(gateway.failed.map(({ rows }) => rows[0]?.errorCode)).toEqual([]);

    const servedBy = new Map(provider.served.map(({ exchange, secret }) => [exchange, secret]));
    const refusedAt = provider.calls.filter(({ status }) => status === 429);
    const lastOf = new Map<string, string>();
    let couldStay = 0;
    let stayed = 0;
    for (const { number, ask, askedMs } of gateway.told) {
      const last = lastOf.get(ask.session ?? '');
      const now = servedBy.get(number) ?? '';
      const rests = limits.some(
        ({ secret, fromMs, untilMs }) =>
          secret === last && askedMs > fromMs - 1_000 && askedMs < untilMs + 1_500,
      );
      if (last !== undefined && !rests) {
        couldStay += 1;
        if (now === last) stayed += 1;
      }
      lastOf.set(ask.session ?? '', now);
    }
    const counts = SECRETS.map((one) => provider.served.filter(({ secret }) => secret === one).length);
    const fair = provider.served.length / SECRETS.length;
    const share = (100 * stayed) / couldStay;
    print(
      `affinity, ${order}${clockJumps ? ', wall clock jumps' : ''}: ${share.toFixed(2)} % of ${couldStay} turns stayed; keys serve ${Math.min(...counts)} to ${Math.max(...counts)} (fair: ${fair.toFixed(0)}); ${refusedAt.length} calls met a 429`,
    );
    expect(refusedAt.length).toBeGreaterThan(20);
    expect(couldStay).toBeGreaterThan(CONVERSATIONS * (TURNS - 1) * 0.8);
    expect(share).toBeGreaterThanOrEqual(98);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1.5 * fair);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0.5 * fair);
  },
);
