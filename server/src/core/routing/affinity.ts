// Where each conversation went the last time, so that it stays with the key that holds its prompt cache. Bounded by two
// generations: when the younger one is full it becomes the older one, and what was the older one is forgotten as a whole.

interface Home {
  candidate: string;
  keptMs: number;
  /** When it was last news. */
  toldMs: number;
}

/** Conversations and their candidates, both by names of the caller's; names are held, so they should be short. */
export class Affinity {
  readonly #mostPerGeneration: number;
  #young = new Map<string, Home>();
  #old = new Map<string, Home>();

  /** Holds at most `max` conversations, and at least the latest half as many. */
  constructor(max: number = 50_000) {
    this.#mostPerGeneration = Math.max(1, Math.floor(max / 2));
  }

  /** The candidate that was kept for a conversation, unless that is longer ago than `ttlMs`. `nowMs` is monotonic. */
  find(conversation: string, nowMs: number, ttlMs: number): string | undefined {
    const home = this.#young.get(conversation) ?? this.#old.get(conversation);
    return home !== undefined && nowMs - home.keptMs <= ttlMs ? home.candidate : undefined;
  }

  /**
   * Takes note that a candidate serves a conversation. A later note takes the place of an earlier one. True where it is
   * news for those who hold a copy: it is the first one, another candidate, or the last news are `newsEveryMs` old.
   */
  keep(
    conversation: string,
    candidate: string,
    nowMs: number,
    newsEveryMs: number = Number.POSITIVE_INFINITY,
  ): boolean {
    const home = this.#young.get(conversation);
    if (home !== undefined) {
      const isNews = home.candidate !== candidate || nowMs - home.toldMs >= newsEveryMs;
      home.candidate = candidate;
      home.keptMs = nowMs;
      if (isNews) home.toldMs = nowMs;
      return isNews;
    }
    if (this.#young.size >= this.#mostPerGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(conversation, { candidate, keptMs: nowMs, toldMs: nowMs });
    return true;
  }
}
