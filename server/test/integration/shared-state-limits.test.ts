// Several gateways that share one Redis server and one provider (features 16.7; promises 5 and 28): limits and budgets hold for
// all of them together, what one learns the others know, and the server may hang, die and come back.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/config/settings.ts';
import type { Limits } from '../../src/core/routing/policy.ts';
import { askFor, beginFor, refuseWith, secretsOf } from '../kit/asking.ts';
import { type Received, until } from '../kit/client.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { ALICE, alice, ONE_ANSWER, PRICES } from '../kit/money.ts';
import { hasRedis, type RedisServer, startRedis } from '../kit/redis.ts';
import { provider } from '../kit/setting.ts';
import { PATIENT_MS, sharedGateways } from '../kit/shared-gateways.ts';

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';
const client = (limits: Limits): Client => ({ ...clientWithKey('alice', ALICE), limits });

const served = (answers: readonly Received[]): number =>
  answers.filter(({ status }) => status === 200).length;

/** The same burst at every gateway at once. */
function burst(gateways: readonly Gateway[], each: number, asking = {}): Promise<Received[]> {
  const one = (gateway: Gateway, index: number): Promise<Received> =>
    askFor(gateway, { stream: index % 2 === 0, ...asking });
  return Promise.all(
    gateways.flatMap((gateway) => Array.from({ length: each }, (_, index) => one(gateway, index))),
  );
}

