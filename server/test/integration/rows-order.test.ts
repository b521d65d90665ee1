// The order of candidates as the upstreams see it (features 5.3, 5.4, 6.1; 19.5, 19.11): the turns of every order over real
// sockets, priorities, and conversations that stay with their key.

import { describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Price } from '../../src/core/pricing/price.ts';
import type { Order } from '../../src/core/routing/policy.ts';
import {
  type Asking,
  askFor,
  askTimes,
  beginFor,
  forKeys,
  refuseWith,
  secretOf,
  secretsOf,
} from '../kit/asking.ts';
import { until } from '../kit/client.ts';
import type { Behaviour, FaultUpstream } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup, UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

function priceOf(input: number, output: number): Price {
  return { id: 'config:test', rates: { input, output }, tiers: [], serviceTiers: {} };
}

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';
const C = 'sk-cccccccccccc';

/** One provider with three keys, asked in an order. */
async function ordered(
  order: Order,
  more: Partial<UpstreamSetup> = {},
  script?: Behaviour,
): Promise<[Gateway, FaultUpstream]> {
  const upstream = await provider(script);
  const upstreams = [{ origin: upstream.origin, secrets: [A, B, C], ...more }];
  const gateway = await gatewayWith({ upstreams, route: { order } });
  return [gateway, upstream];
}

/** One provider behind several upstreams of one key each; their ids are those of the setups. */
async function several(
  order: Order,
  setups: readonly (Partial<UpstreamSetup> & { id: string })[],
  setup: Partial<GatewaySetup> = {},
): Promise<[Gateway, FaultUpstream]> {
  const upstream = await provider();
  const upstreams = setups.map((one) => ({
    origin: upstream.origin,
    secrets: [`sk-${one.id}-00000000`],
    ...one,
  }));
  const gateway = await gatewayWith({ ...setup, upstreams, route: { order, ...setup.route } });
  return [gateway, upstream];
}

const idsOf = (upstream: FaultUpstream): string[] =>
  secretsOf(upstream).map((secret) => secret.split('-')[1] ?? '');
const countsOf = (all: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};

