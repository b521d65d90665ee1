// Keys of one upstream, seen from outside: who is asked when, and who is left alone for how long (features 5.3 to 5.8).

import { describe, expect, test } from 'vitest';
import { ORDERS } from '../../src/core/routing/policy.ts';
import { askFor, askTimes, forKeys, pause, refuseWith, restOf, secretOf, secretsOf } from '../kit/asking.ts';
import { ask, until } from '../kit/client.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';
const C = 'sk-cccccccccccc';

async function withKeys(
  secrets: readonly string[],
  script: Parameters<typeof provider>[0],
  setup: Partial<GatewaySetup> = {},
): Promise<[Gateway, FaultUpstream]> {
  const upstream = await provider(script);
  const gateway = await gatewayWith({ ...setup, upstreams: [{ origin: upstream.origin, secrets }] });
  return [gateway, upstream];
}

const limited = (headers: Readonly<Record<string, string>>) => (turn: Parameters<typeof refuseWith>[0]) =>
  refuseWith(turn, 429, 'Rate limit reached', headers);

describe('a key that met its limit', () => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  /** Families of headers that say when to come back, and after how many milliseconds. */
  const families: readonly (readonly [string, () => Readonly<Record<string, string>>, number])[] = [
    ['retry-after-ms', () => ({ 'retry-after-ms': '400' }), 400],
    ['retry-after in seconds', () => ({ 'retry-after': '1' }), 1_000],
    ['x-ratelimit-reset-requests 300ms', () => openai('requests', '300ms'), 300],
    ['x-ratelimit-reset-tokens 1s', () => openai('tokens', '1s'), 1_000],
    [
      'anthropic-ratelimit-requests-reset',
      () => ({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': at(800),
      }),
      800,
    ],
    [
      'x-ratelimit-reset in epoch milliseconds',
      () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.now() + 700) }),
      700,
    ],
  ];
  function openai(what: string, reset: string): Record<string, string> {
    return {
      [`x-ratelimit-limit-${what}`]: '500',
      [`x-ratelimit-remaining-${what}`]: '0',
      [`x-ratelimit-reset-${what}`]: reset,
    };
  }

  test('5.5 is left alone for exactly the time of each family of headers, while the other key serves', async () => {
    await Promise.all(
      families.map(async ([name, headers, restMs]) => {
        let refusedAt = 0;
        let backAt = 0;
        const [gateway] = await withKeys(
          [A, B],
          forKeys({
            [A]: (turn) => {
              if (refusedAt === 0) {
                refusedAt = performance.now();
                limited(headers())(turn);
                return;
              }
              if (backAt === 0) backAt = performance.now();
              turn.healthy();
            },
          }),
        );
        while (backAt === 0) {
          expect.soft((await askFor(gateway)).status, name).toBe(200);
          await pause(10);
        }
        // Of a time of day, the part below a millisecond is lost; and headers are read a moment after they were made.
        expect.soft(backAt - refusedAt, name).toBeGreaterThanOrEqual(restMs - 60);
        expect.soft(gateway.closed.filter(({ attempts }) => attempts === 2).length, name).toBe(1);
      }),
    );
  });

  test('5.5 rests for long times as they were named, and for an hour at most', async () => {
    const inAnHour = new Date(Date.now() + 1_800_000).toUTCString();
    const cases: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
      [{ 'retry-after': '120' }, 120_000],
      [{ 'retry-after': inAnHour }, 1_800_000],
      [openai('requests', '6m0s'), 360_000],
      [{ 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 90) }, 90_000],
      [{ 'x-ratelimit-reset': String(Date.now() + 90_000) }, 90_000],
      [{ 'retry-after': '99999999' }, 3_600_000],
      [{}, 15_000],
    ];
    for (const [headers, restMs] of cases) {
      const [gateway] = await withKeys([A], limited(headers));
      await askFor(gateway);
      const [standing] = gateway.standings('one', 'k1');
      const named = restOf(standing);
      expect.soft(Math.abs(named - restMs), JSON.stringify(headers)).toBeLessThan(3_000);
    }
  });

  test('18.21 a reset in milliseconds puts the key aside for its time, not until the year 58858', async () => {
    const [gateway, upstream] = await withKeys([A, B], (turn) => {
      if (upstream.turns.length === 1)
        limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.now() + 400) })(turn);
      else turn.healthy();
    });
    await askFor(gateway);
    await until(() => gateway.standings('one', 'k1').length === 1);
    await pause(450);
    await askTimes(gateway, 2);
    expect(new Set(secretsOf(upstream).slice(-2))).toEqual(new Set([A, B]));
  });

  test('5.5 rests for that one model: another model goes on with the same key', async () => {
    const [gateway, upstream] = await withKeys([A], (turn) =>
      turn.model === 'busy' ? limited({ 'retry-after': '30' })(turn) : turn.healthy(),
    );
    expect((await askFor(gateway, { model: 'busy' })).status).toBe(429);
    expect((await askFor(gateway, { model: 'calm' })).status).toBe(200);
    expect((await askFor(gateway, { model: 'busy' })).status).toBe(429);
    expect(upstream.turns.map(({ model }) => model)).toEqual(['busy', 'calm']);
  });

  test.each([
    [
      429,
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
    ],
    [402, 'Insufficient credits', undefined],
    [400, 'Your credit balance is too low to access the Anthropic API.', undefined],
  ])('5.5 an account without credit (%s) stops all of its models', async (status, message, code) => {
    const [gateway, upstream] = await withKeys(
      [A, B],
      forKeys({
        [A]: (turn) =>
          turn.whole(
            status,
            JSON.stringify({ error: { message, type: code ?? 'error', code: code ?? null } }),
          ),
      }),
    );
    for (const model of ['one', 'two', 'three', 'four'])
      expect((await askFor(gateway, { model })).status).toBe(200);
    expect(secretsOf(upstream).filter((secret) => secret === A).length).toBe(1);
  });

  test('5.5 a retry-after beside a success is no reason to rest', async () => {
    const [gateway, upstream] = await withKeys([A], (turn) =>
      turn.whole(200, '{"choices":[{"message":{"content":"x"}}]}', { 'retry-after': '600' }),
    );
    for (const answer of await askTimes(gateway, 3)) expect(answer.status).toBe(200);
    expect(upstream.turns.length).toBe(3);
    expect(gateway.standings('one', 'k1')).toEqual([]);
  });
});

