// What a server that was away is to be told when it is back: the newest of each name, in bounded memory, and not so much at
// once that it falls silent again.

/** So many at once; no server takes long for them. */
const AT_ONCE = 100;

/** Things by name. */
export class Late<Thing> {
  readonly #limit: number;
  readonly #weigh: (thing: Thing) => number;
  /** In the order in which they came. */
  readonly #things: Map<string, Thing> = new Map();
  #weight = 0;

  /** `limit`: what all may weigh together; the oldest are given up first. */
  constructor(limit: number, weigh: (thing: Thing) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  has(name: string): boolean {
    return this.#things.has(name);
  }

  add(name: string, thing: Thing): void {
    this.#take(name);
    this.#things.set(name, thing);
    this.#weight += this.#weigh(thing);
    for (const oldest of this.#things.keys()) {
      if (this.#weight <= this.#limit) return;
      this.#take(oldest);
    }
  }

  /** Tells all of them; what `tell` adds again meanwhile stays, and ends it. */
  async tellAll(tell: (thing: Thing) => Promise<void>): Promise<void> {
    while (this.#things.size > 0) {
      const names = [...this.#things.keys()].slice(0, AT_ONCE);
      const things = names.flatMap((name) => this.#take(name) ?? []);
      await Promise.all(things.map(tell));
      if (names.some((name) => this.#things.has(name))) return;
    }
  }

  clear(): void {
    this.#things.clear();
    this.#weight = 0;
  }

  #take(name: string): Thing | undefined {
    const thing = this.#things.get(name);
    if (thing === undefined) return undefined;
    this.#things.delete(name);
    this.#weight -= this.#weigh(thing);
    return thing;
  }
}
