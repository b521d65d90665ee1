// What is held against keys and upstreams, and what is not (features 5.6, 5.10, 6.8; defects 18.16, 18.22, 19.7, 19.8).

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import {
  askFor,
  askTimes,
  beginFor,
  forKeys,
  pause,
  refuseWith,
  restOf,
  secretsOf,
  stateInMemory,
} from '../kit/asking.ts';
import { until } from '../kit/client.ts';
import type { Behaviour, FaultUpstream, Turn } from '../kit/fault-upstream.ts';
import { faults } from '../kit/faults.ts';
import { type Gateway, type GatewaySetup, settingsOf } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';

async function withKeys(
  secrets: readonly string[],
  script: Behaviour,
  setup: Partial<GatewaySetup> = {},
): Promise<[Gateway, FaultUpstream]> {
  const upstream = await provider(script);
  const gateway = await gatewayWith({ ...setup, upstreams: [{ origin: upstream.origin, secrets }] });
  return [gateway, upstream];
}

const fails =
  (status: number): Behaviour =>
  (turn) =>
    refuseWith(turn, status, 'broken');
const NO_COOLDOWN = { cooldown: { honorHeaders: true, defaultMs: 0, maxMs: 3_600_000 } };

describe('the breaker', () => {
  const breaker = { failures: 5, openMs: 1_200 };

  test('5.6 19.7 opens after five failures in a row, lets one request through after its time, and closes', async () => {
    let broken = true;
    const probes: (() => void)[] = [];
    const [gateway, upstream] = await withKeys(
      [A, B],
      forKeys({ [A]: (turn) => (broken ? fails(500)(turn) : void probes.push(() => turn.healthy())) }),
      { health: { ...NO_COOLDOWN, breaker } },
    );
    const ofA = (): number => secretsOf(upstream).filter((secret) => secret === A).length;
    while (gateway.standings('one', 'k1')[0]?.state !== 'open') await askFor(gateway);
    expect(ofA()).toBe(5);
    broken = false;
    await pause(1_250);
    const before = gateway.closed.length;
    const burst = Array.from({ length: 20 }, () => askFor(gateway));
    await until(() => gateway.closed.length === before + 19, 4_000);
    expect([ofA(), probes.length]).toEqual([6, 1]);
    probes[0]?.();
    expect((await Promise.all(burst)).every(({ status }) => status === 200)).toBe(true);
    expect(gateway.standings('one', 'k1')).toEqual([]);
    upstream.script = (turn) => turn.healthy();
    await askTimes(gateway, 4);
    expect(ofA()).toBe(8);
  });

  test.each(DIALECT_IDS)(
    '5.6 5.8 a stream that finds out that the only key works again keeps nobody waiting once it has begun (%s)',
    async (dialect) => {
      const held: Turn[] = [];
      let broken = true;
      const [gateway] = await withKeys(
        [A],
        (turn) => {
          if (broken) return fails(500)(turn);
          if (!turn.stream) return turn.healthy();
          const { events, prelude } = wires[turn.dialect];
          turn.head(200, { 'content-type': 'text/event-stream' });
          for (const event of events(turn.model, turn.text).slice(0, prelude + 1)) turn.piece(event);
          held.push(turn);
        },
        { health: { ...NO_COOLDOWN, breaker: { failures: 1, openMs: 1 } } },
      );
      await askFor(gateway, { dialect });
      expect(gateway.standings('one', 'k1')[0]?.state).toBe('open');
      broken = false;
      const stream = beginFor(gateway, { dialect, stream: true });
      await stream.head;
      const others = await askTimes(gateway, 3, { dialect });
      expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(gateway.standings('one', 'k1')).toEqual([]);
      // It counts against the key that the stream breaks off after all.
      held[0]?.socket.destroy();
      await until(() => gateway.standings('one', 'k1')[0]?.state === 'open');
    },
  );

  test('5.6 a failed probe opens it once more', async () => {
    const [gateway, upstream] = await withKeys([A, B], forKeys({ [A]: fails(500) }), {
      health: { ...NO_COOLDOWN, breaker },
    });
    while (gateway.standings('one', 'k1')[0]?.state !== 'open') await askFor(gateway);
    await pause(1_250);
    const before = upstream.turns.length;
    await askTimes(gateway, 3);
    expect(secretsOf(upstream).slice(before)).toEqual([A, B, B, B]);
    const [standing] = gateway.standings('one', 'k1');
    expect([standing?.state, restOf(standing)]).toEqual(['open', 1_200]);
  });

  test('5.6 four failures and a success are no five failures', async () => {
    let count = 0;
    const [gateway] = await withKeys([A], (turn) => (++count % 5 === 0 ? turn.healthy() : fails(500)(turn)), {
      health: { ...NO_COOLDOWN, breaker },
    });
    const answers = await askTimes(gateway, 15);
    expect(answers.filter(({ status }) => status === 200).length).toBe(3);
    expect(gateway.standings('one', 'k1')).toEqual([]);
  });

  test('5.6 limits whose end the provider names never open it', async () => {
    const [gateway] = await withKeys(
      [A],
      (turn) => refuseWith(turn, 429, 'slow down', { 'retry-after-ms': '250' }),
      { health: { ...NO_COOLDOWN, breaker: { failures: 2, openMs: 60_000 } } },
    );
    for (let i = 0; i < 4; i++) {
      await askFor(gateway);
      await pause(260);
    }
    expect(gateway.standings('one', 'k1')[0]?.state).toBe('cooling');
  });

  test('5.6 what an answer is worth counts, not its status: broken, empty and late ones open it too', async () => {
    for (const name of ['empty-200', 'error-in-200', 'cut-json', 'stall-before-head', 'reset-before-head']) {
      const upstream = await provider(faults[name]?.behave);
      const gateway = await gatewayWith({
        health: { ...NO_COOLDOWN, breaker: { failures: 2, openMs: 60_000 } },
        upstreams: [{ origin: upstream.origin, timeouts: { answerMs: 100, headersMs: 100, idleMs: 100 } }],
      });
      await askTimes(gateway, 2);
      expect
        .soft([name, ...gateway.standings('one', 'k1').map(({ state }) => state)])
        .toEqual([name, 'open']);
    }
  });
});

