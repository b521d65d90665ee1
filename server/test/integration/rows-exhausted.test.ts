// What a client is told when nobody can serve it now (features 6.9, 5.8), and which headers of the gateway stand on every
// kind of answer.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { askFor, askTimes, refuseWith, understood } from '../kit/asking.ts';
import { ask } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { faults } from '../kit/faults.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const A = 'sk-aaaaaaaaaaaa';
const B = 'sk-bbbbbbbbbbbb';

const limitedFor =
  (seconds: number): Behaviour =>
  (turn) =>
    refuseWith(turn, 429, 'slow down', { 'retry-after': String(seconds) });

describe('when every candidate is out', () => {
  test.each(DIALECT_IDS)(
    '6.9 by limits of rate alone it is 429, with the time of the first that is free (%s)',
    async (dialect) => {
      const upstream = await provider((turn) => limitedFor(upstream.turns.length === 1 ? 30 : 10)(turn));
      const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
      for (const stream of [false, true]) {
        await askFor(gateway, { dialect, stream });
        const refused = await askFor(gateway, { dialect, stream });
        expect(refused.status).toBe(429);
        expect(Math.abs(Number(refused.header('retry-after')) - 10)).toBeLessThanOrEqual(1);
        expect(Math.abs(Number(refused.header('retry-after-ms')) - 10_000)).toBeLessThanOrEqual(1_000);
        expect(understood(refused, { dialect }).error).toContain('one/');
        expect(refused.text()).not.toContain('sk-');
      }
      expect(upstream.turns.length).toBe(2);
    },
  );

  test.each(DIALECT_IDS)('6.9 for any other reason it is 503 (%s)', async (dialect) => {
    const upstream = await provider((turn) => refuseWith(turn, 401, 'Incorrect API key'));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
    await askFor(gateway, { dialect });
    const refused = await askFor(gateway, { dialect });
    expect(refused.status).toBe(503);
    expect(Math.abs(Number(refused.header('retry-after')) - 600)).toBeLessThanOrEqual(2);
    expect(understood(refused, { dialect }).error).toContain('one/');
    expect(refused.header('x-sluice-error')).toBe('all_cooling');
    expect(upstream.turns.length).toBe(2);
  });

  test('6.9 5.8 whom we only suspect is asked all the same when nobody else is there', async () => {
    let broken = true;
    const upstream = await provider((turn) => (broken ? refuseWith(turn, 500, 'broken') : turn.healthy()));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [A, B] }] });
    await askFor(gateway);
    expect(gateway.standings('one', 'k1').length + gateway.standings('one', 'k2').length).toBe(2);
    broken = false;
    expect((await askFor(gateway)).status).toBe(200);
  });

  test('6.9 the last answer of a provider carries its own time', async () => {
    const upstream = await provider(limitedFor(7));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const first = await askFor(gateway);
    expect([first.status, first.header('retry-after')]).toEqual([429, '7']);
  });

  test('6.9 where the provider names no time, ours is told', async () => {
    const upstream = await provider((turn) => refuseWith(turn, 429, 'slow down'));
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const first = await askFor(gateway);
    expect(first.status).toBe(429);
    expect(Math.abs(Number(first.header('retry-after')) - 15)).toBeLessThanOrEqual(1);
  });
});

describe('the gateway’s own headers', () => {
  const kinds: readonly (readonly [string, Behaviour, number])[] = [
    ['an answer', (turn) => turn.healthy(), 200],
    ['a refusal of the provider', (turn) => refuseWith(turn, 422, 'no'), 422],
    ['a failure of its own', faults['empty-200']?.behave ?? (() => {}), 502],
    ['a broken connection', faults['reset-before-head']?.behave ?? (() => {}), 502],
  ];

  test.each(kinds)(
    '6.4 stand on %s: who served, how often was tried, which request, what took how long',
    async (_, behave, status) => {
      for (const [dialect, to] of [
        ['openai-chat', 'openai-chat'],
        ['anthropic-messages', 'anthropic-messages'],
        ['openai-responses', 'openai-chat'],
        ['gemini', 'anthropic-messages'],
      ] as const) {
        for (const stream of [false, true]) {
          const upstream = await provider(behave);
          const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
          const answer = await askFor(gateway, { dialect, stream });
          expect.soft([dialect, stream, answer.status]).toEqual([dialect, stream, status]);
          expect.soft(answer.header('x-sluice-upstream')).toBe('one');
          expect.soft(answer.header('x-sluice-attempts')).toBe('1');
          expect.soft(answer.header('x-request-id')).toBe(gateway.closed[0]?.id);
          expect.soft(answer.header('x-sluice-request-id')).toBe(gateway.closed[0]?.id);
          expect
            .soft(answer.header('server-timing'))
            .toMatch(/^queue;dur=[\d.]+, routing;dur=[\d.]+, upstream;dur=/);
        }
      }
    },
  );

  test('6.4 what never reached an upstream still says which request it was', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, models: ['known'], limits: { rpm: 0 } }],
    });
    const answers = [
      await askFor(gateway, { model: 'known' }),
      await askFor(gateway, { model: 'unknown' }),
      await ask(gateway.port, { path: '/v1/chat/completions', body: '{' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([429, 404, 400]);
    for (const answer of answers) {
      expect(answer.header('x-request-id')).toBe(answer.header('x-sluice-request-id'));
      expect(gateway.closed.map(({ id }) => id)).toContain(answer.header('x-request-id'));
      expect(answer.header('x-sluice-upstream')).toBeUndefined();
    }
    expect(upstream.turns.length).toBe(0);
  });

  test('6.4 the number of attempts is that of the row, whoever answered', async () => {
    const upstream = await provider((turn) =>
      upstream.turns.length % 3 === 0 ? turn.healthy() : refuseWith(turn, 500, 'broken'),
    );
    const secrets = [A, B, 'sk-cccccccccccc'];
    const gateway = await gatewayWith({
      upstreams: [{ origin: upstream.origin, secrets }],
      health: { cooldown: { honorHeaders: true, defaultMs: 0, maxMs: 0 } },
      retry: { budget: 1 },
    });
    for (const answer of await askTimes(gateway, 3)) {
      expect([answer.status, answer.header('x-sluice-attempts')]).toEqual([200, '3']);
      expect((await gateway.row(answer.header('x-request-id'))).tries?.length).toBe(3);
    }
  });
});