describe('the turns of each order', () => {
  test('6.1 19.5 round_robin takes each key in turn', async () => {
    const [gateway, upstream] = await ordered('round_robin');
    await askTimes(gateway, 6);
    expect(secretsOf(upstream)).toEqual([A, B, C, A, B, C]);
  });

  test('6.1 19.5 round_robin goes over upstreams first, then over their keys', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'wide', origin: upstream.origin, secrets: [A, B] },
        { id: 'lone', origin: upstream.origin, secrets: [C] },
      ],
    });
    await askTimes(gateway, 6);
    const turns = secretsOf(upstream);
    expect(countsOf(turns.slice(0, 2))[C]).toBe(1);
    expect(turns.filter((_, index) => turns[index] === C && turns[index + 1] === C)).toEqual([]);
  });

  test('6.1 19.5 fill_first stays with the first of the file, and comes back to it', async () => {
    let tired = false;
    const [gateway, upstream] = await ordered(
      'fill_first',
      {},
      forKeys({
        [A]: (turn) =>
          tired ? refuseWith(turn, 429, 'slow down', { 'retry-after-ms': '1000' }) : turn.healthy(),
      }),
    );
    await askTimes(gateway, 3);
    tired = true;
    await askTimes(gateway, 2);
    tired = false;
    await until(() => (gateway.standings('one', 'k1')[0]?.untilMs ?? 0) < performance.now());
    await askTimes(gateway, 2);
    expect(secretsOf(upstream)).toEqual([A, A, A, A, B, B, A, A]);
  });

  test('6.1 19.5 sticky stays where it went over to', async () => {
    let tired = false;
    const [gateway, upstream] = await ordered(
      'sticky',
      {},
      forKeys({
        [A]: (turn) =>
          tired ? refuseWith(turn, 429, 'slow down', { 'retry-after-ms': '1000' }) : turn.healthy(),
      }),
    );
    await askTimes(gateway, 2);
    tired = true;
    await askTimes(gateway, 1);
    tired = false;
    await until(() => (gateway.standings('one', 'k1')[0]?.untilMs ?? 0) < performance.now());
    await askTimes(gateway, 3);
    const turns = secretsOf(upstream);
    expect(turns.slice(0, 3)).toEqual([turns[0], turns[0], turns[0]]);
    expect(new Set(turns.slice(3)).size).toBe(1);
    expect(turns[3]).not.toBe(turns[0]);
  });

  test('6.1 19.5 lru takes the key that has rested longest', async () => {
    const [gateway, upstream] = await ordered('lru');
    await askTimes(gateway, 7);
    const turns = secretsOf(upstream);
    expect(new Set(turns.slice(0, 3)).size).toBe(3);
    expect(turns.slice(3)).toEqual(turns.slice(0, 4));
  });

  test('6.1 19.5 least_used evens out what other models have used of a key', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: [A, B] }],
      routes: [{ id: 'first', models: ['first'], order: 'fill_first' }],
      route: { order: 'least_used' },
    });
    await askTimes(gateway, 3, { model: 'first' });
    await askTimes(gateway, 5);
    expect(secretsOf(upstream).slice(0, 6)).toEqual([A, A, A, B, B, B]);
    expect(countsOf(secretsOf(upstream))).toEqual({ [A]: 4, [B]: 4 });
  });

  test('6.1 19.5 least_in_flight passes over the key that is busy', async () => {
    const waiting: (() => void)[] = [];
    const [gateway, upstream] = await ordered('least_in_flight', {}, (turn) =>
      turn.model === 'slow' ? void waiting.push(() => turn.healthy()) : turn.healthy(),
    );
    const slow = beginFor(gateway, { model: 'slow' });
    await until(() => waiting.length === 1);
    await askTimes(gateway, 6);
    const [busy, ...others] = secretsOf(upstream);
    expect(others).not.toContain(busy);
    for (const go of waiting) go();
    expect((await slow.done).status).toBe(200);
  });

  test('6.1 19.5 lowest_latency finds the fast key and stays with it', async () => {
    const [gateway, upstream] = await ordered(
      'lowest_latency',
      {},
      forKeys({
        [A]: (turn) => void setTimeout(() => turn.healthy(), 150),
        [C]: (turn) => void setTimeout(() => turn.healthy(), 150),
      }),
    );
    await askTimes(gateway, 9);
    const turns = secretsOf(upstream);
    expect(new Set(turns.slice(0, 3)).size).toBe(3);
    expect(new Set(turns.slice(3))).toEqual(new Set([B]));
  });

  test('6.1 19.5 weighted gives to each what its weight says', async () => {
    const [gateway, upstream] = await several('weighted', [
      { id: 'heavy', weight: 3 },
      { id: 'light', weight: 1 },
    ]);
    await askTimes(gateway, 12);
    expect(countsOf(idsOf(upstream))).toEqual({ heavy: 9, light: 3 });
  });

  test('6.1 19.5 cheapest takes the lowest price, and those without a price last', async () => {
    const [gateway, upstream] = await several('cheapest', [
      { id: 'unknown' },
      { id: 'dear', prices: [{ models: ['*'], price: priceOf(3_000_000, 15_000_000) }] },
      { id: 'cheap', prices: [{ models: ['*'], price: priceOf(1_000_000, 5_000_000) }] },
    ]);
    await askTimes(gateway, 3);
    expect(idsOf(upstream)).toEqual(['cheap', 'cheap', 'cheap']);
    upstream.script = (turn) =>
      secretOf(turn).includes('unknown') ? turn.healthy() : refuseWith(turn, 429, 'slow down');
    await askFor(gateway);
    expect(idsOf(upstream).slice(3)).toEqual(['cheap', 'dear', 'unknown']);
  });

  test('6.1 cheapest knows the price list of the moment where an upstream names no price itself', async () => {
    const upstream = await provider();
    const upstreams = ['one', 'two'].map((id) => ({
      id,
      origin: upstream.origin,
      secrets: [`sk-${id}-key`],
    }));
    let cheaper = 'two';
    const prices = { of: ({ id }: { readonly id: string }) => priceOf(id === cheaper ? 1 : 2, 1) };
    const gateway = await gatewayWith({ upstreams, route: { order: 'cheapest' }, prices });
    await askTimes(gateway, 2);
    cheaper = 'one';
    await askTimes(gateway, 1);
    expect(secretsOf(upstream)).toEqual(['sk-two-key', 'sk-two-key', 'sk-one-key']);
  });

  test('6.1 19.5 random asks everybody', async () => {
    const [gateway, upstream] = await ordered('random');
    await askTimes(gateway, 60);
    const counts = countsOf(secretsOf(upstream));
    for (const key of [A, B, C]) expect(counts[key] ?? 0).toBeGreaterThan(4);
  });

  test('6.1 19.11 the higher priority first, then the client’s own format, then the order', async () => {
    const setups = [
      { id: 'foreign', dialects: ['anthropic-messages'] as const },
      { id: 'native', dialects: ['openai-chat'] as const },
      { id: 'spare', priority: -1 },
    ];
    const [gateway, upstream] = await several('fill_first', setups);
    upstream.script = (turn) =>
      secretOf(turn).includes('spare') ? turn.healthy() : refuseWith(turn, 500, 'broken');
    await askFor(gateway);
    expect(idsOf(upstream)).toEqual(['native', 'foreign', 'spare']);
    const [level, seen] = await several('fill_first', setups, {
      conversion: { preferNative: false },
    });
    await askFor(level);
    expect(idsOf(seen)).toEqual(['foreign']);
  });
});

