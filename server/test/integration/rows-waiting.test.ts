// Requests that wait for capacity where the route says so (features 6.9, 7.8; onExhausted: wait): served when it returns,
// in turns of clients, refused honestly when it does not.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { askFor, beginFor, pause, refuseWith, understood } from '../kit/asking.ts';
import { type Received, until } from '../kit/client.ts';
import { ANSWER, type Behaviour, type FaultUpstream, type Turn } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup, type UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const QUEUE = { maxWaitMs: 10_000, maxSize: 100, maxPerClient: 100 };

async function waiting(
  upstream: Partial<UpstreamSetup>,
  setup: Partial<GatewaySetup> = {},
  script?: Behaviour,
): Promise<[Gateway, FaultUpstream]> {
  const server = await provider(script);
  const gateway = await gatewayWith({
    route: { onExhausted: 'wait' },
    queue: QUEUE,
    ...setup,
    upstreams: [{ origin: server.origin, ...upstream }],
  });
  return [gateway, server];
}

/** Answers when told, in the order of the requests. */
function held(): { readonly turns: Turn[]; readonly script: Behaviour; next(): void } {
  const turns: Turn[] = [];
  return { turns, script: (turn) => void turns.push(turn), next: () => turns.shift()?.healthy() };
}

/** What a minute's limit allows is soon enough for it. */
const LONG = { timeouts: { totalMs: 600_000 } };

const sizeOf = (gateway: Gateway): number => gateway.app.memory.waiting.size;