describe('what the request or the client did', () => {
  test.each(DIALECT_IDS)('18.16 19.8 400 and 422 never count against a key (%s)', async (dialect) => {
    for (const status of [400, 413, 422]) {
      const [gateway, upstream] = await withKeys([A, B], fails(status), {
        health: { breaker: { failures: 1, openMs: 60_000 } },
      });
      for (const answer of await askTimes(gateway, 6, { dialect })) expect.soft(answer.status).toBe(status);
      expect.soft(upstream.turns.length).toBe(6);
      expect.soft([...gateway.standings('one', 'k1'), ...gateway.standings('one', 'k2')]).toEqual([]);
    }
  });

  test('18.16 5.6 a client that leaves, a refused body and a model that is not there never count', async () => {
    const [gateway, upstream] = await withKeys([A], fails(404), {
      health: { breaker: { failures: 1, openMs: 60_000 } },
    });
    expect((await askFor(gateway)).status).toBe(404);
    upstream.script = () => {};
    const leaving = beginFor(gateway, { stream: true });
    await until(() => upstream.turns.length === 2);
    leaving.leave('reset');
    await until(() => gateway.closed.length === 2);
    expect(gateway.closed[1]?.status).toBe(499);
    expect(gateway.standings('one', 'k1')).toEqual([]);
  });
});

