// Budgets of clients over real sockets (features 9.11, BAR 5): many requests at once never spend more than there is, and
// whoever is refused is told why, how much is left and until when.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { type Asking, askFor, askTimes, beginFor, stateInMemory } from '../kit/asking.ts';
import { cached, cacheOf, steady } from '../kit/cached-asking.ts';
import { type Received, until } from '../kit/client.ts';
import type { Behaviour, FaultUpstream } from '../kit/fault-upstream.ts';
import type { Gateway, GatewaySetup } from '../kit/gateway.ts';
import { ALICE, alice, nano, ONE_ANSWER, PRICES, sumOf } from '../kit/money.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

async function priced(
  setup: Partial<GatewaySetup>,
  script?: Behaviour,
): Promise<[gateway: Gateway, server: FaultUpstream]> {
  const server = await provider(script);
  return [await gatewayWith({ prices: PRICES, upstreams: [{ origin: server.origin }], ...setup }), server];
}

const asking: Asking = { client: ALICE, members: { max_tokens: 7 } };
const served = (answers: readonly Received[]): number =>
  answers.filter(({ status }) => status === 200).length;
const spent = (gateway: Gateway): number => sumOf(gateway.closed.map(({ cost }) => cost));
/** Once all of it has ended, this much is held. */
const heldBy = (gateway: Gateway): number =>
  gateway.app.memory.pool.places
    .at('client', 'alice')
    .purse?.look([{ period: 'day', nanoUsd: 0, warnAt: 1, status: 429 }], 'UTC', Date.now())[0]
    ?.heldNanoUsd ?? -1;

describe('of 1,000 requests at once', () => {
  test('9.11 none spends beyond the budget, whole or streamed, in every format', async () => {
    const budget = 100 * ONE_ANSWER;
    const [gateway, server] = await priced({ clients: [alice(budget)] });
    const answers: Received[] = [];
    const firstDay = new Date().getUTCDate();
    for (let round = 0; round < 10; round++) {
      const asked = Array.from({ length: 100 }, (_, index) => {
        const dialect = DIALECT_IDS[index % 4] ?? 'openai-chat';
        const members =
          dialect === 'gemini'
            ? { generationConfig: { maxOutputTokens: 7 } }
            : { [dialect === 'openai-responses' ? 'max_output_tokens' : 'max_tokens']: 7 };
        return askFor(gateway, { client: ALICE, dialect, members, stream: index % 3 === 0 });
      });
      answers.push(...(await Promise.all(asked)));
    }
    // Whoever runs this at midnight has two days.
    const days = new Date().getUTCDate() === firstDay ? 1 : 2;
    expect(spent(gateway)).toBeLessThanOrEqual(budget * days);
    // All of the money can be used: what a request might have cost comes back when it has cost less.
    expect(spent(gateway)).toBeGreaterThan(budget * 0.9);
    expect(server.turns.length).toBe(served(answers));
    expect(answers.filter(({ status }) => status !== 200).every(({ status }) => status === 429)).toBe(true);
    expect(heldBy(gateway)).toBe(0);
  }, 60_000);

  test('9.11 all at the same moment, no more are sent than there is money for', async () => {
    let most = 0;
    const open: (() => void)[] = [];
    const [gateway, server] = await priced({ clients: [alice(20 * nano(20, 100))] }, (turn) => {
      most = Math.max(most, server.turns.length);
      open.push(() => turn.healthy());
    });
    const calls = Array.from({ length: 1_000 }, () =>
      beginFor(gateway, { client: ALICE, members: { max_tokens: 100 } }),
    );
    await until(() => gateway.closed.length + server.turns.length === 1_000, 50_000);
    // 2 or 4 tokens of question, and 100 of answer, each.
    expect(most).toBeGreaterThan(18);
    expect(most * nano(0, 100)).toBeLessThanOrEqual(20 * nano(20, 100));
    for (const answer of open) answer();
    const answers = await Promise.all(calls.map(({ done }) => done));
    expect(served(answers)).toBe(most);
    expect(heldBy(gateway)).toBe(0);
  }, 60_000);

  test('9.11 what clients leave behind comes back but for what was used', async () => {
    const [gateway, server] = await priced({ clients: [alice(1_000 * nano(20, 100))] }, (turn) => {
      if (turn.stream) turn.head(200, { 'Content-Type': 'text/event-stream' });
    });
    const calls = Array.from({ length: 60 }, (_, index) =>
      beginFor(gateway, { client: ALICE, stream: index % 2 === 0, members: { max_tokens: 100 } }),
    );
    await until(() => server.turns.length === 60);
    expect(heldBy(gateway)).toBeGreaterThan(59 * nano(0, 100));
    for (const call of calls) call.leave('reset');
    await until(() => gateway.closed.length === 60);
    await until(() => heldBy(gateway) === 0);
    expect(spent(gateway)).toBeLessThan(60 * nano(20, 0));
  });
});