describe('a request that waits', () => {
  test.each(DIALECT_IDS)(
    '6.9 is served when the rest of the only key is over, and not before (%s)',
    async (dialect) => {
      for (const stream of [false, true]) {
        let refusedAt = 0;
        let servedAt = 0;
        const [gateway, server] = await waiting({}, {}, (turn) => {
          if (server.turns.length === 1) {
            refusedAt = performance.now();
            refuseWith(turn, 429, 'slow down', { 'retry-after-ms': '400' });
          } else {
            servedAt = performance.now();
            turn.healthy();
          }
        });
        const asking = { dialect, stream };
        const answer = await askFor(gateway, asking);
        expect(understood(answer, asking)).toEqual({ text: ANSWER, complete: true, error: undefined });
        expect(servedAt - refusedAt).toBeGreaterThanOrEqual(395);
        expect(server.turns.length).toBe(2);
        expect(gateway.closed.length).toBe(1);
      }
    },
  );

  test('7.8 goes as soon as another one has ended', async () => {
    const { turns, script, next } = held();
    const [gateway, server] = await waiting({ limits: { concurrency: 1 } }, {}, script);
    const calls = Array.from({ length: 4 }, () => beginFor(gateway));
    for (let done = 0; done < 4; done++) {
      await until(() => turns.length === 1 && sizeOf(gateway) === 3 - done);
      next();
    }
    for (const call of calls) expect((await call.done).status).toBe(200);
    expect(server.turns.length).toBe(4);
  });

  test('7.8 50 at once over a limit of two: all are served, never more than two at a time', async () => {
    let running = 0;
    let most = 0;
    const [gateway] = await waiting(
      { secrets: ['sk-aaaaaaaaaaaa', 'sk-bbbbbbbbbbbb'], keyLimits: { concurrency: 1 } },
      { queue: { ...QUEUE, maxWaitMs: 10_000 } },
      (turn) => {
        most = Math.max(most, ++running);
        setTimeout(() => {
          running--;
          turn.healthy();
        }, 5);
      },
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => askFor(gateway, { stream: index % 2 === 0 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(most).toBe(2);
    expect(gateway.closed.length).toBe(50);
  });

  test('7.8 clients take turns: one with many requests does not hold up one with few', async () => {
    const { turns, script, next } = held();
    const [gateway, server] = await waiting(
      { limits: { concurrency: 1 } },
      { clients: [clientWithKey('many', 'key-many'), clientWithKey('few', 'key-few')] },
      script,
    );
    const calls = [beginFor(gateway, { client: 'key-many', model: 'first' })];
    await until(() => turns.length === 1);
    for (let i = 0; i < 6; i++) calls.push(beginFor(gateway, { client: 'key-many', model: 'many' }));
    await until(() => sizeOf(gateway) === 6);
    for (let i = 0; i < 2; i++) calls.push(beginFor(gateway, { client: 'key-few', model: 'few' }));
    for (let left = 8; left >= 0; left--) {
      await until(() => turns.length === 1 && sizeOf(gateway) === left);
      next();
    }
    for (const call of calls) expect((await call.done).status).toBe(200);
    const models = server.turns.map(({ model }) => model);
    expect(models.lastIndexOf('few')).toBeLessThanOrEqual(4);
  });

  test('6.9 6.12 7.8 a streaming client hears heartbeats meanwhile, and then the whole stream', async () => {
    const { turns, script, next } = held();
    const [gateway] = await waiting({ limits: { concurrency: 1 } }, { server: { heartbeatMs: 60 } }, script);
    const first = beginFor(gateway);
    await until(() => turns.length === 1);
    const second = beginFor(gateway, { stream: true });
    await until(() => second.soFar().split(':').length > 3);
    expect(sizeOf(gateway)).toBe(1);
    next();
    await first.done;
    await until(() => turns.length === 1);
    next();
    const answer = await second.done;
    expect([answer.status, understood(answer, { stream: true }).text]).toEqual([200, ANSWER]);
  });

  test('7.8 6.13 a client that leaves makes room, and nothing is sent for it', async () => {
    const { turns, script, next } = held();
    const [gateway, server] = await waiting(
      { limits: { concurrency: 1 } },
      { queue: { ...QUEUE, maxSize: 1 } },
      script,
    );
    const first = beginFor(gateway);
    await until(() => turns.length === 1);
    const leaving = beginFor(gateway);
    await until(() => sizeOf(gateway) === 1);
    leaving.leave('reset');
    await until(() => sizeOf(gateway) === 0 && gateway.closed.length === 1);
    expect([gateway.closed[0]?.status, gateway.closed[0]?.attempts]).toEqual([499, 0]);
    const third = beginFor(gateway);
    await until(() => sizeOf(gateway) === 1);
    next();
    await first.done;
    await until(() => turns.length === 1);
    next();
    expect((await third.done).status).toBe(200);
    expect(server.turns.length).toBe(2);
  });

  test('7.8 6.9 goes to a key that was busy, also when another one rests for a day', async () => {
    const { turns, script, next } = held();
    const [gateway, server] = await waiting(
      { secrets: ['sk-aaaaaaaaaaaa', 'sk-bbbbbbbbbbbb'], keyLimits: { concurrency: 1 } },
      { route: { onExhausted: 'wait', order: 'fill_first' } },
      (turn) =>
        server.turns.length === 1
          ? refuseWith(turn, 429, 'Limit reached for requests per day', { 'retry-after': '80000' })
          : script(turn),
    );
    const first = beginFor(gateway);
    await until(() => turns.length === 1);
    const second = beginFor(gateway);
    await until(() => sizeOf(gateway) === 1);
    next();
    expect((await first.done).status).toBe(200);
    await until(() => turns.length === 1);
    next();
    expect((await second.done).status).toBe(200);
  });

  test('7.8 a gateway that stops does not leave it without an answer', async () => {
    const { turns, script } = held();
    const [gateway] = await waiting({ limits: { concurrency: 1 } }, {}, script);
    const first = beginFor(gateway);
    await until(() => turns.length === 1);
    const calls = [beginFor(gateway), beginFor(gateway, { stream: true })];
    await until(() => sizeOf(gateway) === 2);
    await gateway.stop();
    for (const call of [first, ...calls]) {
      const answer = await call.done;
      expect([answer.status, answer.end]).toEqual([503, 'clean']);
    }
    expect(gateway.closed.length).toBe(3);
    expect(sizeOf(gateway)).toBe(0);
  });
});

describe('a request that waits in vain', () => {
  test('7.8 6.9 is refused when it has waited as long as it may', async () => {
    const { turns, script, next } = held();
    const [gateway, server] = await waiting(
      { limits: { concurrency: 1 } },
      { queue: { ...QUEUE, maxWaitMs: 300 } },
      script,
    );
    const first = beginFor(gateway);
    await until(() => turns.length === 1);
    const startedMs = performance.now();
    const refused = await askFor(gateway);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(290);
    expect([refused.status, server.turns.length, refused.header('retry-after')]).toEqual([429, 1, '1']);
    expect(refused.text()).toContain('queue.maxWaitMs');
    next();
    await first.done;
  });

  test('7.8 6.9 is refused at once, with the true time, when what it would wait for comes too late', async () => {
    const [gateway, server] = await waiting(
      { limits: { rpm: 1 }, ...LONG },
      { queue: { ...QUEUE, maxWaitMs: 20_000 } },
    );
    await askFor(gateway);
    const startedMs = performance.now();
    const refused = await askFor(gateway);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect([refused.status, server.turns.length]).toEqual([429, 1]);
    expect(Math.abs(Number(refused.header('retry-after')) - 60)).toBeLessThanOrEqual(3);
  });

  test('7.8 is refused at once when the line is full, of all clients or of one', async () => {
    for (const queue of [
      { ...QUEUE, maxSize: 2 },
      { ...QUEUE, maxPerClient: 2 },
    ]) {
      const { turns, script } = held();
      const [gateway] = await waiting({ limits: { concurrency: 1 } }, { queue }, script);
      const calls = [beginFor(gateway)];
      await until(() => turns.length === 1);
      calls.push(beginFor(gateway), beginFor(gateway));
      await until(() => sizeOf(gateway) === 2);
      const refused: Received = await askFor(gateway);
      expect([429, 503]).toContain(refused.status);
      expect(refused.text()).toContain('queue.maxSize');
      expect(refused.tookMs).toBeLessThan(2_000);
      for (const call of calls) call.leave('reset');
    }
  });

  test('7.8 that the line is full for one client is nothing to another', async () => {
    const { turns, script } = held();
    const [gateway] = await waiting(
      { limits: { concurrency: 1 } },
      {
        clients: [clientWithKey('a', 'key-of-a'), clientWithKey('b', 'key-of-b')],
        queue: { ...QUEUE, maxPerClient: 1 },
      },
      script,
    );
    const calls = [beginFor(gateway, { client: 'key-of-a' })];
    await until(() => turns.length === 1);
    calls.push(beginFor(gateway, { client: 'key-of-a' }));
    await until(() => sizeOf(gateway) === 1);
    expect([429, 503]).toContain((await askFor(gateway, { client: 'key-of-a' })).status);
    calls.push(beginFor(gateway, { client: 'key-of-b' }));
    await until(() => sizeOf(gateway) === 2);
    for (const call of calls) call.leave('reset');
  });

  test('6.9 a streaming client that has heard heartbeats is told in the stream', async () => {
    for (const dialect of DIALECT_IDS) {
      const { turns, script, next } = held();
      const [gateway] = await waiting(
        { limits: { concurrency: 1 } },
        { queue: { ...QUEUE, maxWaitMs: 300 }, server: { heartbeatMs: 50 } },
        script,
      );
      const first = beginFor(gateway, { dialect });
      await until(() => turns.length === 1);
      const asking = { dialect, stream: true };
      const refused = await askFor(gateway, asking);
      const seen = understood(refused, asking);
      expect([dialect, refused.status, refused.end, seen.complete]).toEqual([dialect, 200, 'clean', false]);
      expect(seen.error).toMatch(/limit/);
      next();
      await first.done;
    }
  });

  test('6.9 7.8 19.15 nobody waits for what is switched off, or comes back after the time that a request has', async () => {
    for (const limits of [{ rpm: 0 }, { concurrency: 0 }, { rpd: 1 }]) {
      const [gateway] = await waiting({ limits });
      await askFor(gateway);
      const refused = await askFor(gateway);
      expect(refused.status).toBe(429);
      expect(refused.tookMs).toBeLessThan(2_000);
      // What is switched off stays so until somebody changes it: an hour is soon enough to look again.
      if (limits.rpd === undefined) expect(refused.header('retry-after')).toBe('3600');
      else expect(Number(refused.header('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('6.9 7.8 without waiting, who is busy is told as such, not as resting for a day', async () => {
    const { turns, script } = held();
    const [gateway] = await waiting(
      { limits: { concurrency: 1 } },
      { route: { onExhausted: 'refuse' } },
      script,
    );
    const first = beginFor(gateway);
    await until(() => turns.length === 1);
    const refused = await askFor(gateway);
    expect([refused.status, refused.header('retry-after')]).toEqual([429, '1']);
    expect(refused.text()).not.toContain('sluice keys');
    first.leave('reset');
  });

  test('6.9 without onExhausted: wait nobody waits', async () => {
    const [gateway] = await waiting({ limits: { rpm: 1 } }, { route: { onExhausted: 'refuse' } });
    await askFor(gateway);
    const refused = await askFor(gateway);
    expect(refused.status).toBe(429);
    expect(refused.tookMs).toBeLessThan(2_000);
    await pause(1);
  });
});
