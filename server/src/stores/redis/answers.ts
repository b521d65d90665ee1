// Answers that may be given again, in a Redis or Valkey server that several gateways can share. Whatever becomes of that
// server, a request loses at most a twentieth of a second: while it does not answer, memory stands in, and it is asked
// again in the background until it does.

import type { Redis } from 'ioredis';
import type { AnswerCache, CachedAnswer, CacheStats, Clock, PurgeWish } from '../../exchange/ports.ts';
import { isMeant, type MemoryAnswers } from '../memory/answers.ts';
import { headLength, readAnswer, readHead, writeAnswer } from './answer-text.ts';
import { FAILED, type RedisConnection } from './connection.ts';

/** How it is made. */
export interface RedisAnswersOptions {
  readonly connection: RedisConnection;
  /** Others use the connection, too: it is not closed with the answers. */
  readonly shared: boolean;
  /** Stands in. */
  readonly memory: MemoryAnswers;
  readonly clock: Pick<Clock, 'epochMs'>;
  /** What all names begin with. */
  readonly prefix: string;
}

/** How long one step of a purge may take: nobody's request waits for it. */
const STEP_MS = 5_000;
const SCAN_COUNT = 500;

/** Connects when it is first used. */
export class RedisAnswers implements AnswerCache {
  readonly #options: RedisAnswersOptions;
  /** Behind it the digest of the question; nobody can read a question from a name. */
  readonly #prefix: string;
  #hits = 0;
  #misses = 0;
  #stored = 0;

  constructor(options: RedisAnswersOptions) {
    this.#options = options;
    this.#prefix = `${options.prefix}:answer:1:`;
  }

  async get(key: string, again = false): Promise<CachedAnswer | undefined> {
    const text = await this.#options.connection.ask((client) => client.get(this.#prefix + key));
    // It is away, or has just fallen silent: perhaps memory knows.
    if (text === FAILED) return this.#counted(await this.#options.memory.get(key), again);
    const answer = text === null ? undefined : readAnswer(text);
    const lives = answer !== undefined && answer.expiresAtMs > this.#options.clock.epochMs();
    return this.#counted(lives ? answer : undefined, again);
  }

  put(key: string, answer: CachedAnswer): void {
    this.#stored++;
    const livesMs = Math.ceil(answer.expiresAtMs - this.#options.clock.epochMs());
    if (livesMs <= 0) return;
    const { connection, memory } = this.#options;
    // The first answers are there before the first connection is.
    const before = !connection.up;
    if (before) memory.put(key, answer);
    const written = connection.ask((client) =>
      client.set(this.#prefix + key, writeAnswer(answer), 'PX', livesMs),
    );
    void written.then((done) => {
      if (done === FAILED && !before) memory.put(key, answer);
    });
  }

  async purge(which: PurgeWish): Promise<number> {
    const ofMemory = await this.#options.memory.purge(which);
    const { connection } = this.#options;
    if ('key' in which) {
      const forgotten = await connection.ask((client) => client.unlink(this.#prefix + which.key), STEP_MS);
      return ofMemory + (forgotten === FAILED ? 0 : forgotten);
    }
    return ofMemory + (await this.#sweep(which));
  }

  /** Goes through all names a few hundred at a time, which other users of the server do not notice. */
  async #sweep(which: PurgeWish): Promise<number> {
    const { connection } = this.#options;
    let cursor = '0';
    let forgotten = 0;
    do {
      const from = cursor;
      const step = await connection.ask(async (client) => {
        const [next, names] = await client.scan(
          from,
          'MATCH',
          `${globText(this.#prefix)}*`,
          'COUNT',
          SCAN_COUNT,
        );
        const meant = 'all' in which ? names : await this.#meant(client, which, names);
        return { next, count: meant.length > 0 ? await client.unlink(...meant) : 0 };
      }, STEP_MS);
      if (step === FAILED) return forgotten;
      cursor = step.next;
      forgotten += step.count;
    } while (cursor !== '0');
    return forgotten;
  }

  stats(): CacheStats {
    const { entries, bytes } = this.#options.memory.stats();
    const counted = { hits: this.#hits, misses: this.#misses, stored: this.#stored };
    return { store: 'redis', connected: this.#options.connection.up, entries, bytes, ...counted };
  }

  close(): void {
    if (!this.#options.shared) this.#options.connection.close();
    this.#options.memory.close();
  }

  #counted(answer: CachedAnswer | undefined, again: boolean): CachedAnswer | undefined {
    if (answer !== undefined) this.#hits++;
    else if (!again) this.#misses++;
    // What was counted as a miss has become a hit.
    if (answer !== undefined && again) this.#misses--;
    return answer;
  }

  /** Those of the names that are meant. Reads no more of an answer than says whose it is. */
  async #meant(client: Redis, which: PurgeWish, names: readonly string[]): Promise<string[]> {
    const heads = await Promise.all(names.map((name) => client.getrange(name, 0, headLength - 1)));
    return names.filter((name, at) => {
      const head = readHead(heads[at] ?? '');
      return head !== undefined && isMeant(which, name.slice(this.#prefix.length), head);
    });
  }
}

/** A text as a pattern that only it matches. */
function globText(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
