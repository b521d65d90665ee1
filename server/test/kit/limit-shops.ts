// Stores of shared limits for the tests of their contract: each a shop at which several gateways ask.

import { randomUUID } from 'node:crypto';
import type { LimitStore } from '../../src/exchange/ports.ts';
import { MemoryLimits } from '../../src/stores/memory/shared-limits.ts';
import { createRedisConnection, type RedisConnection } from '../../src/stores/redis/connection.ts';
import { createRedisLimits } from '../../src/stores/redis/limits.ts';
import { limitStoreOver, serveLimits } from '../../src/workers/limits-line.ts';
import { createLine } from '../../src/workers/line.ts';
import { type PipePair, pipePair } from './pipe-pair.ts';

/** A store for several gateways, whose time a test moves. */
export interface Shop {
  store(): LimitStore;
  /** Moves the clock of the store, and of everyone with it. */
  shiftMs: number;
  close(): Promise<void>;
}

export function memoryShop(): Shop {
  const shop = { shiftMs: 0, store: () => shared.store(), close: () => Promise.resolve() };
  const shared = new MemoryLimits(() => Date.now() + shop.shiftMs);
  return shop;
}

/** As between the processes of one machine: each asks over a line of its own. */
export function lineShop(): Shop {
  const shared = memoryShop();
  const pairs: PipePair[] = [];
  return {
    get shiftMs() {
      return shared.shiftMs;
    },
    set shiftMs(shiftMs) {
      shared.shiftMs = shiftMs;
    },
    store: () => {
      const pair = pipePair();
      pairs.push(pair);
      serveLimits(createLine(pair.left), shared.store());
      return limitStoreOver(createLine(pair.right));
    },
    close: () => {
      for (const pair of pairs) pair.cut();
      return shared.close();
    },
  };
}

/** On a real server. */
export function redisShop(url: string): Shop {
  const connections: RedisConnection[] = [];
  const prefix = `test-${randomUUID()}`;
  const shop: Shop = {
    shiftMs: 0,
    store: () => {
      const connection = createRedisConnection({ url, log: { warn: () => undefined } });
      connections.push(connection);
      return createRedisLimits({ connection, prefix, shiftMs: () => shop.shiftMs, limitMs: 5_000 });
    },
    close: () => {
      for (const connection of connections) connection.close();
      return Promise.resolve();
    },
  };
  return shop;
}
