// What notes over several gateways promise, on a real Redis and in memory (features 16.7), and what becomes of them when
// Redis goes (promise 28).

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SharedNotes } from '../../src/exchange/ports.ts';
import { createNotesHub } from '../../src/stores/memory/shared-notes.ts';
import { createRedisConnection, type RedisConnection } from '../../src/stores/redis/connection.ts';
import { RedisNotes } from '../../src/stores/redis/notes.ts';
import { createLine } from '../../src/workers/line.ts';
import { notesOver, serveNotes } from '../../src/workers/notes-line.ts';
import { eventually } from '../kit/eventually.ts';
import { pipePair } from '../kit/pipe-pair.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

const redisIsThere = hasRedis();
let server: RedisServer | undefined;
let starting: Promise<RedisServer> | undefined;
const opened: (() => void)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) close();
  await server?.stop();
  server = undefined;
  starting = undefined;
});

/** However slow the machine is: the server is well, unless a test is about how it is not. */
const PATIENT_MS = 5_000;

/** A view on the server for one more gateway. */
async function redisView(
  prefix = 'sluice',
  limitMs = PATIENT_MS,
): Promise<{ notes: SharedNotes; connection: RedisConnection }> {
  starting ??= startRedis();
  server = await starting;
  const connection = createRedisConnection({ url: server.url, log: { warn: () => undefined }, limitMs });
  const notes = new RedisNotes({ connection, ofAnswers: connection, prefix });
  opened.push(() => connection.close());
  await notes.find('owner', ['first']);
  await eventually(() => connection.up);
  return { notes, connection };
}

type Ending = Parameters<
  Parameters<Extract<Awaited<ReturnType<SharedNotes['lead']>>, { kind: 'follow' }>['onEnd']>[0]
>[0];

/** Leads or follows; what follows collects what it hears. */
async function lead(
  notes: SharedNotes,
  key: string,
): Promise<{
  kind: string | undefined;
  heard: Ending[];
  end(how: 'answered' | 'unshared' | 'failed'): void;
  leave(): void;
}> {
  const led = await notes.lead(key);
  const heard: Ending[] = [];
  if (led?.kind === 'follow') led.onEnd((how) => void heard.push(how));
  return {
    kind: led?.kind,
    heard,
    end: (how) => {
      if (led?.kind === 'lead') led.end(how);
    },
    leave: () => {
      if (led?.kind === 'follow') led.leave();
    },
  };
}

const makers = [
  [
    'memory',
    () => {
      const hub = createNotesHub({ monotonicMs: () => performance.now() });
      return async () => hub.join();
    },
  ],
  [
    'memory, over a line',
    () => {
      const hub = createNotesHub({ monotonicMs: () => performance.now() });
      return async () => {
        const pair = pipePair();
        serveNotes(createLine(pair.left), hub.join());
        return notesOver(createLine(pair.right));
      };
    },
  ],
  ['redis', () => async () => (await redisView()).notes],
] as const;

describe.each(makers.filter(([name]) => name !== 'redis' || redisIsThere))('16.7 notes in %s', (_, make) => {
  let join: () => Promise<SharedNotes>;
  beforeEach(() => {
    join = make();
  });

  /** Waits until a note can be found. */
  async function told(notes: SharedNotes, key: string): Promise<void> {
    await eventually(async () => (await notes.find('owner', [key])).has(key));
  }

  test('16.7 are found by every gateway as they were put, each kind for itself', async () => {
    const [one, other] = [await join(), await join()];
    one.put('owner', 'größer 🐈\n', 'text \n 🐈', 60_000);
    await told(other, 'größer 🐈\n');
    const found = await other.find('owner', ['größer 🐈\n', 'missing']);
    expect([...found]).toEqual([['größer 🐈\n', 'text \n 🐈']]);
    expect((await other.find('affinity', ['größer 🐈\n'])).size).toBe(0);
    expect((await other.find('affinity', [])).size).toBe(0);
  });

  test('16.7 a later note takes the place of an earlier one, unless it is to be the first', async () => {
    const [one, other] = [await join(), await join()];
    one.putFirst('owner', 'a', '1', 60_000);
    await told(other, 'a');
    other.putFirst('owner', 'a', '2', 60_000);
    other.putFirst('owner', 'mark', 'x', 60_000);
    await told(one, 'mark');
    expect((await one.find('owner', ['a'])).get('a')).toBe('1');
    other.put('owner', 'a', '3', 60_000);
    await eventually(async () => (await one.find('owner', ['a'])).get('a') === '3');
  });

  test('16.7 are gone when their time is over', async () => {
    const [one, other] = [await join(), await join()];
    one.put('owner', 'long', 'x', 60_000);
    one.put('owner', 'short', 'x', 40);
    await eventually(async () => !(await other.find('owner', ['short'])).has('short'));
    expect((await other.find('owner', ['long'])).size).toBe(1);
  });

  test.each(['answered', 'unshared', 'failed'] as const)(
    '16.7 one of several leads, and the others hear how it ended: %s',
    async (how) => {
      const views = await Promise.all([join(), join(), join()]);
      const all = await Promise.all(views.map((notes) => lead(notes, 'q')));
      expect(all.map(({ kind }) => kind).sort()).toEqual(['follow', 'follow', 'lead']);
      const elsewhere = await lead(views[0] as SharedNotes, 'another');
      expect(elsewhere.kind).toBe('lead');
      const leader = all.find(({ kind }) => kind === 'lead');
      leader?.end(how);
      leader?.end('failed');
      const followers = all.filter(({ kind }) => kind === 'follow');
      await eventually(() => followers.every(({ heard }) => heard.length > 0));
      // Over the network the looking for it may be faster than the word: then it is known that it has ended.
      for (const { heard } of followers) expect([[how], ['lost']]).toContainEqual(heard);
      const next = await lead(views[1] as SharedNotes, 'q');
      expect(next.kind).toBe('lead');
      next.end('answered');
      elsewhere.end('answered');
    },
  );

  test('16.7 several requests of one gateway lead and follow as those of several do', async () => {
    const notes = await join();
    const first = await lead(notes, 'q');
    const second = await lead(notes, 'q');
    expect([first.kind, second.kind]).toEqual(['lead', 'follow']);
    first.end('answered');
    await eventually(() => second.heard.length > 0);
  });

  test('16.7 one that no longer waits hears nothing', async () => {
    const [one, other] = [await join(), await join()];
    const leader = await lead(one, 'q');
    const follower = await lead(other, 'q');
    const witness = await lead(other, 'q');
    follower.leave();
    leader.end('answered');
    await eventually(() => witness.heard.length > 0);
    expect(follower.heard.filter((how) => how !== 'unknown')).toEqual([]);
  });

  test('16.7 what a gateway leads is given up when it closes', async () => {
    const [one, other] = [await join(), await join()];
    const leader = await lead(one, 'q');
    const follower = await lead(other, 'q');
    expect([leader.kind, follower.kind]).toEqual(['lead', 'follow']);
    one.close();
    await eventually(() => follower.heard.length > 0);
    expect(['failed', 'lost']).toContain(follower.heard[0]);
    expect((await lead(other, 'q')).kind).toBe('lead');
  });
});