describe('a refused key', () => {
  test('5.7 is not asked again, the others serve, and no 15 seconds make a difference', async () => {
    const [gateway, upstream] = await withKeys(
      [A, B],
      forKeys({ [A]: (turn) => refuseWith(turn, 401, 'no') }),
    );
    for (const answer of await askTimes(gateway, 6)) expect(answer.status).toBe(200);
    expect(secretsOf(upstream).filter((secret) => secret === A)).toEqual([A]);
    const [standing] = gateway.standings('one', 'k1');
    expect(standing?.state).toBe('quarantined');
    expect(restOf(standing)).toBe(600_000);
  });

  test('5.8 comes back at once when it is reset', async () => {
    let valid = false;
    const [gateway, upstream] = await withKeys(
      [A, B],
      forKeys({ [A]: (turn) => (valid ? turn.healthy() : refuseWith(turn, 401, 'no')) }),
    );
    await askTimes(gateway, 3);
    valid = true;
    expect(gateway.app.memory.pool.standings.reset('one', 'k1')).toBe(true);
    await askTimes(gateway, 2);
    expect(new Set(secretsOf(upstream).slice(-2))).toEqual(new Set([A, B]));
    expect(gateway.standings('one', 'k1')).toEqual([]);
  });

  test('5.7 is tested again by one request after its time, and each refusal doubles that time', async () => {
    let valid = false;
    const [gateway, upstream] = await withKeys(
      [A, B],
      forKeys({ [A]: (turn) => (valid ? turn.healthy() : refuseWith(turn, 401, 'no')) }),
      { health: { quarantine: { onAuth: true, retestMs: 800 } } },
    );
    await askTimes(gateway, 2);
    await pause(850);
    const burst = await Promise.all(Array.from({ length: 10 }, () => askFor(gateway)));
    expect(burst.every(({ status }) => status === 200)).toBe(true);
    expect(secretsOf(upstream).filter((secret) => secret === A).length).toBe(2);
    const [standing] = gateway.standings('one', 'k1');
    expect(restOf(standing)).toBe(1_600);
    valid = true;
    await pause(1_650);
    await askTimes(gateway, 4);
    expect(gateway.standings('one', 'k1')).toEqual([]);
    expect(secretsOf(upstream).filter((secret) => secret === A).length).toBeGreaterThan(3);
  });

  test('5.7 a 403 for one model bars that model and no other', async () => {
    const [gateway, upstream] = await withKeys(
      [A, B],
      forKeys({
        [A]: (turn) =>
          turn.model === 'secret'
            ? refuseWith(turn, 403, 'You have no access to model secret')
            : turn.healthy(),
      }),
    );
    for (const model of ['secret', 'secret', 'secret', 'open', 'open'])
      expect((await askFor(gateway, { model })).status).toBe(200);
    const ofA = upstream.turns.filter((turn) => secretOf(turn) === A).map(({ model }) => model);
    expect(ofA).toEqual(['secret', 'open']);
  });

  test('5.7 alone, it is told to nobody twice: the provider is not asked again', async () => {
    const [gateway, upstream] = await withKeys([A], (turn) => refuseWith(turn, 401, 'Incorrect API key'));
    expect((await askFor(gateway)).status).toBe(401);
    const again = await askFor(gateway);
    expect([again.status, upstream.turns.length]).toEqual([503, 1]);
    expect(Number(again.header('retry-after'))).toBeGreaterThan(595);
  });
});

describe('which key comes next', () => {
  test('5.3 keys take turns; what asks no model takes nobody’s turn', async () => {
    const [gateway, upstream] = await withKeys([A, B, C], (turn) => turn.healthy());
    for (let i = 0; i < 6; i++) {
      await askFor(gateway);
      await ask(gateway.port, { path: '/health' });
      await ask(gateway.port, { path: '/v1/chat/completions', method: 'OPTIONS' });
      await ask(gateway.port, { path: '/v1/chat/completions', body: '{"model":' });
    }
    expect(secretsOf(upstream)).toEqual([A, B, C, A, B, C]);
  });

  test.each(ORDERS)('5.3 19.5 %s passes over a key that rests, and over no other', async (order) => {
    const [gateway, upstream] = await withKeys(
      [A, B, C],
      forKeys({ [A]: limited({ 'retry-after': '60' }) }),
      { route: { order } },
    );
    for (const answer of await askTimes(gateway, 12)) expect(answer.status).toBe(200);
    const ofA = secretsOf(upstream).filter((secret) => secret === A);
    expect(ofA.length).toBeLessThanOrEqual(1);
  });
});
