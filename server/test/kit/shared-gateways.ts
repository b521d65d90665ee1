// Several gateways in one process that share limits through one real Redis server, each with a connection of its own.

import { randomUUID } from 'node:crypto';
import { createRedisConnection } from '../../src/stores/redis/connection.ts';
import { createRedisLimits } from '../../src/stores/redis/limits.ts';
import { type Gateway, type GatewaySetup, settingsOf } from './gateway.ts';
import { gatewayWith } from './setting.ts';

/** How they are started. */
export interface SharedSetup {
  readonly url: string;
  readonly count: number;
  /** How long one question to the server may take; as in life where absent. */
  readonly limitMs?: number;
  readonly prefix?: string;
  /** How many there are, for those that cannot ask. */
  readonly instances?: number;
}

/** Patience of tests that are not about a server that is slow: the machine may be. */
export const PATIENT_MS = 5_000;

/** Starts them; each has joined the others. */
export async function sharedGateways(
  { url, count, limitMs, prefix = `test-${randomUUID()}`, instances }: SharedSetup,
  setup: GatewaySetup,
): Promise<Gateway[]> {
  const gateways: Gateway[] = [];
  for (let one = 0; one < count; one++) {
    const connection = createRedisConnection({ url, log: { warn: () => undefined } });
    const store = createRedisLimits({ connection, prefix, ...(limitMs === undefined ? {} : { limitMs }) });
    const gateway = await gatewayWith({
      ...setup,
      parts: {
        ...setup.parts,
        ...(instances === undefined
          ? {}
          : { settings: () => ({ ...settingsOf(setup), state: { url, prefix, instances, timeoutMs: 50 } }) }),
        limitStore: {
          ...bound(store),
          get up() {
            return store.up;
          },
          close: () => {
            store.close();
            connection.close();
          },
        },
      },
    });
    await gateway.app.restore();
    gateways.push(gateway);
  }
  return gateways;
}

/** Its methods, so that one can be put in the place of another. */
function bound(store: ReturnType<typeof createRedisLimits>): typeof store {
  return {
    up: false,
    idOf: (place) => store.idOf?.(place) ?? place,
    onUp: (listener) => store.onUp(listener),
    take: (take) => store.take(take),
    settle: (settle) => store.settle(settle),
    push: (push) => store.push(push),
    pushMoney: (push) => store.pushMoney(push),
    beat: (beat) => store.beat(beat),
    leave: (life) => store.leave(life),
    tell: (news) => store.tell(news),
    kept: () => store.kept(),
    onNews: (listener) => store.onNews(listener),
    close: () => store.close(),
  };
}