test('16.7 notes in memory are no more than they may be, the newest of them', async () => {
  const hub = createNotesHub({ monotonicMs: () => 0 }, 10);
  const notes = hub.join();
  const keys = Array.from({ length: 30 }, (_, at) => `key-${at}`);
  for (const key of keys) notes.put('owner', key, key, 1_000);
  expect([...(await notes.find('owner', keys)).keys()]).toEqual(keys.slice(-10));
});

describe.skipIf(!redisIsThere)('16.7 notes in redis', () => {
  test('16.7 one that dies while it leads is followed by another within a few seconds', async () => {
    const [dying, other] = [await redisView(), await redisView()];
    expect((await lead(dying.notes, 'q')).kind).toBe('lead');
    const follower = await lead(other.notes, 'q');
    expect(follower.kind).toBe('follow');
    // As when its process is killed: the connection goes, and nobody says anything.
    dying.connection.close();
    await eventually(() => follower.heard.length > 0);
    expect(follower.heard).toEqual(['lost']);
    expect((await lead(other.notes, 'q')).kind).toBe('lead');
  });

  test('16.7 one that leads for longer than a lease holds still leads', async () => {
    const [one, other] = [await redisView(), await redisView()];
    const leader = await lead(one.notes, 'q');
    const follower = await lead(other.notes, 'q');
    const { Redis } = await import('ioredis');
    const looking = new Redis(server?.url ?? '');
    const [name = ''] = await looking.keys('*lead*');
    // The lease is renewed when less of it is left than a gateway may be late.
    let renewals = 0;
    let before = await looking.pttl(name);
    await eventually(async () => {
      const left = await looking.pttl(name);
      if (left > before) renewals++;
      before = left;
      return renewals >= 4;
    });
    expect(follower.heard).toEqual([]);
    leader.end('answered');
    await eventually(() => follower.heard.length > 0);
    looking.disconnect();
  });

  test('16.7 names hold digests alone, and everything expires', async () => {
    const { notes } = await redisView('mine');
    notes.put('owner', 'file-secret', 'x', 60_000);
    notes.put('affinity', 'conversation-secret', 'x', 60_000);
    await lead(notes, 'question-secret');
    const { Redis } = await import('ioredis');
    const looking = new Redis(server?.url ?? '');
    await eventually(async () => (await looking.keys('*')).length === 3);
    for (const name of await looking.keys('*')) {
      expect(name).toMatch(/^mine:1:(note:owner|note:affinity|lead):[\w-]{43}$/);
      const left = await looking.pttl(name);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(60_000);
    }
    looking.disconnect();
  });

  test('P28 what could not be told while the server was away is told when it is back', async () => {
    const [one, other] = [await redisView(), await redisView()];
    await server?.kill();
    await eventually(async () => {
      await one.notes.find('owner', ['x']);
      return !one.connection.up;
    });
    for (let at = 0; at < 300; at++) one.notes.put('owner', `late-${at}`, String(at), 60_000);
    one.notes.putFirst('owner', 'late-0', 'not this', 60_000);
    await server?.start();
    await eventually(() => one.connection.up && other.connection.up);
    await eventually(async () => (await other.notes.find('owner', ['late-299'])).size === 1);
    expect([...(await other.notes.find('owner', ['late-0', 'late-150'])).values()]).toEqual(['0', '150']);
  });

  test('P28 nobody follows where the server falls silent', async () => {
    const [one, other] = [await redisView('sluice', 50), await redisView('sluice', 50)];
    await lead(one.notes, 'q');
    const follower = await lead(other.notes, 'q');
    expect(follower.kind).toBe('follow');
    server?.hang();
    await eventually(() => follower.heard.length > 0);
    expect(follower.heard).toEqual(['unknown']);
    expect((await lead(other.notes, 'q')).kind).toBeUndefined();
    server?.wake();
    await eventually(() => other.connection.up);
    await eventually(async () => (await lead(other.notes, 'q')).kind !== undefined);
  });
});
