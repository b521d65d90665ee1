// Answers that may be given again, in the memory of this process: the least recently used ones go when they are too many
// bytes together. The list is made when the first answer is kept, so that a gateway without a cache loads nothing.

import type { LRUCache } from 'lru-cache';
import type { AnswerCache, CachedAnswer, CacheStats, Clock, PurgeWish } from '../../exchange/ports.ts';

type Answers = LRUCache<string, CachedAnswer>;

/** How it is made. */
export interface MemoryAnswersOptions {
  /** Asked when the list is made. */
  maxBytes(): number;
  readonly clock: Pick<Clock, 'epochMs'>;
}

/** What an entry takes besides its text, as measured roughly: the object, its key and its place in the list. */
const ENTRY_BYTES = 600;

/** UTF-16 takes two bytes for a character as soon as one of them needs it. */
function sizeOf({ text }: CachedAnswer): number {
  return ENTRY_BYTES + text.length * 2;
}

/** True for an answer that a purge is to forget. */
export function isMeant(which: PurgeWish, key: string, answer: Omit<CachedAnswer, 'text'>): boolean {
  if ('all' in which) return true;
  if ('key' in which) return key === which.key;
  if ('client' in which) return answer.clientId === which.client;
  return answer.model === which.model || answer.modelServed === which.model;
}

/** An empty memory. */
export class MemoryAnswers implements AnswerCache {
  readonly #options: MemoryAnswersOptions;
  #answers: Answers | undefined;
  #loading: Promise<void> | undefined;
  /** What came before the list was there. */
  readonly #early: [key: string, answer: CachedAnswer][] = [];
  #hits = 0;
  #misses = 0;
  #stored = 0;

  constructor(options: MemoryAnswersOptions) {
    this.#options = options;
  }

  async get(key: string, again = false): Promise<CachedAnswer | undefined> {
    await this.#loading;
    const found = this.#answers?.get(key);
    const lives = found !== undefined && found.expiresAtMs > this.#options.clock.epochMs();
    if (found !== undefined && !lives) this.#answers?.delete(key);
    if (lives) this.#hits++;
    else if (!again) this.#misses++;
    // What was counted as a miss has become a hit.
    if (lives && again) this.#misses--;
    return lives ? found : undefined;
  }

  put(key: string, answer: CachedAnswer): void {
    this.#stored++;
    if (this.#answers !== undefined) {
      this.#answers.set(key, answer);
      return;
    }
    this.#early.push([key, answer]);
    this.#loading ??= this.#load();
  }

  /** Without the package nothing is kept, which is what a cache may always do. */
  async #load(): Promise<void> {
    const loaded = await import('lru-cache').catch(() => undefined);
    const early = this.#early.splice(0);
    this.#loading = undefined;
    if (loaded === undefined) return;
    const maxSize = this.#options.maxBytes();
    this.#answers = new loaded.LRUCache<string, CachedAnswer>({ maxSize, sizeCalculation: sizeOf });
    for (const [key, answer] of early) this.#answers.set(key, answer);
  }

  async purge(which: PurgeWish): Promise<number> {
    await this.#loading;
    const answers = this.#answers;
    if (answers === undefined) return 0;
    const meant = [...answers.entries()].filter(([key, answer]) => isMeant(which, key, answer));
    for (const [key] of meant) answers.delete(key);
    return meant.length;
  }

  stats(): CacheStats {
    return {
      store: 'memory',
      connected: true,
      entries: this.#answers?.size ?? 0,
      bytes: this.#answers?.calculatedSize ?? 0,
      hits: this.#hits,
      misses: this.#misses,
      stored: this.#stored,
    };
  }

  close(): void {
    this.#answers?.clear();
  }
}
