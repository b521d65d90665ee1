// What both stores of answers promise (features 8.1, 8.2, 8.9), and what becomes of requests when Redis goes (8.6, 8.7).

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnswerCache, CachedAnswer } from '../../src/exchange/ports.ts';
import { createAnswers } from '../../src/stores/answers.ts';
import { MemoryAnswers } from '../../src/stores/memory/answers.ts';
import { promptly } from '../kit/promptly.ts';
import { freePort, hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

const LIMITS = { maxBytes: 1_048_576, maxEntryBytes: 1_048_576 };

/** Time that a test moves; Redis has its own besides. */
const clock = {
  nowMs: Date.now(),
  epochMs: () => clock.nowMs,
};

const answerOf = (more: Partial<CachedAnswer> = {}): CachedAnswer => ({
  clientId: 'ann',
  model: 'quick',
  modelServed: 'm-1',
  upstreamId: 'one',
  createdAtMs: clock.nowMs,
  freshUntilMs: clock.nowMs + 60_000,
  expiresAtMs: clock.nowMs + 60_000,
  losses: undefined,
  text: '{"text":"größer 🐈\\n\\"x\\""}',
  ...more,
});

const open: AnswerCache[] = [];
const warnings: string[] = [];
const log = { warn: (message: string) => void warnings.push(message) };

function cacheAt(url: string | undefined): AnswerCache {
  const cache = createAnswers({ url, ...LIMITS }, clock, log);
  open.push(cache);
  return cache;
}

beforeEach(() => {
  clock.nowMs = Date.now();
  warnings.length = 0;
});
afterEach(() => {
  for (const cache of open.splice(0)) cache.close();
});

/** Waits until something is so; fails after five seconds. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 5_000;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error('It never came to that.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Puts, and waits until it is there. */
async function putAll(cache: AnswerCache, answers: Readonly<Record<string, CachedAnswer>>): Promise<void> {
  for (const [key, answer] of Object.entries(answers)) {
    cache.put(key, answer);
    await until(async () => (await cache.get(key)) !== undefined);
  }
}

const redisIsThere = hasRedis();
let server: RedisServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const stores = [
  ['memory', async () => cacheAt(undefined)],
  [
    'redis',
    async () => {
      server = await startRedis();
      const cache = cacheAt(server.url);
      await cache.get('first');
      await until(() => cache.stats().connected);
      return cache;
    },
  ],
] as const;

describe.each(stores.filter(([name]) => name === 'memory' || redisIsThere))(
  '8.1 answers in %s',
  (name, make) => {
    test('come back as they were put', async () => {
      const cache = await make();
      const answer = answerOf({ losses: 'top_k', costNanoUsd: 123 });
      await putAll(cache, { a: answer, b: answerOf({ clientId: undefined }) });
      expect(await cache.get('a')).toEqual(answer);
      expect((await cache.get('b'))?.clientId).toBeUndefined();
      expect(await cache.get('c')).toBeUndefined();
      expect(cache.stats()).toMatchObject({ store: name, connected: true, stored: 2 });
    });

    test('8.2 are gone when they have expired', async () => {
      const cache = await make();
      await putAll(cache, { a: answerOf({ expiresAtMs: clock.nowMs + 10_000 }) });
      clock.nowMs += 9_999;
      expect(await cache.get('a')).toBeDefined();
      clock.nowMs += 1;
      expect(await cache.get('a')).toBeUndefined();
    });

    test('8.9 are forgotten by key, model, client or all together', async () => {
      const cache = await make();
      const some = {
        a: answerOf(),
        b: answerOf({ model: 'm-1' }),
        c: answerOf({ model: 'x', modelServed: 'x' }),
        d: answerOf({ clientId: 'bob', model: 'x', modelServed: 'x' }),
      };
      await putAll(cache, some);
      expect(await cache.purge({ key: 'a' })).toBe(1);
      expect(await cache.purge({ key: 'a' })).toBe(0);
      expect(await cache.purge({ model: 'm-1' })).toBe(1);
      expect(await cache.purge({ client: 'bob' })).toBe(1);
      expect(await cache.get('c')).toBeDefined();
      await putAll(cache, some);
      expect(await cache.purge({ all: true })).toBe(4);
      expect(await cache.get('c')).toBeUndefined();
    });
  },
);

describe('8.1 memory', () => {
  test('holds no more bytes than it may, and lets the least recently used ones go', async () => {
    const memory = new MemoryAnswers({ maxBytes: () => 30_000, clock });
    open.push(memory);
    const text = 'x'.repeat(4_000);
    await putAll(memory, { a: answerOf({ text }), b: answerOf({ text }), c: answerOf({ text }) });
    await memory.get('a');
    memory.put('d', answerOf({ text }));
    expect(
      await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => (await memory.get(key)) !== undefined)),
    ).toEqual([true, false, true, true]);
    expect(memory.stats().bytes).toBeLessThanOrEqual(30_000);
    memory.put('huge', answerOf({ text: 'x'.repeat(20_000) }));
    expect(await memory.get('huge')).toBeUndefined();
  });
});

