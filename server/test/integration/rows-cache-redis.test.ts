// A real Redis behind the response cache of whole gateways: features 8.1, 8.6 and 8.7, promise 28.

import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { AnswerCache } from '../../src/exchange/ports.ts';
import { createAnswers } from '../../src/stores/answers.ts';
import { askFor } from '../kit/asking.ts';
import { cached, cacheOf, steady } from '../kit/cached-asking.ts';
import { until } from '../kit/client.ts';
import type { Gateway } from '../kit/gateway.ts';
import { freePort, hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const there = hasRedis();
let server: RedisServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const LIMITS = { maxBytes: 1_048_576, maxEntryBytes: 1_048_576 };

async function gatewayAt(url: string, origin: string): Promise<{ gateway: Gateway; answers: AnswerCache }> {
  const answers = createAnswers({ url, ...LIMITS }, systemClock, { warn: () => undefined });
  const gateway = await gatewayWith({ route: cached(), answers, upstreams: [{ origin }] });
  return { gateway, answers };
}

/** The statuses, and how long they took, ascending. */
async function asked(gateway: Gateway, count: number): Promise<{ statuses: Set<number>; tookMs: number[] }> {
  const answers = [];
  for (let i = 0; i < count; i++) answers.push(await askFor(gateway, steady({ text: `Question ${i}` })));
  const tookMs = answers.map((answer) => answer.tookMs).sort((a, b) => a - b);
  return { statuses: new Set(answers.map(({ status }) => status)), tookMs };
}

describe.skipIf(!there)('8.1 a cache in Redis', () => {
  test('8.1 is shared by gateways, and survives their restart', async () => {
    server = await startRedis();
    const one = await provider();
    const first = await gatewayAt(server.url, one.origin);
    await askFor(first.gateway, steady());
    await until(() => first.answers.stats().connected);
    await askFor(first.gateway, steady());
    const second = await gatewayAt(server.url, one.origin);
    expect(cacheOf(await askFor(second.gateway, steady()))).toEqual([200, 'hit']);
    const calls = one.turns.length;
    await first.gateway.stop();
    const third = await gatewayAt(server.url, one.origin);
    expect(cacheOf(await askFor(third.gateway, steady({ stream: true })))).toEqual([200, 'hit']);
    expect(one.turns).toHaveLength(calls);
  });

  test('8.1 names no question and no client in its keys', async () => {
    server = await startRedis();
    const one = await provider();
    const { gateway, answers } = await gatewayAt(server.url, one.origin);
    await answers.get('first');
    await until(() => answers.stats().connected);
    await askFor(gateway, steady({ text: 'a very secret question' }));
    const { Redis } = await import('ioredis');
    const other = new Redis(server.url);
    const names = await other.keys('*');
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^sluice:answer:1:[0-9a-f]{64}$/);
    expect(await other.get(names[0] ?? '')).not.toContain('very secret');
    expect(await other.pttl(names[0] ?? '')).toBeLessThanOrEqual(600_000);
    other.disconnect();
  });
});

describe.skipIf(!there)('8.7 requests while Redis fails', () => {
  test('8.7 are all answered while it hangs, and only those that find out wait', async () => {
    server = await startRedis();
    const one = await provider();
    const { gateway, answers } = await gatewayAt(server.url, one.origin);
    await askFor(gateway, steady());
    await until(() => answers.stats().connected);
    server.hang();
    const { statuses, tookMs } = await asked(gateway, 60);
    expect([...statuses]).toEqual([200]);
    // The median knows nothing of it, however slow this machine is.
    expect(tookMs[30]).toBeLessThan(50);
    server.wake();
    await until(() => answers.stats().connected);
    const after = await asked(gateway, 5);
    expect([...after.statuses]).toEqual([200]);
  });

  test('8.7 are all answered when it is killed, and it is used again when it is back', async () => {
    server = await startRedis();
    const one = await provider();
    const { gateway, answers } = await gatewayAt(server.url, one.origin);
    await askFor(gateway, steady());
    await until(() => answers.stats().connected);
    await server.kill();
    expect([...(await asked(gateway, 20)).statuses]).toEqual([200]);
    await until(() => !answers.stats().connected);
    expect(cacheOf(await askFor(gateway, steady({ text: 'meanwhile' })))).toEqual([200, 'miss']);
    expect(cacheOf(await askFor(gateway, steady({ text: 'meanwhile' })))).toEqual([200, 'hit']);
    await server.start();
    await until(() => answers.stats().connected);
    await askFor(gateway, steady({ text: 'after' }));
    expect(cacheOf(await askFor(gateway, steady({ text: 'after' })))).toEqual([200, 'hit']);
  });

  test('8.6 are answered where it was never there', async () => {
    const one = await provider();
    const { gateway } = await gatewayAt(`redis://127.0.0.1:${await freePort()}`, one.origin);
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'miss']);
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'hit']);
  });
});
