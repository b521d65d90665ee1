// Equal questions at the same time, and answers that stand in for upstreams that fail: features 8.10, 8.2 and 8.5.

import { describe, expect, test } from 'vitest';
import { askFor, beginFor, refuseWith, understood } from '../kit/asking.ts';
import { cached, cacheOf, steady, WAYS } from '../kit/cached-asking.ts';
import { eventually } from '../kit/eventually.ts';
import { ANSWER, type FaultUpstream, type Turn } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup, NEVER_RESTS } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const whole = { text: ANSWER, complete: true, error: undefined };

/** An upstream that answers when it is told to. */
async function patient(
  setup: Partial<GatewaySetup> = {},
): Promise<{ one: FaultUpstream; gateway: Gateway; held: Turn[] }> {
  const held: Turn[] = [];
  const one = await provider((turn) => void held.push(turn));
  const upstreams = [{ origin: one.origin }];
  const gateway = await gatewayWith({ route: cached(), health: NEVER_RESTS, ...setup, upstreams });
  return { one, gateway, held };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 15_000;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('It never came to that.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** So many exchanges are open, and all but those at the upstream wait. */
async function allWait(gateway: Gateway, count: number, held: readonly Turn[], asked = 1): Promise<void> {
  await until(() => gateway.opened.length === count && held.length === asked);
  // What the last one does before it waits needs no more than a few turns of the event loop.
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The first half of a stream. */
function begin(turn: Turn): void {
  const { dialect, model, text } = turn;
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  for (const event of wires[dialect].events(model, text).slice(0, 3)) turn.piece(event);
}

function finish(turn: Turn): void {
  const { dialect, model, text } = turn;
  for (const event of wires[dialect].events(model, text).slice(3)) turn.piece(event);
  turn.end();
}

describe('8.10 equal questions at the same time', () => {
  test('8.10 are asked once, and answered to each in its own format', async () => {
    const { one, gateway, held } = await patient();
    const askings = [...WAYS, ...WAYS, ...WAYS].map(([dialect, stream]) => steady({ dialect, stream }));
    const underway = askings.map((asking) => beginFor(gateway, asking));
    await allWait(gateway, askings.length, held);
    held[0]?.healthy();
    const answers = await Promise.all(underway.map(({ done }) => done));
    answers.forEach((answer, at) => {
      expect(understood(answer, askings[at] ?? {})).toEqual(whole);
    });
    expect(one.turns).toHaveLength(1);
    expect(answers.map(cacheOf).filter(([, cache]) => cache === 'miss')).toHaveLength(1);
    await until(() => gateway.closed.length === askings.length);
    const asked = gateway.closed.filter(({ attempts }) => attempts > 0);
    expect(asked.map(({ cache, usage }) => [cache, usage?.output.text])).toEqual([['miss', 7]]);
    expect(gateway.closed.filter(({ cache, usage }) => cache === 'hit' && usage === undefined)).toHaveLength(
      23,
    );
    expect(gateway.app.memory.flights.count).toBe(0);
  });

  test.each([false, true])(
    '8.10 the one that asked may leave without harm to the others (stream: %s)',
    async (stream) => {
      const { one, gateway, held } = await patient();
      const first = beginFor(gateway, steady({ stream }));
      await allWait(gateway, 1, held);
      const others = [1, 2].map(() => beginFor(gateway, steady({ stream: !stream })));
      await allWait(gateway, 3, held);
      const [turn] = held;
      if (turn === undefined) throw new Error('nobody was asked');
      if (stream) {
        begin(turn);
        await first.head;
      }
      first.leave('reset');
      await first.done;
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(turn.closedMs).toBeUndefined();
      if (stream) finish(turn);
      else turn.healthy();
      for (const { done } of others) {
        const answer = await done;
        expect(understood(answer, { stream: !stream })).toEqual(whole);
        expect(cacheOf(answer)).toEqual([200, 'hit']);
      }
      expect(one.turns).toHaveLength(1);
      await until(() => gateway.closed.length === 3);
      const row = gateway.closed.find(({ attempts }) => attempts === 1);
      expect([row?.status, row?.aborted, row?.cache, row?.usage?.output.text]).toEqual([
        499,
        true,
        'miss',
        7,
      ]);
    },
  );

  test('8.10 the upstream is left when the last one has left', async () => {
    const { gateway, held } = await patient();
    const first = beginFor(gateway, steady({ stream: true }));
    await allWait(gateway, 1, held);
    const second = beginFor(gateway, steady());
    await allWait(gateway, 2, held);
    const [turn] = held;
    if (turn === undefined) throw new Error('nobody was asked');
    first.leave('reset');
    await first.done;
    second.leave('reset');
    await second.done;
    await until(() => turn.closedMs !== undefined);
    await until(() => gateway.closed.length === 2);
    expect(gateway.closed.map(({ status, aborted }) => [status, aborted])).toEqual([
      [499, true],
      [499, true],
    ]);
    expect(gateway.app.memory.flights.count).toBe(0);
    held.length = 0;
    const again = beginFor(gateway, steady());
    await until(() => held.length === 1);
    held[0]?.healthy();
    expect(cacheOf(await again.done)).toEqual([200, 'miss']);
  });

  test('8.10 when the first fails, one of the others asks next, and not all of them', async () => {
    const { one, gateway, held } = await patient();
    const underway = Array.from({ length: 6 }, () => beginFor(gateway, steady()));
    await allWait(gateway, 6, held);
    for (const turn of held.splice(0)) refuseWith(turn, 500, 'broken');
    await until(() => held.length > 0);
    expect([held.length, one.turns.length]).toEqual([1, 2]);
    held[0]?.healthy();
    const answers = await Promise.all(underway.map(({ done }) => done));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 500]);
    expect(one.turns).toHaveLength(2);
  });

  test('8.10 after three failures nobody waits any more', async () => {
    const { one, gateway, held } = await patient();
    const underway = Array.from({ length: 8 }, () => beginFor(gateway, steady()));
    await allWait(gateway, 8, held);
    one.script = (turn) => refuseWith(turn, 500, 'broken');
    for (const turn of held) refuseWith(turn, 500, 'broken');
    const answers = await Promise.all(underway.map(({ done }) => done));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 500));
    expect(one.turns).toHaveLength(8);
    expect(gateway.app.memory.flights.count).toBe(0);
  });

  test('8.10 an answer that is not to be shared is asked for by each', async () => {
    const { one, gateway, held } = await patient({ cache: { maxEntryBytes: 20 } });
    const underway = Array.from({ length: 4 }, () => beginFor(gateway, steady()));
    await allWait(gateway, 4, held);
    one.script = (turn) => turn.healthy();
    held[0]?.healthy();
    for (const { done } of underway) expect(understood(await done, {})).toEqual(whole);
    expect(one.turns).toHaveLength(4);
  });

  test('8.10 those who wait for a stream are kept awake by heartbeats', async () => {
    const { gateway, held } = await patient({ server: { heartbeatMs: 30 } });
    const first = beginFor(gateway, steady());
    await allWait(gateway, 1, held);
    const waiting = beginFor(gateway, steady({ stream: true }));
    await until(() => /^:/m.test(waiting.soFar()));
    held[0]?.healthy();
    await first.done;
    expect(understood(await waiting.done, { stream: true })).toEqual(whole);
  });

  test('8.10 two clients never wait for each other', async () => {
    const clients = [clientWithKey('ann', 'key-of-ann-000000'), clientWithKey('bob', 'key-of-bob-000000')];
    const { gateway, held } = await patient({ clients });
    const both = ['key-of-ann-000000', 'key-of-bob-000000'].map((client) =>
      beginFor(gateway, steady({ client })),
    );
    await until(() => held.length === 2);
    for (const turn of held) turn.healthy();
    for (const { done } of both) expect(cacheOf(await done)).toEqual([200, 'miss']);
  });

  test('8.10 one that may not ask leaves nobody waiting', async () => {
    const clients = [
      { ...clientWithKey('ann', 'key-of-ann-000000'), limits: { rpm: 0 } },
      clientWithKey('bob', 'key-of-bob-000000'),
    ];
    const { gateway, held } = await patient({ clients, route: cached({ scope: 'shared' }) });
    const both = ['key-of-ann-000000', 'key-of-bob-000000'].map((client) =>
      beginFor(gateway, steady({ client })),
    );
    await until(() => held.length === 1);
    held[0]?.healthy();
    expect((await Promise.all(both.map(({ done }) => done))).map(({ status }) => status)).toEqual([429, 200]);
    expect(gateway.app.memory.flights.count).toBe(0);
    const again = await askFor(gateway, steady({ client: 'key-of-bob-000000' }));
    expect(cacheOf(again)).toEqual([200, 'hit']);
  });

  test('8.10 those who wait are told when the gateway stops', async () => {
    const { gateway, held } = await patient();
    const underway = Array.from({ length: 3 }, () => beginFor(gateway, steady()));
    await allWait(gateway, 3, held);
    await gateway.app.stop(10);
    const answers = await Promise.all(underway.map(({ done }) => done));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(held).toHaveLength(1);
  });
});