describe('whoever has spent a budget', () => {
  test.each(DIALECT_IDS)('9.11 is told so, and until when, in the format of %s', async (dialect) => {
    const [gateway, server] = await priced({ clients: [alice(ONE_ANSWER)] });
    const question = {
      client: ALICE,
      dialect,
      ...(dialect.startsWith('anthropic') && { members: { max_tokens: 7 } }),
    };
    const first = await askFor(gateway, question);
    expect(first.status).toBe(200);
    const refused = await askFor(gateway, question);
    expect(refused.status).toBe(429);
    expect(refused.text()).toContain('has spent its budget of 0.000025 USD per day');
    expect(refused.text()).toMatch(
      /It begins anew in .*(days?|hours?|minutes?|seconds?), at \d{4}-\d\d-\d\dT00:00:00.000Z \(UTC\)/,
    );
    expect(Number(refused.header('retry-after'))).toBeGreaterThan(0);
    // The libraries of OpenAI and Anthropic try again after seconds unless they are told not to.
    expect(refused.header('x-should-retry')).toBe('false');
    expect(refused.header('x-sluice-error')).toBe('budget_exceeded');
    if (dialect.startsWith('openai'))
      expect(JSON.parse(refused.text()).error.code).toBe('insufficient_quota');
    expect(server.turns.length).toBe(1);
    expect(gateway.closed.at(-1)).toMatchObject({ status: 429, errorCode: 'budget_exceeded', attempts: 0 });
    expect(gateway.closed.at(-1)?.cost).toBeUndefined();
  });

  test('9.11 gets 402 where the budget says so, and 429 while others only hold what is left', async () => {
    const open: (() => void)[] = [];
    const [gateway] = await priced({ clients: [alice(ONE_ANSWER + 10_000, { status: 402 })] }, (turn) =>
      open.push(() => turn.healthy()),
    );
    const running = beginFor(gateway, { client: ALICE });
    await until(() => open.length === 1);
    const held = await askFor(gateway, asking);
    expect([held.status, held.header('x-should-retry'), held.header('retry-after')]).toEqual([
      429,
      undefined,
      '1',
    ]);
    open[0]?.();
    expect((await running.done).status).toBe(200);
    const dear = await askFor(gateway, { ...asking, members: { max_tokens: 1_000 } });
    expect([dear.status, dear.header('x-should-retry')]).toEqual([402, 'false']);
    expect(dear.text()).toContain('0.00001 USD are left');
    const anthropic = await askFor(gateway, {
      ...asking,
      dialect: 'anthropic-messages',
      members: { max_tokens: 1_000 },
    });
    expect(JSON.parse(anthropic.text()).error.type).toBe('billing_error');
  });

  test('9.11 gets no time to come back from a budget that never begins anew, and is told that no time helps', async () => {
    const [gateway] = await priced({ clients: [alice(ONE_ANSWER, { period: 'total' })] });
    await askFor(gateway, asking);
    const refused = await askFor(gateway, asking);
    expect([refused.status, refused.header('retry-after'), refused.header('x-should-retry')]).toEqual([
      429,
      undefined,
      'false',
    ]);
    expect(refused.text()).toContain('USD in all. It does not begin anew: waiting will not help.');
  });

  test('9.11 without a maximum gets what is left, alone, and then nothing', async () => {
    const [gateway, server] = await priced({ clients: [alice(2 * ONE_ANSWER - 1)] });
    const answers = await askTimes(gateway, 3, { client: ALICE });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(server.turns.length).toBe(2);
  });

  test('9.11 has it back with a larger limit, and others have their own', async () => {
    const [gateway] = await priced({ clients: [alice(ONE_ANSWER)] });
    expect((await askTimes(gateway, 2, { client: ALICE })).map(({ status }) => status)).toEqual([200, 429]);
    gateway.settings = { ...gateway.settings, clients: [alice(2 * ONE_ANSWER)] };
    expect((await askTimes(gateway, 2, { client: ALICE })).map(({ status }) => status)).toEqual([200, 429]);
    const { budgets: _, ...free } = alice(0);
    gateway.settings = { ...gateway.settings, clients: [free] };
    expect((await askFor(gateway, { client: ALICE })).status).toBe(200);
  });
});