describe('a conversation', () => {
  const affinity = { ttlMs: 60_000 };
  const stays = async (turn: (conversation: number, round: number) => Asking): Promise<string[][]> => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: [A, B, C] }],
      route: { affinity },
    });
    const keys: string[][] = [[], [], []];
    for (let round = 0; round < 4; round++) {
      for (const conversation of [0, 1, 2]) {
        const answer = await askFor(gateway, turn(conversation, round));
        expect(answer.status).toBe(200);
        const last = upstream.turns.at(-1);
        if (last !== undefined) keys[conversation]?.push(secretOf(last));
      }
    }
    return keys;
  };
  const expectStay = (keys: string[][]): void => {
    expect(keys.map((of) => new Set(of).size)).toEqual([1, 1, 1]);
    expect(new Set(keys.flat()).size).toBe(3);
  };

  test.each([
    'x-claude-code-session-id',
    'session-id',
    'session_id',
    'thread-id',
    'x-session-id',
    'x-session-affinity',
  ])('5.4 stays on its key by the header %s, and conversations are spread', async (name) => {
    expectStay(
      await stays((conversation, round) => ({
        headers: [name, `conversation-${conversation}`],
        text: `round ${round}`,
      })),
    );
  });

  test.each(['openai-chat', 'openai-responses'] as const)(
    '5.4 stays on its key by prompt_cache_key (%s)',
    async (dialect) => {
      expectStay(
        await stays((conversation, round) => ({
          dialect,
          text: `round ${round}`,
          members: { prompt_cache_key: `cache-${conversation}` },
        })),
      );
    },
  );

  test('5.4 stays on its key by the session in metadata.user_id', async () => {
    const session = (n: number): string =>
      `user_abc_account_def_session_7a0c2b34-1111-4222-8333-44445555000${n}`;
    expectStay(
      await stays((conversation, round) => ({
        dialect: 'anthropic-messages',
        text: `round ${round}`,
        members: { metadata: { user_id: session(conversation) } },
      })),
    );
  });

  test.each(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const)(
    '5.4 stays on its key by how it begins (%s)',
    async (dialect: DialectId) => {
      expectStay(await stays((conversation) => ({ dialect, text: `subject ${conversation}` })));
    },
  );

  test('5.4 goes elsewhere while its key rests, and clients do not share conversations', async () => {
    let tired = '';
    const upstream = await provider((turn) => {
      if (secretOf(turn) === tired) refuseWith(turn, 429, 'slow down', { 'retry-after': '60' });
      else turn.healthy();
    });
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets: [A, B] }],
      route: { affinity },
    });
    const asking = { headers: ['x-session-id', 'mine'] };
    await askTimes(gateway, 2, asking);
    const [home] = secretsOf(upstream);
    tired = home ?? '';
    const answer = await askFor(gateway, asking);
    expect([answer.status, answer.header('x-sluice-attempts')]).toEqual([200, '2']);
    await askFor(gateway, asking);
    const other = home === A ? B : A;
    expect(secretsOf(upstream)).toEqual([home, home, home, other, other]);
  });
});
