// Serial, hedged and raced requests over real sockets (feature 6.2): who is asked when, whose answer the client gets, what
// becomes of the others, and what the ledger says.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import {
  type Asking,
  askFor,
  askTimes,
  beginFor,
  pause,
  refuseWith,
  secretsOf,
  understood,
} from '../kit/asking.ts';
import { until } from '../kit/client.ts';
import { ANSWER, type Behaviour, type FaultUpstream } from '../kit/fault-upstream.ts';
import { faults } from '../kit/faults.ts';
import type { Gateway, UpstreamSetup } from '../kit/gateway.ts';
import { promptly } from '../kit/promptly.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const DELAY_MS = 120;
const HEDGED: DispatchMode = { type: 'hedged', delayMs: DELAY_MS, maxParallel: 2, budget: 1 };
const SSE = { 'Content-Type': 'text/event-stream' };
const silent: Behaviour = () => {};

/** A first candidate, a second one, and a gateway that asks them in that order. */
async function pair(
  dispatch: DispatchMode,
  first: Behaviour,
  second: Behaviour,
  more: Partial<UpstreamSetup> = {},
): Promise<[Gateway, FaultUpstream, FaultUpstream]> {
  const one = await provider(first);
  const two = await provider(second);
  const gateway = await gatewayWith({
    upstreams: [
      { id: 'first', origin: one.origin, ...more },
      { id: 'second', origin: two.origin, ...more },
    ],
    route: { dispatch, order: 'fill_first' },
  });
  return [gateway, one, two];
}

/** Sends the first events of a stream, up to and including the first output, and never goes on. */
const beginsOnly: Behaviour = (turn) => {
  turn.head(200, SSE);
  for (const event of wires[turn.dialect]
    .events(turn.model, turn.text)
    .slice(0, wires[turn.dialect].prelude + 1))
    turn.piece(event);
};
/** Sends what comes before the first output, and never goes on. */
const preludeOnly: Behaviour = (turn) => {
  turn.head(200, SSE);
  for (const event of wires[turn.dialect].events(turn.model, turn.text).slice(0, wires[turn.dialect].prelude))
    turn.piece(event);
};

