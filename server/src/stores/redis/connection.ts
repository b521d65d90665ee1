// The connection to a Redis or Valkey server that several parts of the gateway share. Whatever becomes of that server, a
// question loses at most a twentieth of a second, and only the first one does: from then on nobody waits, and the server
// is asked in the background until it answers again.

import type { Redis } from 'ioredis';
import type { Log } from '../../exchange/ports.ts';
import { createSubscriber, type Subscriber } from './subscriber.ts';

/** In place of an answer: the server is away, silent, or has refused the question. */
export const FAILED: unique symbol = Symbol('failed');

/** How it is made. */
export interface RedisConnectionOptions {
  /** redis:// or rediss:// */
  readonly url: string;
  readonly log: Pick<Log, 'warn'>;
  /** The longest that one question may take; 50 ms unless told otherwise. */
  readonly limitMs?: number | undefined;
}

/** Connects when it is first used, and stays connected from then on. */
export interface RedisConnection {
  /** False while nobody is to be asked. */
  readonly up: boolean;
  /**
   * Runs one question within the limit (50 ms where none is given); FAILED when the server is away or silent. Never
   * rejects. The very first questions wait for the connection, no longer than that; later ones never do.
   */
  ask<T>(work: (client: Redis) => Promise<T>, limitMs?: number): Promise<T | typeof FAILED>;
  /** Called each time the server has come (back), and each time that it was doubted without reason. */
  onUp(listener: () => void): void;
  /** Called each time it is found to be away or silent. */
  onDown(listener: () => void): void;
  /**
   * Hears what is published, over a second connection that is made on demand and kept alive like the first. Nothing is
   * heard while it is lost; `subscribed` is called each time that listening has begun (again).
   */
  subscribe(channel: string, listener: (message: string) => void, subscribed?: () => void): void;
  /** Another connection has found the server silent: this one is not asked either, unless it shows at once that it lives. */
  doubt(): void;
  close(): void;
}

const LIMIT_MS = 50;
/** How often a server that does not answer is asked whether it is back, and how long a connection may take. */
const PROBE_MS = 500;
/** A server that is silent for so many probes is given a new connection: the old one may lead nowhere. */
const PROBES = 4;
/** Between two warnings lies at least this, so that a server that comes and goes does not fill the log. */
const WARN_EVERY_MS = 60_000;

/** Makes it. Nothing is loaded or connected before it is first asked. */
export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  return new Connection(options);
}

