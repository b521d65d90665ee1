// Idle connections, kept per destination and reused last in, first out: the one that rested shortest is the least likely
// to have been closed by the server, and the surplus of a burst ages away.

import type { Destination } from '../../exchange/ports.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Quarantine } from './quarantine.ts';
import { type Endpoint, readEndpoint } from './socket-step.ts';

/** Connections to one destination. */
export interface Pool {
  readonly destination: Destination;
  readonly endpoint: Endpoint;
  readonly idle: Connection[];
  /** Makes a connection without a socket that comes back to this pool. */
  connection(): Connection;
  /** The last TLS session of the server. */
  session: Buffer | undefined;
  lastUsedMs: number;
}

/** How long connections rest and wait. */
export interface PoolTimes {
  /** Silence after an answer before a connection may carry another request. */
  readonly quarantineMs: number;
  /** Longest wait for the next request; less where the server announces less. */
  readonly idleMs: number;
}

const SWEEP_MS = 500;
/** How much earlier than the server we give an idle connection up. */
const HINT_MARGIN_MS = 500;
/** A destination without traffic is forgotten, its TLS session included, after this time. */
const FORGET_MS = 600_000;

/** All pools of a transport. */
export class Pools {
  private readonly times: PoolTimes;
  private readonly pools = new Map<string, Pool>();
  private readonly quarantine: Quarantine;
  private sweepTimer: NodeJS.Timeout | undefined = undefined;
  private closed = false;

  constructor(times: PoolTimes) {
    this.times = times;
    this.quarantine = new Quarantine(times.quarantineMs);
  }

  /** The pool of a destination, or undefined when its origin is not an http or https URL. */
  at(destination: Destination): Pool | undefined {
    const { origin, proxy } = destination;
    const key = proxy === undefined ? origin : `${origin} ${proxy}`;
    return this.pools.get(key) ?? this.make(key, destination);
  }

  /** The idle connection that rested shortest. */
  take(pool: Pool, nowMs: number): Connection | undefined {
    pool.lastUsedMs = nowMs;
    for (let connection = pool.idle.pop(); connection !== undefined; connection = pool.idle.pop()) {
      if (connection.usable && nowMs < connection.expiresMs) return connection;
      connection.destroy();
    }
    return undefined;
  }

  /** Closes every connection that carries no request, and each other one when its answer is complete. */
  close(): void {
    this.closed = true;
    clearTimeout(this.sweepTimer);
    this.quarantine.clear();
    for (const pool of this.pools.values())
      for (const connection of pool.idle.splice(0)) connection.destroy();
  }

  private make(key: string, destination: Destination): Pool | undefined {
    const endpoint = readEndpoint(destination.origin);
    if (endpoint === undefined) return undefined;
    const owner: ConnectionOwner = {
      rest: (connection) => {
        if (this.closed) connection.destroy();
        else this.quarantine.add(connection);
      },
      rested: (connection) => this.settle(pool, connection),
      gone: (connection) => {
        const index = pool.idle.indexOf(connection);
        if (index >= 0) pool.idle.splice(index, 1);
      },
    };
    const pool: Pool = {
      destination,
      endpoint,
      idle: [],
      connection: () => new Connection(endpoint.label, owner),
      session: undefined,
      lastUsedMs: performance.now(),
    };
    this.pools.set(key, pool);
    return pool;
  }

  /** A connection has been silent long enough. */
  private settle(pool: Pool, connection: Connection): void {
    const hint = connection.keepAliveSeconds;
    const waitMs =
      hint === undefined ? this.times.idleMs : Math.min(this.times.idleMs, hint * 1000 - HINT_MARGIN_MS);
    if (waitMs <= 0) {
      connection.destroy();
      return;
    }
    connection.expiresMs = performance.now() + waitMs;
    pool.idle.push(connection);
    this.sweepTimer ??= setTimeout(this.sweep, SWEEP_MS).unref();
  }

  private readonly sweep = (): void => {
    const nowMs = performance.now();
    let more = false;
    for (const [key, pool] of this.pools) {
      const expired = pool.idle.filter((connection) => connection.expiresMs <= nowMs);
      for (const connection of expired) connection.destroy();
      if (pool.idle.length > expired.length || nowMs - pool.lastUsedMs < FORGET_MS) more = true;
      else this.pools.delete(key);
    }
    if (more) this.sweepTimer?.refresh();
    else this.sweepTimer = undefined;
  };
}
