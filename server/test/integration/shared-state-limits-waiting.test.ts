// What may happen to a request while the store of shared limits makes up its mind (features 16.7): its client leaves, another
// attempt wins, the gateway stops. Whatever was taken comes back, and nothing is sent that nobody waits for.

import { describe, expect, test } from 'vitest';
import type { LimitStore, StoreTaken } from '../../src/exchange/ports.ts';
import { MemoryLimits } from '../../src/stores/memory/shared-limits.ts';
import { askFor, beginFor, secretsOf } from '../kit/asking.ts';
import { until } from '../kit/client.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

const ALICE = 'key-of-alice';

/** A store that answers when a test lets it. */
interface Gate {
  readonly gateway: Gateway;
  readonly server: FaultUpstream;
  /** Questions that wait for an answer. */
  readonly asked: (() => void)[];
  /** From here on it answers at once. */
  open(): void;
  /** What runs at the place, as the store counts. */
  running(place: string): Promise<number>;
}

async function gated(setup: Partial<GatewaySetup> = {}, upstream = {}): Promise<Gate> {
  const memory = new MemoryLimits(() => Date.now());
  const store = memory.store();
  const asked: (() => void)[] = [];
  let isOpen = false;
  const limitStore: LimitStore = {
    ...store,
    take: (take) =>
      new Promise<StoreTaken | undefined>((resolve) => {
        const answer = (): void => void store.take({ ...take, notAfterMs: Infinity }).then(resolve);
        if (isOpen) answer();
        else asked.push(answer);
      }),
  };
  const server = await provider();
  const gateway = await gatewayWith({
    ...setup,
    upstreams: [{ origin: server.origin, keyLimits: { concurrency: 2, rpm: 50 }, ...upstream }],
    parts: { limitStore },
  });
  await gateway.app.restore();
  return {
    gateway,
    server,
    asked,
    open: () => {
      isOpen = true;
      for (const answer of asked.splice(0)) answer();
    },
    running: async (place) => {
      const beaten = await memory.store().beat({ life: 'looker', joins: true, epoch: '', window: 'sliding' });
      return beaten?.totals.find(([name]) => name === place)?.[1].running ?? 0;
    },
  };
}

/** The gateway has noticed that its client has left. */
async function unconnected({ app }: Gateway): Promise<void> {
  for (let open = 1; open > 0; ) {
    open = await new Promise<number>((resolve) =>
      app.edge.server.getConnections((_, count) => resolve(count)),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const KEY = 'key\none\nk1';

describe('while the store of shared limits makes up its mind', () => {
  test('16.7 a client may leave: nothing is sent, and its room comes back', async () => {
    const { gateway, server, asked, open, running } = await gated();
    const call = beginFor(gateway);
    await until(() => asked.length === 1);
    call.leave('reset');
    await unconnected(gateway);
    open();
    await until(() => gateway.closed.length === 1);
    expect(gateway.closed[0]).toMatchObject({ status: 499, attempts: 0 });
    expect(server.turns).toHaveLength(0);
    expect(await running(KEY)).toBe(0);
    expect(gateway.app.memory.pool.places.at('key', 'one', 'k1').inFlight).toBe(0);
    expect((await askFor(gateway)).status).toBe(200);
  });

  test('16.7 a client with limits may leave before it is let in', async () => {
    const { gateway, server, asked, open, running } = await gated(
      { clients: [{ ...clientWithKey('alice', ALICE), limits: { concurrency: 1 } }] },
      { keyLimits: undefined },
    );
    const call = beginFor(gateway, { client: ALICE });
    await until(() => asked.length === 1);
    call.leave('reset');
    await unconnected(gateway);
    open();
    await until(() => gateway.closed.length === 1);
    expect([gateway.closed[0]?.status, server.turns.length]).toEqual([499, 0]);
    expect(await running('client\nalice')).toBe(0);
    expect((await askFor(gateway, { client: ALICE })).status).toBe(200);
  });

  test('16.7 the gateway may stop: the client is told, and what was taken comes back', async () => {
    const { gateway, server, asked, open, running } = await gated();
    const answer = askFor(gateway);
    await until(() => asked.length === 1);
    const stopped = gateway.stop();
    const { status } = await answer;
    expect(status).toBe(503);
    open();
    await stopped;
    expect(server.turns).toHaveLength(0);
    await until(() => gateway.app.memory.pool.places.at('key', 'one', 'k1').inFlight === 0);
    expect(await running(KEY)).toBe(0);
  });

  test('16.7 of attempts in a race, one that is let in after another has won is never sent', async () => {
    const { gateway, server, asked, open } = await gated(
      { route: { dispatch: { type: 'race', maxParallel: 2 } } },
      { secrets: ['sk-aaaaaaaaaaaa', 'sk-bbbbbbbbbbbb'] },
    );
    const answer = askFor(gateway, { stream: true });
    await until(() => asked.length === 1);
    asked.shift()?.();
    // The second one is asked for when the first is on its way.
    await until(() => asked.length === 1);
    const { places } = gateway.app.memory.pool;
    const hasBegun = (key: string): boolean => places.lane('one', key, 'm').ttft.ms !== undefined;
    await until(() => hasBegun('k1') || hasBegun('k2'));
    open();
    expect((await answer).status).toBe(200);
    await until(() => gateway.closed.length === 1);
    expect([secretsOf(server).length, gateway.closed[0]?.attempts]).toEqual([1, 1]);
    for (const key of ['k1', 'k2'])
      expect(gateway.app.memory.pool.places.at('key', 'one', key).inFlight).toBe(0);
  });

  test('16.7 a gateway whose places have no limits asks nobody', async () => {
    const { gateway, asked } = await gated({}, { keyLimits: undefined });
    expect((await askFor(gateway)).status).toBe(200);
    expect(asked).toHaveLength(0);
  });
});