describe('what makes somebody rest', () => {
  test.each([
    [401, true],
    [402, true],
    [403, true],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [529, true],
    [307, false],
    [400, false],
    [404, false],
    [409, false],
    [413, false],
    [422, false],
  ])('6.8 status %s: %s', async (status, rests) => {
    const [gateway] = await withKeys([A], fails(status));
    await askFor(gateway);
    const resting = gateway
      .standings('one', 'k1')
      .filter(({ state, untilMs, sinceMs }) => state !== 'closed' && untilMs > sinceMs);
    expect(resting.length).toBe(rests ? 1 : 0);
  });

  test('6.8 19.7 the operator’s times count: default, most, and not to believe the provider', async () => {
    const restAfter = async (health: NonNullable<GatewaySetup['health']>, headers = {}): Promise<number> => {
      const [gateway] = await withKeys([A], (turn) => refuseWith(turn, 429, 'slow down', headers), {
        health,
      });
      await askFor(gateway);
      const [standing] = gateway.standings('one', 'k1');
      return restOf(standing);
    };
    const cooldown = { honorHeaders: true, defaultMs: 700, maxMs: 5_000 };
    expect(await restAfter({})).toBe(15_000);
    expect(await restAfter({ cooldown })).toBe(700);
    expect(await restAfter({ cooldown }, { 'retry-after': '3' })).toBe(3_000);
    expect(await restAfter({ cooldown }, { 'retry-after': '3000' })).toBe(5_000);
    expect(await restAfter({ cooldown: { ...cooldown, honorHeaders: false } }, { 'retry-after': '3' })).toBe(
      700,
    );
  });

  test('6.8 an upstream that cannot be reached rests with all of its keys', async () => {
    const gone = await provider();
    await gone.close();
    const good = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'gone', origin: gone.origin, priority: 1, secrets: [A, B] },
        { id: 'good', origin: good.origin },
      ],
    });
    const [first, second] = await askTimes(gateway, 2);
    expect([first?.header('x-sluice-attempts'), second?.header('x-sluice-attempts')]).toEqual(['2', '1']);
    expect(gateway.standings('gone', 'k1')[0]?.reason).toBe('unreachable');
  });
});

describe('what is known of keys', () => {
  const tired = forKeys({
    [A]: (turn) => refuseWith(turn, 429, 'slow down', { 'retry-after': '60' }),
    [B]: (turn) => refuseWith(turn, 401, 'no'),
  });
  const secrets = [A, B, 'sk-cccccccccccc'];

  test('5.10 18.22 7.4 is known again after a restart: rests, quarantines and what was used of the day', async () => {
    const upstream = await provider(tired);
    const state = stateInMemory();
    const setup = {
      state,
      upstreams: [{ origin: upstream.origin, secrets, limits: { rpd: 5 } }],
    };
    const before = await gatewayWith(setup);
    await askTimes(before, 3);
    // What was refused for its rate has used nothing of the day.
    expect(upstream.turns.length).toBe(5);
    await before.stop();
    expect(state.saved.size).toBeGreaterThan(0);
    expect([...state.saved.values()].some(({ text }) => text?.includes('sk-') === true)).toBe(false);

    const after = await gatewayWith(setup);
    await after.app.restore();
    expect(after.standings('one', 'k1').map(({ state: now, reason }) => [now, reason])).toEqual([
      ['cooling', 'rate-limited'],
    ]);
    expect(after.standings('one', 'k2').map(({ state: now }) => now)).toEqual(['quarantined']);
    const [last, refused] = await askTimes(after, 2);
    expect([last?.status, last?.header('x-sluice-attempts'), refused?.status]).toEqual([200, '1', 503]);
    expect(refused?.text()).toMatch(/one\/k3[^/]*rpd/);
    expect(secretsOf(upstream).slice(5)).toEqual(['sk-cccccccccccc']);
  });

  test('5.10 stands over a change of the configuration', async () => {
    const upstream = await provider(tired);
    const setup = { upstreams: [{ origin: upstream.origin, secrets }] };
    const gateway = await gatewayWith(setup);
    await askTimes(gateway, 3);
    gateway.settings = settingsOf({ ...setup, maxAttempts: 2, route: { order: 'lru' } });
    await askTimes(gateway, 3);
    expect(secretsOf(upstream).filter((secret) => secret !== 'sk-cccccccccccc')).toEqual([A, B]);
  });

  test('5.11 18.26 requests at once never hold the failure of one key against another', async () => {
    const healthy: Behaviour = (turn) => void setTimeout(() => turn.healthy(), Math.random() * 20);
    const [gateway, upstream] = await withKeys(
      secrets,
      forKeys({ [A]: fails(401), [B]: healthy, 'sk-cccccccccccc': healthy }),
    );
    const answers = await Promise.all(Array.from({ length: 60 }, () => askFor(gateway)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(gateway.standings('one', 'k1').map(({ state }) => state)).toEqual(['quarantined']);
    expect([...gateway.standings('one', 'k2'), ...gateway.standings('one', 'k3')]).toEqual([]);
    for (const row of gateway.closed) expect(row.keyId).not.toBe('k1');
    const { length } = upstream.turns;
    await askTimes(gateway, 6);
    expect(secretsOf(upstream).slice(length)).not.toContain(A);
  });
});
