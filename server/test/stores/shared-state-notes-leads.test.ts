// Many that want to know the same at several gateways (features 8.10, 16.7): never do two of them ask at once, and everybody
// hears in the end, in whichever order things happen.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeadEnd, SharedNotes } from '../../src/exchange/ports.ts';
import { createNotesHub } from '../../src/stores/memory/shared-notes.ts';
import { createRedisConnection, type RedisConnection } from '../../src/stores/redis/connection.ts';
import { RedisNotes } from '../../src/stores/redis/notes.ts';
import { eventually } from '../kit/eventually.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';

/** What one of them does. */
interface Wish {
  readonly gateway: number;
  readonly key: number;
  /** Turns of the event loop before it wishes, and while it leads. */
  readonly before: number;
  readonly leads: number;
  readonly how: LeadEnd;
  /** Follows for a while only. */
  readonly leaves: boolean;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  gateway: fc.nat({ max: 2 }),
  key: fc.nat({ max: 1 }),
  before: fc.nat({ max: 6 }),
  leads: fc.nat({ max: 6 }),
  how: fc.constantFrom<LeadEnd>('answered', 'unshared', 'failed'),
  leaves: fc.boolean(),
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

let round = 0;

/** All wishes at once; how many led, and that no two did at the same time. */
async function allAtOnce(views: readonly SharedNotes[], wishes: readonly Wish[]): Promise<void> {
  const prefix = `round ${++round}`;
  const leading = new Set<number>();
  let led = 0;
  const one = async ({ gateway, key, before, leads, how, leaves }: Wish): Promise<void> => {
    await turns(before);
    const notes = views[gateway];
    const role = await notes?.lead(`${prefix} ${key}`);
    if (role === undefined) throw new Error('Nobody could say.');
    if (role.kind === 'follow') {
      if (leaves) {
        role.leave();
        return;
      }
      const heard = await new Promise((resolve) => role.onEnd(resolve));
      expect(['answered', 'unshared', 'failed', 'lost']).toContain(heard);
      return;
    }
    led++;
    expect(leading.has(key)).toBe(false);
    leading.add(key);
    await turns(leads);
    leading.delete(key);
    role.end(how);
  };
  await Promise.all(wishes.map(one));
  expect(led).toBeGreaterThanOrEqual(new Set(wishes.map(({ key }) => key)).size);
}

const wishes = fc.array(wish, { minLength: 1, maxLength: 12 });

test('8.10 in memory, no two lead at once, and all hear how it ended', async () => {
  const hub = createNotesHub({ monotonicMs: () => performance.now() });
  const views = [hub.join(), hub.join(), hub.join()];
  await fc.assert(
    fc.asyncProperty(wishes, (all) => allAtOnce(views, all)),
    { numRuns: 200 },
  );
});

describe.skipIf(!hasRedis())('8.10 in redis', () => {
  let server: RedisServer | undefined;
  const connections: RedisConnection[] = [];
  const views: SharedNotes[] = [];
  beforeAll(async () => {
    server = await startRedis();
    // However slow the machine is: the server is well here.
    const log = { warn: () => undefined };
    for (let at = 0; at < 3; at++) {
      const connection = createRedisConnection({ url: server.url, log, limitMs: 5_000 });
      connections.push(connection);
      views.push(new RedisNotes({ connection, ofAnswers: connection, prefix: 'sluice' }));
      await connection.ask((client) => client.ping());
    }
    await eventually(() => connections.every(({ up }) => up));
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await server?.stop();
  });

  test('8.10 no two lead at once, and all hear how it ended', async () => {
    await fc.assert(
      fc.asyncProperty(wishes, (all) => allAtOnce(views, all)),
      { numRuns: 100 },
    );
  }, 60_000);
});