class Connection implements RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #limitMs: number;
  readonly #ups: (() => void)[] = [];
  readonly #downs: (() => void)[] = [];
  #client: Redis | undefined;
  #connecting: Promise<void> | undefined;
  #subscriber: Subscriber | undefined;
  #up = false;
  /** What the listeners were told last. */
  #toldUp = false;
  #closed = false;
  #warnedMs = -WARN_EVERY_MS;
  /** The log says that it does not answer. */
  #saidAway = false;
  #silent = 0;
  #probe: NodeJS.Timeout | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#limitMs = options.limitMs ?? LIMIT_MS;
  }

  get up(): boolean {
    return this.#up;
  }

  async ask<T>(
    work: (client: Redis) => Promise<T>,
    limitMs: number = this.#limitMs,
  ): Promise<T | typeof FAILED> {
    if (this.#closed) return FAILED;
    if (!this.#up && this.#first() && (await within(this.#connect(), this.#limitMs)) === FAILED)
      this.#watch();
    const client = this.#client;
    if (!this.#up || client === undefined) return FAILED;
    try {
      const answer = await within(work(client), limitMs);
      if (answer === FAILED) this.#lost(new Error(`no answer within ${limitMs} ms`));
      return answer;
    } catch (error) {
      // A refusal is an answer, too, and came at once: it is no reason to leave the others without the server.
      if (isRefusal(error)) this.#warn(error);
      else this.#lost(error);
      return FAILED;
    }
  }

  onUp(listener: () => void): void {
    this.#ups.push(listener);
  }

  onDown(listener: () => void): void {
    this.#downs.push(listener);
  }

  subscribe(channel: string, listener: (message: string) => void, subscribed?: () => void): void {
    if (this.#closed) return;
    this.#subscriber ??= createSubscriber(() => this.#open(), PROBE_MS);
    this.#subscriber.subscribe(channel, listener, subscribed);
  }

  doubt(): void {
    if (!this.#up) return;
    this.#up = false;
    clearTimeout(this.#probe);
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
    this.#up = false;
    clearTimeout(this.#probe);
    this.#client?.disconnect();
    this.#subscriber?.close();
  }

  // --------------------------------------------------------------------------------------- coming and going

  /** Nothing is known of the server yet: neither has it ever answered, nor failed to. */
  #first(): boolean {
    return this.#probe === undefined && this.#warnedMs < 0;
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#begin();
    return this.#connecting;
  }

  async #begin(): Promise<void> {
    try {
      const client = await this.#open();
      if (client === undefined) return;
      this.#client = client;
      client.on('error', (error) => this.#lost(error));
      client.on('close', () => this.#lost(new Error('the connection was closed')));
      client.on('ready', () => this.#back());
      await client.connect();
    } catch (error) {
      this.#lost(error);
    }
  }

  /** A client that is not connected yet. */
  async #open(): Promise<Redis | undefined> {
    const { Redis: Client } = await import('ioredis');
    if (this.#closed) return undefined;
    return new Client(this.#options.url, {
      lazyConnect: true,
      connectTimeout: PROBE_MS,
      disconnectTimeout: PROBE_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      retryStrategy: (times) => Math.min(100 * times, 1_000),
    });
  }

  #back(): void {
    if (this.#closed) return;
    this.#up = true;
    this.#toldUp = true;
    this.#silent = 0;
    clearTimeout(this.#probe);
    this.#probe = undefined;
    if (this.#saidAway)
      this.#options.log.warn(`The Redis server at ${placeOf(this.#options.url)} answers again.`);
    this.#saidAway = false;
    for (const listener of this.#ups) listener();
  }

  /** From here on nobody waits for it; what it says is known by probes. */
  #lost(error: unknown): void {
    const wasUp = this.#toldUp;
    this.#up = false;
    this.#toldUp = false;
    if (this.#closed) return;
    this.#warn(error);
    this.#watch();
    if (wasUp) for (const listener of this.#downs) listener();
  }

  #watch(): void {
    if (!this.#up && !this.#closed) this.#probe ??= setTimeout(() => void this.#ask(), PROBE_MS).unref();
  }

  #warn(error: unknown): void {
    const nowMs = performance.now();
    if (this.#warnedMs >= 0 && nowMs - this.#warnedMs < WARN_EVERY_MS) return;
    this.#warnedMs = nowMs;
    this.#saidAway = !isRefusal(error);
    const what = this.#saidAway ? 'does not answer' : 'refuses what it is asked';
    const message = `The Redis server at ${placeOf(this.#options.url)} ${what}; the memory of this gateway stands in until it does.`;
    this.#options.log.warn(message, { error: error instanceof Error ? error.message : String(error) });
  }

  /** A connection that was lost is made again by the client itself, and `ready` tells of it. */
  async #ask(): Promise<void> {
    this.#probe = undefined;
    const client = this.#client;
    if (client === undefined || this.#up || this.#closed) return;
    if (client.status === 'ready') {
      const answer = await within(client.ping(), this.#limitMs).catch(() => FAILED);
      if (answer !== FAILED) {
        this.#back();
        return;
      }
    }
    // Also one that was opened and never greeted may lead nowhere.
    const open = client.status === 'ready' || client.status === 'connect';
    this.#silent = open ? this.#silent + 1 : 0;
    if (this.#silent >= PROBES) {
      this.#silent = 0;
      client.disconnect(true);
    }
    this.#lost(new Error('silent'));
  }
}

/** The server itself has said no. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Host and port of a URL, without what is secret in it. */
function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '6379' : port}`;
}

/**
 * What was asked, or FAILED after the limit; rejects when it was refused in time. When the process itself was held up, the
 * answer may be there, unread: it is looked for once more before the server is blamed.
 */
export function within<T>(asked: Promise<T>, limitMs: number): Promise<T | typeof FAILED> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(resolve, FAILED), limitMs).unref();
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
