// Several gateways in one process that share notes, kept texts and kept answers through one real Redis.

import { afterEach } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openSharedState, type SharedState } from '../../src/stores/shared-state.ts';
import { eventually } from './eventually.ts';
import { FakeKeep } from './fake-ports.ts';
import type { Gateway, GatewaySetup } from './gateway.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { gatewayWith } from './setting.ts';

/** One of several gateways. */
export interface Instance {
  readonly gateway: Gateway;
  readonly shared: SharedState;
  /** It has the server, for short questions and for texts. */
  readonly connected: boolean;
  /** It has lost the server, for both. */
  readonly alone: boolean;
  /** Resolves when all that it has told so far has arrived. */
  settled(): Promise<void>;
}

let server: RedisServer | undefined;
const opened: SharedState[] = [];

afterEach(async () => {
  for (const shared of opened.splice(0)) shared.close();
  await server?.stop();
  server = undefined;
});

/** The server of a test; stopped after it. */
export async function sharedRedis(): Promise<RedisServer> {
  server = await startRedis();
  return server;
}

/** A gateway that may not have found the server yet. */
export async function startApart(
  { url }: Pick<RedisServer, 'url'>,
  setup: GatewaySetup,
  limitMs = 50,
): Promise<Instance> {
  const shared = openSharedState({
    state: { url, prefix: 'sluice' },
    cache: { url, maxBytes: 1_048_576, maxEntryBytes: 1_048_576 },
    keep: new FakeKeep(),
    clock: systemClock,
    log: { warn: () => undefined },
    limitMs,
  });
  opened.push(shared);
  const { connection, notes: sharedNotes, keep, answers } = shared;
  const gateway = await gatewayWith({ ...setup, keep, answers, parts: { ...setup.parts, sharedNotes } });
  const settled = async (): Promise<void> => {
    await connection?.ask((client) => client.ping());
    await answers.get('what was told before is there by now', true);
  };
  void settled();
  return {
    gateway,
    shared,
    get connected() {
      return connection?.up === true && answers.stats().connected;
    },
    get alone() {
      return connection?.up !== true && !answers.stats().connected;
    },
    settled,
  };
}

/** For tests in which the server is well, however slow the machine is. */
export const PATIENT_MS = 5_000;

/** Gateways that are connected to the server, all of one configuration. */
export async function gatewaysOn(
  redis: Pick<RedisServer, 'url'>,
  count: number,
  setup: GatewaySetup,
  limitMs?: number,
): Promise<readonly Instance[]> {
  const instances = await Promise.all(Array.from({ length: count }, () => startApart(redis, setup, limitMs)));
  await connected(instances);
  return instances;
}

/** Waits until all of them have the server. */
export function connected(instances: readonly Instance[]): Promise<void> {
  return eventually(() => instances.every((one) => one.connected));
}
