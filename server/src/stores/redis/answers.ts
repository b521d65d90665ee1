// Answers that may be given again, in a Redis or Valkey server that several gateways can share. Whatever becomes of that
// server, a request loses at most a twentieth of a second: while it does not answer, memory stands in, and it is asked
// again in the background until it does.

import type { Redis } from 'ioredis';
import type { AnswerCache, CachedAnswer, CacheStats, Clock, Log, PurgeWish } from '../../exchange/ports.ts';
import { isMeant, type MemoryAnswers } from '../memory/answers.ts';
import { headLength, readAnswer, readHead, writeAnswer } from './answer-text.ts';

/** How it is made. */
export interface RedisAnswersOptions {
  /** redis:// or rediss:// */
  readonly url: string;
  /** Stands in. */
  readonly memory: MemoryAnswers;
  readonly clock: Pick<Clock, 'epochMs'>;
  readonly log: Pick<Log, 'warn'>;
}

/** The longest that one question to the server may take. */
const LIMIT_MS = 50;
/** How often a server that does not answer is asked whether it is back, and how long a connection may take. */
const PROBE_MS = 500;
/** A server that is silent for so many probes is given a new connection: the old one may lead nowhere. */
const PROBES = 4;
/** Behind it the digest of the question; nobody can read a question from a name. */
const PREFIX = 'sluice:answer:1:';
const SCAN_COUNT = 500;

/** Connects when it is first used. */
export class RedisAnswers implements AnswerCache {
  readonly #options: RedisAnswersOptions;
  #client: Redis | undefined;
  #connecting: Promise<void> | undefined;
  #up = false;
  #warned = false;
  #closed = false;
  #silent = 0;
  #probe: NodeJS.Timeout | undefined;
  #hits = 0;
  #misses = 0;
  #stored = 0;

