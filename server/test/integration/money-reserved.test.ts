// What is reserved before a request is sent (features 9.11): everything that it may come to cost, and not only its words.

import { describe, expect, test } from 'vitest';
import type { Price } from '../../src/core/pricing/price.ts';
import { askFor, beginFor } from '../kit/asking.ts';
import { begin, until } from '../kit/client.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { ALICE, alice, nano } from '../kit/money.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const SEARCH = 10_000_000;
const PRICE: Price = {
  id: 'config:test',
  rates: { input: 1_000_000, output: 2_000_000, webSearch: SEARCH * 1_000, request: 5_000_000 },
  tiers: [],
  serviceTiers: {},
};
const DAY = { period: 'day', nanoUsd: 0, warnAt: 1, status: 429 } as const;

async function silent(setup: Partial<GatewaySetup> = {}) {
  const server = await provider(() => {});
  const gateway = await gatewayWith({
    prices: { of: () => PRICE },
    upstreams: [{ origin: server.origin }],
    clients: [alice(1e9)],
    ...setup,
  });
  return { server, gateway };
}

const heldBy = (gateway: Gateway): number =>
  gateway.app.memory.pool.places.at('client', 'alice').purse?.look([DAY], 'UTC', Date.now())[0]
    ?.heldNanoUsd ?? -1;

const anthropic = { client: ALICE, dialect: 'anthropic-messages' } as const;
const searching = (more: object): object => ({
  max_tokens: 100,
  tools: [{ type: 'web_search_20250305', name: 'web_search', ...more }],
});

describe('what is reserved', () => {
  test.each([
    ['no searches where there is no tool for it', { max_tokens: 100 }, 0],
    ['as many searches as the tool may make', searching({ max_uses: 3 }), 3],
    ['ten where it names no number', searching({}), 10],
  ])('9.11 are %s', async (_, members, searches) => {
    const { server, gateway } = await silent();
    const call = beginFor(gateway, { ...anthropic, members });
    await until(() => server.turns.length === 1);
    const fixed = 5_000 + searches * SEARCH + nano(0, 100);
    expect(heldBy(gateway)).toBeGreaterThan(fixed);
    expect(heldBy(gateway)).toBeLessThan(fixed + nano(1_000, 0));
    call.leave('reset');
    await until(() => heldBy(gateway) === 0);
  });

  test('9.11 are the answers to all prompts of a legacy completion', async () => {
    const { server, gateway } = await silent();
    const body = { model: 'm', prompt: ['a', 'b', 'c'], n: 2, max_tokens: 100 };
    const call = begin(gateway.port, {
      path: '/v1/completions',
      headers: ['x-api-key', ALICE],
      body: JSON.stringify(body),
    });
    await until(() => server.turns.length === 1);
    expect(heldBy(gateway)).toBeGreaterThan(5_000 + nano(0, 600));
    expect(heldBy(gateway)).toBeLessThan(5_000 + nano(100, 600));
    call.leave('reset');
    await until(() => heldBy(gateway) === 0);
  });

  test('9.11 a request whose searches the budget does not cover is refused', async () => {
    const { server, gateway } = await silent({ clients: [alice(SEARCH)] });
    const answer = await askFor(gateway, { ...anthropic, members: searching({ max_uses: 3 }) });
    expect([answer.status, answer.header('x-sluice-error'), server.turns.length]).toEqual([
      429,
      'budget_exceeded',
      0,
    ]);
  });

  test('9.11 is the question and the answer so far again, for each candidate that may go on with a stream', async () => {
    const text = 'word '.repeat(2_000);
    const held: number[] = [];
    for (const streamFailure of ['error', 'resume'] as const) {
      const { server, gateway } = await silent({ route: { streamFailure }, maxAttempts: 3 });
      const call = beginFor(gateway, { ...anthropic, text, stream: true, members: { max_tokens: 100 } });
      await until(() => server.turns.length === 1);
      held.push(heldBy(gateway));
      call.leave('reset');
      await until(() => heldBy(gateway) === 0);
    }
    const [once = 0, thrice = 0] = held;
    expect(once).toBeGreaterThan(nano(2_000, 100));
    // Of the output only the first candidate's is new.
    expect(thrice - 3 * once).toBeLessThan(0);
    expect(thrice - 3 * (once - nano(0, 100))).toBeGreaterThan(0);
  });
});