describe('8.2 an answer that has grown old', () => {
  const brief = { ttlMs: 60, staleMs: 60_000 };
  const old = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));

  test('8.2 is asked for again', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ route: cached({ ttlMs: 60 }), upstreams: [{ origin: one.origin }] });
    await askFor(gateway, steady());
    await old();
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'miss']);
    expect(one.turns).toHaveLength(2);
  });

  test('8.2 is fresh for as long as the request that it answered wished', async () => {
    const one = await provider();
    const gateway = await gatewayWith({ route: cached({ ttlMs: 60 }), upstreams: [{ origin: one.origin }] });
    await askFor(gateway, steady({ headers: ['x-sluice-cache-ttl', '60'] }));
    await old();
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'hit']);
  });

  test.each(WAYS)(
    '8.5 stands in as stale for upstreams that fail, in %s (stream: %s)',
    async (dialect, stream) => {
      const one = await provider();
      const gateway = await gatewayWith({
        route: cached(brief),
        health: NEVER_RESTS,
        upstreams: [{ origin: one.origin }],
      });
      await askFor(gateway, steady());
      await old();
      one.script = (turn) => refuseWith(turn, 503, 'overloaded');
      const asking = steady({ dialect, stream });
      const answer = await askFor(gateway, asking);
      expect([...cacheOf(answer), understood(answer, asking)]).toEqual([200, 'stale', whole]);
      expect([answer.header('x-sluice-cost-usd'), Number(answer.header('age')) >= 0]).toEqual(['0.00', true]);
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect([row.cache, row.status, row.attempts]).toEqual(['stale', 200, 1]);
      one.script = (turn) => turn.healthy();
      expect(cacheOf(await askFor(gateway, asking))).toEqual([200, 'miss']);
      // Fresh for 60 ms: a machine that takes longer from one question to the next needs more of them.
      await eventually(async () => cacheOf(await askFor(gateway, asking))[1] === 'hit');
    },
  );

  test('8.5 stands in where nobody can be asked, but not for what is wrong with the request', async () => {
    const one = await provider();
    const gateway = await gatewayWith({
      route: cached(brief),
      upstreams: [{ origin: one.origin, keyLimits: { rpm: 2 } }],
    });
    await askFor(gateway, steady());
    await old();
    one.script = (turn) => refuseWith(turn, 400, 'no such thing');
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([400, 'miss']);
    expect(cacheOf(await askFor(gateway, steady()))).toEqual([200, 'stale']);
    const strict = ['cache-control', 'no-cache'];
    expect((await askFor(gateway, steady({ headers: strict }))).status).toBe(429);
    expect((await askFor(gateway, steady({ headers: ['cache-control', 'only-if-cached'] }))).status).toBe(
      504,
    );
  });
});