describe.skipIf(!hasRedis())('gateways that share a Redis server', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.wake());
  afterAll(() => redis.stop());
  const three = { count: 3, limitMs: PATIENT_MS };

  test.each(['rpm', 'rpd'] as const)(
    'P5 16.7 three gateways send exactly the limit of a key (%s)',
    async (kind) => {
      const server = await provider();
      const upstreams = [{ origin: server.origin, keyLimits: { [kind]: 40 } }];
      const gateways = await sharedGateways({ ...three, url: redis.url }, { upstreams });
      const answers = await burst(gateways, 30);
      expect([served(answers), server.turns.length]).toEqual([40, 40]);
      for (const { status, header } of answers) {
        if (status === 200) continue;
        expect.soft(status).toBe(429);
        expect.soft(Number(header('retry-after'))).toBeGreaterThan(0);
      }
    },
  );

  test('P5 16.7 three gateways send no more tokens than the limit, and nearly all of it', async () => {
    const server = await provider(() => {});
    const upstreams = [{ origin: server.origin, keyLimits: { tpm: 4_000 } }];
    const gateways = await sharedGateways({ ...three, url: redis.url }, { upstreams });
    // Each reserves 100 tokens of output and a few for its question.
    const calls = gateways.flatMap((gateway) =>
      Array.from({ length: 30 }, () => beginFor(gateway, { members: { max_tokens: 100 } })),
    );
    const refused = (): number => gateways.reduce((sum, { closed }) => sum + closed.length, 0);
    await until(() => refused() + server.turns.length === 90);
    expect(server.turns.length).toBeLessThanOrEqual(40);
    expect(server.turns.length).toBeGreaterThanOrEqual(35);
    for (const call of calls) call.leave('reset');
  });

  test('P5 16.7 three gateways run no more at the same time than the limit, and all of it is used', async () => {
    let running = 0;
    let most = 0;
    const server = await provider((turn) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        turn.healthy();
      }, 30);
    });
    const upstreams = [{ origin: server.origin, keyLimits: { concurrency: 5 } }];
    const gateways = await sharedGateways(
      { ...three, url: redis.url },
      { upstreams, route: { onExhausted: 'wait' } },
    );
    const answers = await burst(gateways, 20);
    expect(served(answers)).toBe(60);
    expect(most).toBe(5);
  });

  test('P5 16.7 a request goes to the next key where other gateways have used up the first one', async () => {
    const server = await provider();
    const upstreams = [{ origin: server.origin, secrets: [A, B], keyLimits: { rpm: 10 } }];
    const gateways = await sharedGateways(
      { ...three, url: redis.url },
      { upstreams, route: { order: 'fill_first' } },
    );
    const answers = await burst(gateways, 10);
    expect(served(answers)).toBe(20);
    for (const key of [A, B]) expect(secretsOf(server).filter((secret) => secret === key)).toHaveLength(10);
    // Nothing was sent twice for it.
    expect(
      answers.filter(({ status }) => status === 200).every((one) => one.header('x-sluice-attempts') === '1'),
    ).toBe(true);
  });

  test('P5 16.7 the limits of a client are those of all gateways together, and its headers say so', async () => {
    const server = await provider();
    const setup = { upstreams: [{ origin: server.origin }], clients: [client({ rpm: 12 })] };
    const gateways = await sharedGateways({ ...three, url: redis.url }, setup);
    const answers = await burst(gateways, 10, { client: ALICE });
    expect([served(answers), server.turns.length]).toEqual([12, 12]);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(18);
    for (const { header } of refused) {
      expect.soft(header('x-ratelimit-limit-requests')).toBe('12');
      expect.soft(header('x-ratelimit-remaining-requests')).toBe('0');
      expect.soft(Number(header('retry-after'))).toBeGreaterThan(50);
    }
  });

  test('P5 16.7 a budget is one budget: nobody exceeds it, and everybody knows what is left', async () => {
    const server = await provider();
    // Each holds more than it costs in the end: its question is longer than the provider says.
    const setup = {
      upstreams: [{ origin: server.origin }],
      clients: [alice(10 * ONE_ANSWER)],
      prices: PRICES,
    };
    const gateways = await sharedGateways({ ...three, url: redis.url }, setup);
    const asking = { client: ALICE, text: 'word '.repeat(20), members: { max_tokens: 7 }, stream: false };
    let lastServed = 1;
    while (lastServed > 0) {
      const answers = await burst(gateways, 4, asking);
      expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
      expect(server.turns.length).toBeLessThanOrEqual(10);
      lastServed = served(answers);
    }
    expect(server.turns.length).toBeGreaterThanOrEqual(8);
    const [first] = gateways;
    const answer = await askFor(first as Gateway, { client: ALICE, members: { max_tokens: 100_000 } });
    expect(answer.header('x-sluice-error')).toBe('budget_exceeded');
  });

  test('16.7 a key that one gateway was told to leave alone is left alone by all, until it is freed by hand', async () => {
    const server = await provider((turn) => {
      if (turn.request.header('authorization') === `Bearer ${A}`)
        refuseWith(turn, 429, 'Slow down.', { 'retry-after': '60' });
      else turn.healthy();
    });
    const upstreams = [{ origin: server.origin, secrets: [A, B] }];
    const setup = { upstreams, route: { order: 'fill_first' } } as const;
    const prefix = `news-${Date.now()}`;
    const gateways = await sharedGateways({ ...three, url: redis.url, prefix }, setup);
    const [one, two, three_] = gateways as [Gateway, Gateway, Gateway];
    // Listening begins a moment after joining: what is told before is read when it is joined.
    expect((await askFor(one)).status).toBe(200);
    await until(() => [two, three_].every((other) => other.standings('one', 'k1').length > 0));
    for (const gateway of gateways) {
      const [standing] = gateway.standings('one', 'k1');
      const restMs = (standing?.untilMs ?? 0) - performance.now();
      expect(standing?.reason).toBe('rate-limited');
      expect(Math.abs(restMs - 60_000)).toBeLessThan(5_000);
    }
    await burst([two, three_], 5);
    expect(secretsOf(server).filter((secret) => secret === A)).toHaveLength(1);
    // One that comes later knows it as well.
    const [late] = (await sharedGateways({ ...three, count: 1, url: redis.url, prefix }, setup)) as [Gateway];
    await until(() => late.standings('one', 'k1').length > 0);
    two.app.memory.pool.standings.reset('one', 'k1');
    await until(() => [one, three_, late].every((other) => other.standings('one', 'k1').length === 0));
  });

  test('16.7 what a provider says is used up is known to all', async () => {
    const server = await provider((turn) =>
      turn.whole(
        200,
        '{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}',
        {
          'content-type': 'application/json',
          'x-ratelimit-limit-requests': '100',
          'x-ratelimit-remaining-requests': '0',
          'x-ratelimit-reset-requests': '60s',
        },
      ),
    );
    const gateways = await sharedGateways(
      { ...three, url: redis.url },
      { upstreams: [{ origin: server.origin }] },
    );
    const [one, ...others] = gateways as [Gateway, ...Gateway[]];
    const outOf = ({ app }: Gateway): number | undefined =>
      app.memory.pool.places.lane('one', 'k1', 'm').meter?.reportedNow(app.memory.pool.now())[0]?.remaining;
    expect((await askFor(one)).status).toBe(200);
    await until(() => others.every((other) => outOf(other) === 0));
    for (const other of others) expect((await askFor(other)).status).toBe(429);
    expect(server.turns).toHaveLength(1);
  });
});