describe('hedged', () => {
  const cases = DIALECT_IDS.flatMap((dialect) =>
    [true, false].map((stream): [DialectId, boolean] => [dialect, stream]),
  );

  test.each(cases)(
    '6.2 a hedge is sent after its delay, the first output wins, and the loser is let go (%s, stream: %s)',
    async (dialect, stream) => {
      const [gateway, one, two] = await pair(HEDGED, silent, (turn) => turn.healthy());
      const asking: Asking = { dialect, stream };
      const answer = await askFor(gateway, asking);
      expect(understood(answer, asking)).toEqual({ text: ANSWER, complete: true, error: undefined });
      expect(answer.header('x-sluice-upstream')).toBe('second');
      await until(() => one.turns[0]?.closedMs !== undefined);
      expect([one.turns.length, two.turns.length]).toEqual([1, 1]);

      const row = await gateway.row(answer.header('x-sluice-request-id'));
      expect(gateway.closed.length).toBe(1);
      expect([row.status, row.upstreamId, row.attempts, row.errorCode]).toEqual([
        200,
        'second',
        2,
        undefined,
      ]);
      expect(row.usage).toMatchObject({ input: { uncached: 11 }, output: { text: 7 } });
      const tries = [...(row.tries ?? [])].sort((a, b) => a.ordinal - b.ordinal);
      expect(
        tries.map(({ upstreamId, cause, end, usage }) => [upstreamId, cause, end, usage?.output.text ?? 0]),
      ).toEqual([
        ['first', 'first', 'lost', 0],
        ['second', 'hedge', 'answered', 7],
      ]);
      expect((tries[1]?.startedAtMs ?? 0) - (tries[0]?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(
        DELAY_MS - 2,
      );
      for (const id of ['first', 'second']) expect(gateway.standings(id, 'k1')).toEqual([]);
    },
  );

  test.each(cases)('6.2 the loser is let go at once (%s, stream: %s)', async (dialect, stream) => {
    const [gateway, one] = await pair(HEDGED, silent, (turn) => turn.healthy());
    await promptly(100, async () => {
      const { length } = one.turns;
      await askFor(gateway, { dialect, stream });
      const answeredAt = performance.now();
      await until(() => one.turns[length]?.closedMs !== undefined);
      return (one.turns[length]?.closedMs ?? 0) - answeredAt;
    });
  });

  test('6.2 an answer within the delay is never hedged', async () => {
    const [gateway, one, two] = await pair({ ...HEDGED, delayMs: 3_000 }, (turn) => turn.healthy(), silent);
    await askTimes(gateway, 5, { stream: true });
    expect([one.turns.length, two.turns.length]).toEqual([5, 0]);
  });

  test('6.2 the first may still win when the hedge is on its way, whatever it is: output counts, not headers', async () => {
    let go = (): void => {};
    const [gateway, , two] = await pair(
      HEDGED,
      (turn) => {
        go = () => turn.healthy();
      },
      preludeOnly,
    );
    const asking = { stream: true };
    const call = beginFor(gateway, asking);
    await until(() => two.turns.length === 1);
    await pause(20);
    go();
    const answer = await call.done;
    expect(understood(answer, asking).text).toBe(ANSWER);
    expect(answer.header('x-sluice-upstream')).toBe('first');
    await until(() => two.turns[0]?.closedMs !== undefined);
    const [row] = gateway.closed;
    expect(row?.tries?.map(({ end }) => end).sort()).toEqual(['answered', 'lost']);
  });

  test('6.2 a failure beside the hedge leaves it running, and the client sees nothing of it', async () => {
    let fail = (): void => {};
    let go = (): void => {};
    const [gateway, , two] = await pair(
      HEDGED,
      (turn) => {
        fail = () => refuseWith(turn, 500, 'broken');
      },
      (turn) => {
        go = () => turn.healthy();
      },
    );
    const call = beginFor(gateway, { stream: true });
    await until(() => two.turns.length === 1);
    fail();
    await until(() => gateway.standings('first', 'k1').length === 1);
    go();
    const answer = await call.done;
    expect(understood(answer, { stream: true }).text).toBe(ANSWER);
    expect(gateway.closed[0]?.tries?.map(({ end }) => end).sort()).toEqual(['answered', 'failed']);
  });

  test('6.2 18.32 a failure of the first asks the second at once, without waiting for the delay', async () => {
    const [gateway] = await pair(
      { ...HEDGED, delayMs: 5_000 },
      (turn) => refuseWith(turn, 500, 'broken'),
      (turn) => turn.healthy(),
    );
    const answer = await askFor(gateway);
    expect([answer.status, answer.header('x-sluice-upstream')]).toEqual([200, 'second']);
    expect(answer.tookMs).toBeLessThan(2_500);
  });

  test('6.2 there is no hedging for a while after a 429', async () => {
    let limited = true;
    const [gateway, one, two] = await pair(
      HEDGED,
      (turn) => {
        if (limited) refuseWith(turn, 429, 'slow down', { 'retry-after-ms': '250' });
        else setTimeout(() => turn.healthy(), DELAY_MS * 3);
      },
      (turn) => turn.healthy(),
    );
    await askFor(gateway);
    limited = false;
    await pause(300);
    const before = two.turns.length;
    await askTimes(gateway, 2);
    expect([one.turns.length, two.turns.length - before]).toEqual([3, 0]);
    expect(gateway.closed.slice(1).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  test('6.2 no more hedges than their share of requests', async () => {
    const [gateway, , two] = await pair(
      { ...HEDGED, delayMs: 20, budget: 0.1 },
      (turn) => void setTimeout(() => turn.healthy(), 400),
      (turn) => turn.healthy(),
    );
    const answers = await Promise.all(Array.from({ length: 30 }, () => askFor(gateway)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(two.turns.length).toBeGreaterThan(0);
    // The first is free.
    expect(two.turns.length).toBeLessThanOrEqual(4);
  });

  test('6.2 a hedge never goes to the key that is already asked', async () => {
    const upstream = await provider((turn) => {
      if (upstream.turns.length > 1) turn.healthy();
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: ['sk-aaaaaaaaaaaa', 'sk-bbbbbbbbbbbb'] }],
      route: { dispatch: HEDGED },
    });
    expect((await askFor(gateway)).status).toBe(200);
    expect(new Set(secretsOf(upstream)).size).toBe(2);
  });

  test('6.2 where there is nobody else, the only one has its time', async () => {
    const upstream = await provider((turn) => void setTimeout(() => turn.healthy(), DELAY_MS * 3));
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin }],
      route: { dispatch: HEDGED },
    });
    expect((await askFor(gateway)).status).toBe(200);
    expect(upstream.turns.length).toBe(1);
  });

  test.each(DIALECT_IDS)('6.2 conversions are hedged as well (%s)', async (dialect) => {
    const to = DIALECT_IDS[(DIALECT_IDS.indexOf(dialect) + 1) % DIALECT_IDS.length] ?? dialect;
    for (const stream of [true, false]) {
      const [gateway, one] = await pair(HEDGED, stream ? preludeOnly : silent, (turn) => turn.healthy(), {
        dialects: [to],
      });
      const asking = { dialect, stream };
      const answer = await askFor(gateway, asking);
      expect(understood(answer, asking)).toEqual({ text: ANSWER, complete: true, error: undefined });
      expect(answer.header('x-sluice-upstream')).toBe('second');
      await until(() => one.turns[0]?.closedMs !== undefined);
      expect(gateway.closed[0]?.tries?.map(({ end }) => end).sort()).toEqual(['answered', 'lost']);
    }
  });

  test('6.2 6.13 a client that leaves ends both of them', async () => {
    await promptly(100, async () => {
      const [gateway, one, two] = await pair(HEDGED, silent, silent);
      const call = beginFor(gateway, { stream: true });
      await until(() => two.turns.length === 1);
      const leftAt = performance.now();
      call.leave('reset');
      await until(() => [one, two].every(({ turns }) => turns[0]?.closedMs !== undefined));
      await until(() => gateway.closed.length === 1);
      const [row] = gateway.closed;
      expect([row?.status, row?.attempts, row?.tries?.map(({ end }) => end)]).toEqual([
        499,
        2,
        ['left', 'left'],
      ]);
      return Math.max(...[one, two].map(({ turns }) => (turns[0]?.closedMs ?? 0) - leftAt));
    });
  });

  test('6.2 once it has won, a winner that dies is told in the stream, and nobody else is asked', async () => {
    const [gateway, one, two] = await pair(HEDGED, silent, faults['close-mid']?.behave ?? silent);
    const answer = await askFor(gateway, { stream: true });
    const seen = understood(answer, { stream: true });
    expect([seen.complete, seen.error !== undefined]).toEqual([false, true]);
    expect([one.turns.length, two.turns.length]).toEqual([1, 1]);
    expect(gateway.closed[0]?.tries?.map(({ end }) => end).sort()).toEqual(['cut', 'lost']);
  });
});

describe('race', () => {
  const RACE: DispatchMode = { type: 'race', maxParallel: 3 };

  test('6.2 so many are asked at once, the first output wins, and there is one row', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const upstreams = await Promise.all(
      names.map((id) => provider((turn) => (id === 'three' ? turn.healthy() : beginsLate(turn)))),
    );
    const beginsLate: Behaviour = () => {};
    const gateway = await gatewayWith({
      upstreams: upstreams.map(({ origin }, index) => ({ id: names[index] ?? '', origin })),
      route: { dispatch: RACE, order: 'fill_first' },
    });
    const answer = await askFor(gateway, { stream: true });
    expect(answer.header('x-sluice-upstream')).toBe('three');
    expect(understood(answer, { stream: true }).text).toBe(ANSWER);
    expect(upstreams.map(({ turns }) => turns.length)).toEqual([1, 1, 1, 0]);
    await until(() => upstreams.slice(0, 2).every(({ turns }) => turns[0]?.closedMs !== undefined));
    const [row] = gateway.closed;
    expect(gateway.closed.length).toBe(1);
    expect(row?.tries?.map(({ cause }) => cause).sort()).toEqual(['first', 'race', 'race']);
    expect(row?.tries?.filter(({ end }) => end === 'lost').length).toBe(2);
  });

  test('6.2 two that begin at the same moment are never mixed', async () => {
    const [gateway] = await pair(
      { type: 'race', maxParallel: 2 },
      (turn) => turn.healthy(),
      (turn) => turn.healthy(),
    );
    const answers = await Promise.all(Array.from({ length: 40 }, () => askFor(gateway, { stream: true })));
    for (const answer of answers)
      expect(understood(answer, { stream: true })).toEqual({
        text: ANSWER,
        complete: true,
        error: undefined,
      });
    expect(gateway.closed.length).toBe(40);
    for (const { tries } of gateway.closed)
      expect((tries ?? []).filter(({ end }) => end === 'answered').length).toBeLessThanOrEqual(1);
  });
});

describe('serial', () => {
  test('6.2 asks one after the other, and never two at once', async () => {
    let running = 0;
    let most = 0;
    const fail: Behaviour = (turn) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        refuseWith(turn, 500, 'broken');
      }, 30);
    };
    const [gateway, one, two] = await pair({ type: 'serial' }, fail, fail);
    expect((await askFor(gateway)).status).toBe(500);
    expect([one.turns.length, two.turns.length, most]).toEqual([1, 1, 1]);
  });

  test('6.2 a stream that has begun is not given up for silence within its time', async () => {
    const [gateway, , two] = await pair({ type: 'serial' }, beginsOnly, (turn) => turn.healthy());
    const call = beginFor(gateway, { stream: true });
    await call.head;
    await pause(50);
    expect(two.turns.length).toBe(0);
    call.leave('close');
    await until(() => gateway.closed.length === 1);
  });
});