  constructor(options: RedisAnswersOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<CachedAnswer | undefined> {
    const client = await this.#usable();
    if (client === undefined) return this.#counted(await this.#options.memory.get(key));
    const text = await this.#within(client.get(PREFIX + key));
    // It has just fallen silent: perhaps memory knows.
    if (text === FAILED) return this.#counted(await this.#options.memory.get(key));
    const answer = text === null ? undefined : readAnswer(text);
    const lives = answer !== undefined && answer.expiresAtMs > this.#options.clock.epochMs();
    return this.#counted(lives ? answer : undefined);
  }

  put(key: string, answer: CachedAnswer): void {
    this.#stored++;
    const livesMs = Math.ceil(answer.expiresAtMs - this.#options.clock.epochMs());
    if (livesMs <= 0) return;
    const client = this.#up ? this.#client : undefined;
    if (client !== undefined) {
      this.#send(client, key, answer, livesMs);
      return;
    }
    this.#options.memory.put(key, answer);
    // The first answers are there before the first connection is.
    void this.#connect().then(() => {
      if (this.#up && this.#client !== undefined) this.#send(this.#client, key, answer, livesMs);
    });
  }

  #send(client: Redis, key: string, answer: CachedAnswer, livesMs: number): void {
    void this.#within(client.set(PREFIX + key, writeAnswer(answer), 'PX', livesMs)).then((done) => {
      if (done === FAILED) this.#options.memory.put(key, answer);
    });
  }

  async purge(which: PurgeWish): Promise<number> {
    const ofMemory = await this.#options.memory.purge(which);
    const client = await this.#usable();
    if (client === undefined) return ofMemory;
    try {
      return (
        ofMemory + (await ('key' in which ? client.unlink(PREFIX + which.key) : this.#sweep(client, which)))
      );
    } catch (error) {
      this.#lost(error);
      return ofMemory;
    }
  }

  /** Goes through all names a few hundred at a time, which other users of the server do not notice. */
  async #sweep(client: Redis, which: PurgeWish): Promise<number> {
    let cursor = '0';
    let forgotten = 0;
    do {
      const [next, names] = await client.scan(cursor, 'MATCH', `${PREFIX}*`, 'COUNT', SCAN_COUNT);
      cursor = next;
      const meant = 'all' in which ? names : await this.#meant(client, which, names);
      if (meant.length > 0) forgotten += await client.unlink(...meant);
    } while (cursor !== '0');
    return forgotten;
  }

  /** Reads no more of an answer than says whose it is. */
  async #meant(client: Redis, which: PurgeWish, names: readonly string[]): Promise<string[]> {
    const heads = await Promise.all(names.map((name) => client.getrange(name, 0, headLength - 1)));
    return names.filter((name, at) => {
      const head = readHead(heads[at] ?? '');
      return head !== undefined && isMeant(which, name.slice(PREFIX.length), head);
    });
  }

  stats(): CacheStats {
    const { entries, bytes } = this.#options.memory.stats();
    const counted = { hits: this.#hits, misses: this.#misses, stored: this.#stored };
    return { store: 'redis', connected: this.#up, entries, bytes, ...counted };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#probe);
    this.#client?.disconnect();
    this.#options.memory.close();
  }

  #counted(answer: CachedAnswer | undefined): CachedAnswer | undefined {
    if (answer === undefined) this.#misses++;
    else this.#hits++;
    return answer;
  }

  // --------------------------------------------------------------------------------------- the connection

  /** The client while the server answers. The very first request waits for the connection, as long as any may. */
  async #usable(): Promise<Redis | undefined> {
    if (this.#up) return this.#client;
    if (this.#client === undefined && !this.#closed) await Promise.race([this.#connect(), pause(LIMIT_MS)]);
    return this.#up ? this.#client : undefined;
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#open();
    return this.#connecting;
  }

  async #open(): Promise<void> {
    try {
      const { Redis: Client } = await import('ioredis');
      if (this.#closed) return;
      const client = new Client(this.#options.url, {
        lazyConnect: true,
        connectTimeout: PROBE_MS,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        autoResendUnfulfilledCommands: false,
        retryStrategy: (times) => Math.min(100 * times, 1_000),
      });
      this.#client = client;
      client.on('error', (error) => this.#lost(error));
      client.on('close', () => {
        this.#up = false;
      });
      client.on('ready', () => this.#back());
      await client.connect();
    } catch (error) {
      this.#lost(error);
    }
  }

  #back(): void {
    this.#up = true;
    this.#silent = 0;
    clearTimeout(this.#probe);
    this.#probe = undefined;
  }

  /** The answer, or FAILED after the limit. */
  async #within<Answer>(asked: Promise<Answer>): Promise<Answer | typeof FAILED> {
    try {
      const answer = await Promise.race([asked, pause(LIMIT_MS)]);
      if (answer !== FAILED) return answer;
      asked.catch(() => undefined);
      this.#lost(new Error(`no answer within ${LIMIT_MS} ms`));
    } catch (error) {
      this.#lost(error);
    }
    return FAILED;
  }

  /** From here on nobody waits for it; what it says is known by probes. */
  #lost(error: unknown): void {
    this.#up = false;
    if (this.#closed) return;
    if (!this.#warned) {
      this.#warned = true;
      const message =
        'The Redis server of the response cache does not answer; memory stands in until it does.';
      this.#options.log.warn(message, { error: error instanceof Error ? error.message : String(error) });
    }
    if (this.#probe !== undefined) return;
    this.#probe = setTimeout(() => {
      this.#probe = undefined;
      void this.#ask();
    }, PROBE_MS).unref();
  }

  /** A connection that was lost is made again by the client itself, and `ready` tells of it. */
  async #ask(): Promise<void> {
    const client = this.#client;
    if (client === undefined || client.status !== 'ready' || this.#up) return;
    const asked = client.ping();
    asked.catch(() => undefined);
    const answer = await Promise.race([asked, pause(LIMIT_MS)]).catch(() => FAILED);
    if (answer !== FAILED) {
      this.#back();
      return;
    }
    this.#silent++;
    if (this.#silent % PROBES === 0) client.disconnect(true);
    this.#lost(new Error('silent'));
  }
}

const FAILED: unique symbol = Symbol('failed');

function pause(delayMs: number): Promise<typeof FAILED> {
  return new Promise((resolve) => setTimeout(() => resolve(FAILED), delayMs).unref());
}
