// What is kept for conversations in Redis (features 16.7): found by every gateway, and by the gateway's own keep where Redis
// is away (promise 28).

import { afterEach, describe, expect, test } from 'vitest';
import { createRedisConnection, type RedisConnection } from '../../src/stores/redis/connection.ts';
import { RedisKeep } from '../../src/stores/redis/keep.ts';
import { eventually } from '../kit/eventually.ts';
import { FakeKeep } from '../kit/fake-ports.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

const there = hasRedis();
let server: RedisServer | undefined;
const closing: (() => void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await server?.stop();
  server = undefined;
});

interface View {
  readonly keep: RedisKeep;
  readonly own: FakeKeep;
  readonly connection: RedisConnection;
}

/** However slow the machine is: the server is well, unless a test is about how it is not. */
const PATIENT_MS = 5_000;

/** The keep of one more gateway. */
async function view(limitMs = PATIENT_MS): Promise<View> {
  const connection = createRedisConnection({
    url: server?.url ?? '',
    log: { warn: () => undefined },
    limitMs,
  });
  closing.push(() => connection.close());
  const own = new FakeKeep();
  const keep = new RedisKeep({ connection, own, prefix: 'sluice' });
  await keep.get('response', ['first']);
  await eventually(() => connection.up);
  return { keep, own, connection };
}

const found = async ({ keep }: View, key: string): Promise<string | undefined> =>
  (await keep.get('response', [key])).get(key);

describe.skipIf(!there)('16.7 a keep in Redis', () => {
  test('16.7 is found by every gateway, each kind and key for itself', async () => {
    server = await startRedis();
    const [one, other] = [await view(), await view()];
    one.keep.put('response', 'a', 'größer 🐈');
    one.keep.put('response', 'b', 'b');
    await eventually(async () => (await found(other, 'b')) === 'b');
    expect([...(await other.keep.get('response', ['a', 'x', 'b']))].sort()).toEqual([
      ['a', 'größer 🐈'],
      ['b', 'b'],
    ]);
    expect((await other.keep.get('reasoning', ['a'])).size).toBe(0);
    expect((await one.own.get('response', ['a'])).get('a')).toBe('größer 🐈');
  });

  test('16.7 keeps texts of many megabytes, and none that are longer than the own keep takes', async () => {
    server = await startRedis();
    const [one, other] = [await view(), await view()];
    const long = 'x'.repeat(8 * 1024 * 1024);
    one.keep.put('response', 'long', long);
    one.keep.put('response', 'too long', 'x'.repeat(12 * 1024 * 1024 + 1));
    one.keep.put('response', 'mark', 'x');
    await eventually(async () => (await found(other, 'mark')) === 'x');
    await eventually(async () => (await found(other, 'long')) === long);
    expect(await found(other, 'too long')).toBeUndefined();
  });

  test('16.7 asks once for reasoning that is nowhere, and each time for a response', async () => {
    server = await startRedis();
    const [one, other] = [await view(), await view()];
    let asked = 0;
    const { connection } = one;
    const counting: RedisConnection = {
      up: true,
      ask: (work, limitMs) => {
        asked++;
        return connection.ask(work, limitMs);
      },
      onUp: () => undefined,
      onDown: () => undefined,
      subscribe: () => undefined,
      doubt: () => undefined,
      close: () => undefined,
    };
    const keep = new RedisKeep({ connection: counting, own: one.own, prefix: 'sluice' });
    for (let turn = 0; turn < 3; turn++) await keep.get('reasoning', ['a', 'b']);
    expect(asked).toBe(1);
    other.keep.put('reasoning', 'c', 'kept');
    await other.connection.ask((client) => client.ping());
    expect([...(await keep.get('reasoning', ['a', 'b', 'c']))]).toEqual([['c', 'kept']]);
    asked = 0;
    for (let turn = 0; turn < 3; turn++) await keep.get('response', ['a']);
    expect(asked).toBe(3);
  });

  test('16.7 names hold digests alone, and everything expires with the days of the own keep', async () => {
    server = await startRedis();
    const one = await view();
    one.keep.put('response', '["ann","resp_secret"]', 'x');
    const { Redis } = await import('ioredis');
    const looking = new Redis(server.url);
    closing.push(() => looking.disconnect());
    await eventually(async () => (await looking.keys('*')).length === 1);
    const [name = ''] = await looking.keys('*');
    expect(name).toMatch(/^sluice:1:keep:[\w-]{43}$/);
    const sevenDaysMs = 7 * 24 * 60 * 60 * 1000;
    const left = await looking.pttl(name);
    expect(left).toBeGreaterThan(sevenDaysMs - 60_000);
    expect(left).toBeLessThanOrEqual(sevenDaysMs);
  });

  test('P28 finds its own texts while the server is away, and tells them when it is back', async () => {
    server = await startRedis();
    const [one, other] = [await view(), await view()];
    await server.kill();
    await eventually(() => !one.connection.up);
    one.keep.put('response', 'meanwhile', 'kept');
    expect(await found(one, 'meanwhile')).toBe('kept');
    expect(await found(other, 'meanwhile')).toBeUndefined();
    await server.start();
    await eventually(async () => (await found(other, 'meanwhile')) === 'kept');
  });

  test('P28 waits a twentieth of a second for a server that falls silent, once', async () => {
    server = await startRedis();
    const one = await view(50);
    one.keep.put('response', 'own', 'kept');
    server.hang();
    const beganMs = performance.now();
    for (let at = 0; at < 100; at++) expect(await found(one, `missing-${at}`)).toBeUndefined();
    expect(performance.now() - beganMs).toBeLessThan(1_000);
    expect(one.connection.up).toBe(false);
    expect(await found(one, 'own')).toBe('kept');
    server.wake();
    await eventually(() => one.connection.up);
  });
});
