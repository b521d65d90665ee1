// Money over a stop of the gateway and over changes of its configuration (features 9.11, BAR 5): nothing that was reserved
// is lost or kept, whatever was under way.

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { spendingFrom } from '../../src/exchange/money/ask-spending.ts';
import type { LedgerClosing } from '../../src/exchange/ports.ts';
import { openStores } from '../../src/stores/open.ts';
import { askFor, beginFor, stateInMemory } from '../kit/asking.ts';
import { type Received, until } from '../kit/client.ts';
import type { Gateway } from '../kit/gateway.ts';
import { ALICE, alice, nano, ONE_ANSWER, PRICES, sumOf } from '../kit/money.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';
import { temporaryFolder } from '../stores/folder.ts';

const DAY = { period: 'day', nanoUsd: 0, warnAt: 1, status: 429 } as const;
const purseOf = (gateway: Gateway) =>
  gateway.app.memory.pool.places.at('client', 'alice').purse?.look([DAY], 'UTC', Date.now())[0];

describe('a gateway that stops', () => {
  test.each(['error', 'resume'] as const)(
    '9.11 saves what streams have cost that it ends, and nothing more (after a broken stream: %s)',
    async (streamFailure) => {
      const state = stateInMemory();
      const server = await provider((turn) => {
        turn.head(200, { 'Content-Type': 'text/event-stream' });
        const wire = wires[turn.dialect];
        for (const event of wire.events(turn.model, turn.text).slice(0, wire.prelude + 2)) turn.piece(event);
      });
      const gateway = await gatewayWith({
        prices: PRICES,
        state,
        upstreams: [{ origin: server.origin, secrets: ['sk-aaaaaaaaaaaa', 'sk-bbbbbbbbbbbb'] }],
        route: { streamFailure },
        clients: [alice(1e9)],
      });
      const calls = (['openai-chat', 'anthropic-messages', 'openai-responses', 'gemini'] as const).map(
        (dialect) => beginFor(gateway, { client: ALICE, dialect, stream: true }),
      );
      await Promise.all(calls.map(({ head }) => head));
      await gateway.stop();
      // Nobody is asked to go on with what is about to end.
      expect(server.turns.length).toBe(calls.length);
      for (const { done } of calls) {
        const answer = await done;
        expect([answer.end, answer.text().includes('stopping')]).toEqual(['clean', true]);
      }
      expect(gateway.closed.map(({ errorCode }) => errorCode)).toEqual(calls.map(() => 'shutting_down'));
      const spent = sumOf(gateway.closed.map(({ cost }) => cost));
      expect(spent).toBeGreaterThan(0);
      expect(purseOf(gateway)).toMatchObject({ spentNanoUsd: spent, heldNanoUsd: 0 });
      const saved = [...state.saved.values()].find(({ key }) => key.includes('alice'));
      expect(JSON.parse(saved?.text ?? '{}').day.nanoUsd).toBe(spent);
    },
  );

  test('9.11 asks nobody for requests that it lets in while it stops, and keeps nothing of their money', async () => {
    const state = stateInMemory();
    const server = await provider(() => {});
    const gateway = await gatewayWith({
      prices: PRICES,
      state,
      upstreams: [{ origin: server.origin }],
      clients: [alice(1e9)],
      spending: {
        since: (_, since) => new Promise((done) => setTimeout(() => done(since.map(() => 0)), 300)),
      },
    });
    const call = beginFor(gateway, { client: ALICE });
    await until(() => gateway.opened.length === 1);
    await gateway.stop();
    expect((await call.done).status).toBe(503);
    expect(server.turns.length).toBe(0);
    expect(gateway.closed).toMatchObject([{ errorCode: 'shutting_down' }]);
    const saved = [...state.saved.values()].find(({ key }) => key.includes('alice'));
    expect(JSON.parse(saved?.text ?? '{"day":{"nanoUsd":0}}').day.nanoUsd).toBe(0);
  });
});

describe('one budget for 1,000 requests', () => {
  test('9.11 is kept to while it is lowered and raised, and over a restart in the midst', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const server = await provider((turn) => void setTimeout(() => turn.healthy(), 5));
    const rows: LedgerClosing[] = [];
    const started = async (nanoUsd: number) => {
      const stores = await openStores({ location: path, retentionDays: 0, onTrouble: () => undefined });
      if (!stores.ok) throw new Error(stores.message);
      onTestFinished(() => stores.ledger.shut());
      const gateway = await gatewayWith({
        prices: PRICES,
        upstreams: [{ origin: server.origin }],
        clients: [alice(nanoUsd)],
        state: stores.state,
        spending: spendingFrom(stores.queries, stores.ledger),
        observers: [{ closed: (_, closing) => void rows.push(closing) }],
        parts: { ledger: stores.ledger },
      });
      await gateway.app.restore();
      return { gateway, stores };
    };
    const spent = (): number => sumOf(rows.map(({ cost }) => cost));
    const burst = (gateway: Gateway, count: number): Promise<Received>[] =>
      Array.from({ length: count }, (_, index) =>
        askFor(gateway, { client: ALICE, stream: index % 2 === 0, members: { max_tokens: 7 } }),
      );
    const limited = (gateway: Gateway, nanoUsd: number): void => {
      gateway.settings = { ...gateway.settings, clients: [alice(nanoUsd)] };
    };

    const first = await started(60 * ONE_ANSWER);
    const early = burst(first.gateway, 250);
    await until(() => rows.length > 10);
    // What runs may end; nothing new is begun until there is room below the lower limit, and there is none.
    limited(first.gateway, 0);
    await Promise.all(early);
    const low = spent();
    expect(low).toBeLessThanOrEqual(60 * ONE_ANSWER);
    const refused = await Promise.all(burst(first.gateway, 50));
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 429));
    expect(spent()).toBe(low);
    limited(first.gateway, 100 * ONE_ANSWER);
    const late = burst(first.gateway, 300);
    await until(() => rows.length > 320);
    await first.gateway.stop();
    await Promise.all(late);
    const known = purseOf(first.gateway);
    expect(known).toMatchObject({ spentNanoUsd: spent(), heldNanoUsd: 0 });
    await first.stores.ledger.shut();

    const second = await started(100 * ONE_ANSWER);
    expect(purseOf(second.gateway)?.spentNanoUsd).toBe(spent());
    for (let round = 0; round < 4; round++) await Promise.all(burst(second.gateway, 100));
    expect(spent()).toBeLessThanOrEqual(100 * ONE_ANSWER);
    // All of the money could be used.
    expect(spent()).toBeGreaterThan(100 * ONE_ANSWER - nano(11 + 20, 7));
    expect(purseOf(second.gateway)).toMatchObject({ spentNanoUsd: spent(), heldNanoUsd: 0 });
  }, 60_000);
});