describe.skipIf(!redisIsThere)('8.7 a Redis server that fails', () => {
  /** The longest of so many questions, in milliseconds. */
  async function slowest(cache: AnswerCache, count: number): Promise<number> {
    let longestMs = 0;
    for (let i = 0; i < count; i++) {
      const beganMs = performance.now();
      await cache.get(`key-${i}`);
      longestMs = Math.max(longestMs, performance.now() - beganMs);
    }
    return longestMs;
  }

  test('8.6 that is not there at all costs little, is told of once, and memory stands in', async () => {
    const cache = cacheAt(`redis://127.0.0.1:${await freePort()}`);
    expect(await slowest(cache, 20)).toBeLessThan(500);
    cache.put('a', answerOf());
    await until(async () => (await cache.get('a')) !== undefined);
    expect(cache.stats()).toMatchObject({ store: 'redis', connected: false, entries: 1 });
    expect(warnings).toHaveLength(1);
  });

  test('8.7 that hangs holds up one question for a twentieth of a second, and is used again when it wakes', async () => {
    server = await startRedis();
    const cache = cacheAt(server.url);
    await cache.get('first');
    await until(() => cache.stats().connected);
    await putAll(cache, { kept: answerOf() });
    server.hang();
    const beganMs = performance.now();
    expect(await cache.get('kept')).toBeUndefined();
    expect(performance.now() - beganMs).toBeGreaterThan(40);
    expect(cache.stats().connected).toBe(false);
    // Nobody else waits: two hundred questions take less than four of them would.
    await promptly(200, async () => {
      const before = performance.now();
      await slowest(cache, 200);
      return performance.now() - before;
    });
    cache.put('meanwhile', answerOf());
    await until(async () => (await cache.get('meanwhile')) !== undefined);
    server.wake();
    await until(() => cache.stats().connected);
    await until(async () => (await cache.get('kept')) !== undefined);
    expect(warnings.filter((message) => message.includes('does not answer'))).toHaveLength(1);
    expect(warnings.filter((message) => message.includes('answers again'))).toHaveLength(1);
  });

  test('8.7 that is killed and comes back is used again without a restart', async () => {
    server = await startRedis();
    const cache = cacheAt(server.url);
    await cache.get('first');
    await until(() => cache.stats().connected);
    await server.kill();
    await until(() => !cache.stats().connected);
    cache.put('a', answerOf());
    await until(async () => (await cache.get('a')) !== undefined);
    await server.start();
    await until(() => cache.stats().connected);
    await putAll(cache, { b: answerOf() });
    expect(warnings.filter((message) => message.includes('does not answer')).length).toBeLessThanOrEqual(1);
  });

  test('8.7 that holds something else under the name of an answer is not believed', async () => {
    server = await startRedis();
    const cache = cacheAt(server.url);
    await cache.get('first');
    await until(() => cache.stats().connected);
    const { Redis } = await import('ioredis');
    const other = new Redis(server.url);
    for (const text of ['', 'null', '{}', '{"model":1}\n{}', '\n\n']) {
      await other.set('sluice:answer:1:odd', text);
      expect(await cache.get('odd')).toBeUndefined();
    }
    await other.del('sluice:answer:1:odd');
    await other.hset('sluice:answer:1:odd', 'a', 'b');
    expect(await cache.get('odd')).toBeUndefined();
    other.disconnect();
  });
});