describe('answers of clients with budgets', () => {
  test('9.11 say what is left and until when, and warn near the end', async () => {
    const [gateway] = await priced({ clients: [alice(4 * ONE_ANSWER, { warnAt: 0.5 })] });
    const answers = await askTimes(gateway, 3, { client: ALICE });
    expect(answers.map((answer) => answer.header('x-sluice-budget-remaining-usd'))).toEqual([
      '0.000075',
      '0.00005',
      '0.000025',
    ]);
    expect(answers[0]?.header('x-sluice-budget-reset')).toMatch(/^\d{4}-\d\d-\d\dT00:00:00.000Z$/);
    expect(answers.map((answer) => answer.header('x-sluice-budget-warning'))).toEqual([
      undefined,
      '50% of 0.0001 USD per day spent',
      '75% of 0.0001 USD per day spent',
    ]);
    const streamed = await askFor(gateway, { client: ALICE, stream: true });
    expect(streamed.header('x-sluice-budget-remaining-usd')).toBe('0.000025');
  });

  test('9.11 say it of a kept answer, too, which costs nothing', async () => {
    const [gateway, server] = await priced({ clients: [alice(40 * ONE_ANSWER)], route: cached() });
    const paid = await askFor(gateway, steady({ client: ALICE }));
    for (const stream of [false, true]) {
      const kept = await askFor(gateway, steady({ client: ALICE, stream }));
      expect(cacheOf(kept)).toEqual([200, 'hit']);
      expect(kept.header('x-sluice-budget-remaining-usd')).toBe('0.000975');
      expect(kept.header('x-sluice-budget-reset')).toBe(paid.header('x-sluice-budget-reset'));
    }
    expect(server.turns.length).toBe(1);
  });

  test('9.11 say nothing of it with a kept answer while nobody knows what was spent before', async () => {
    const clients = [alice(40 * ONE_ANSWER)];
    const [gateway] = await priced({
      clients,
      route: cached(),
      spending: { since: () => Promise.resolve(undefined) },
    });
    const question = steady({ client: ALICE });
    await askFor(gateway, question);
    const kept = await askFor(gateway, question);
    expect([...cacheOf(kept), kept.header('x-sluice-budget-remaining-usd')]).toEqual([200, 'hit', undefined]);
  });

  test('9.11 of others have none of it', async () => {
    const [gateway] = await priced({});
    const answer = await askFor(gateway);
    expect(answer.rawHeaders.filter((name) => name.startsWith('x-sluice-budget'))).toEqual([]);
  });
});

describe('what a budget cannot count', () => {
  test('9.11 a model without a price is refused, unless that is allowed', async () => {
    const [gateway, server] = await priced({ clients: [alice(ONE_ANSWER)] });
    const refused = await askFor(gateway, { client: ALICE, model: 'unpriced-1' });
    expect([refused.status, refused.header('x-sluice-error'), server.turns.length]).toEqual([
      403,
      'price_unknown',
      0,
    ]);
    gateway.settings = { ...gateway.settings, clients: [alice(ONE_ANSWER, { unpricedModels: 'allow' })] };
    const answers = await askTimes(gateway, 3, { client: ALICE, model: 'unpriced-1' });
    expect(served(answers)).toBe(3);
    expect(gateway.closed.at(-1)?.cost?.state).toBe('unpriced');
    expect(answers[0]?.header('x-sluice-cost-usd')).toBeUndefined();
  });

  test('9.11 of several upstreams only those are asked whose price is known', async () => {
    const [dear, cheap] = [await provider(), await provider()];
    const gateway = await gatewayWith({
      prices: { of: (upstream) => (upstream.id === 'known' ? PRICES.of(upstream, 'm', 0) : undefined) },
      upstreams: [
        { id: 'unknown', origin: dear.origin, priority: 5 },
        { id: 'known', origin: cheap.origin },
      ],
      clients: [alice(10 * ONE_ANSWER)],
    });
    expect(served(await askTimes(gateway, 3, asking))).toBe(3);
    expect([dear.turns.length, cheap.turns.length]).toEqual([0, 3]);
  });

  test('9.11 a count of tokens is free', async () => {
    const [gateway] = await priced({ clients: [alice(0)] }, (turn) => turn.whole(200, '{"input_tokens":3}'));
    const sending = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
    const { ask } = await import('../kit/client.ts');
    const counted = await ask(gateway.port, {
      path: '/v1/messages/count_tokens',
      headers: ['x-api-key', ALICE],
      body: JSON.stringify(sending),
    });
    expect(counted.status).toBe(200);
    expect(gateway.closed.at(-1)?.cost).toBeUndefined();
  });
});

describe('over a restart', () => {
  test('9.11 what was spent stays spent', async () => {
    const state = stateInMemory();
    const clients = [alice(2 * ONE_ANSWER)];
    const [before] = await priced({ clients, state });
    expect((await askFor(before, { client: ALICE })).status).toBe(200);
    await before.stop();
    const [after] = await priced({ clients, state });
    await after.app.restore();
    expect((await askTimes(after, 2, { client: ALICE })).map(({ status }) => status)).toEqual([200, 429]);
  });

  test('9.11 the ledger is asked once, and believed where it knows of more', async () => {
    let questions = 0;
    const spending = {
      since: (id: string, since: readonly number[]) => {
        questions += 1;
        expect(id).toBe('alice');
        return Promise.resolve(since.map(() => ONE_ANSWER));
      },
    };
    const [gateway] = await priced({ clients: [alice(2 * ONE_ANSWER)], spending });
    const answers = await askTimes(gateway, 3, { client: ALICE });
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429]);
    expect(questions).toBe(1);
  });

  test('9.11 a ledger that cannot say keeps nobody waiting', async () => {
    const [gateway] = await priced({
      clients: [alice(ONE_ANSWER)],
      spending: { since: () => Promise.resolve(undefined) },
    });
    expect((await askTimes(gateway, 2, { client: ALICE })).map(({ status }) => status)).toEqual([200, 429]);
  });
});
