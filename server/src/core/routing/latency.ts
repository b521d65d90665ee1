// How soon somebody begins to answer: a mean in which newer answers count more, and what 95 of 100 of late did not exceed.

/** How many of the latest answers the percentile looks at, how old they may be, and how many it takes. */
const SAMPLES = 100;
const SAMPLE_LIFE_MS = 600_000;
const LEAST_SAMPLES = 20;

/** What a new answer counts for in the mean at least; after a silence of HALF_MS it counts for half. */
const LEAST_SHARE = 0.2;
const HALF_MS = 60_000;

/** The first place at which `value` could stand in the first `count` of sorted values. */
function placeOf(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The latest values in the order of their coming and, beside it, sorted: noting one moves a few hundred bytes. */
class Recent {
  readonly #values = new Float64Array(SAMPLES);
  readonly #times = new Float64Array(SAMPLES);
  readonly #sorted = new Float64Array(SAMPLES);
  #first = 0;
  #count = 0;

  note(value: number, nowMs: number): void {
    while (this.#count > 0 && nowMs - (this.#times[this.#first] ?? 0) > SAMPLE_LIFE_MS) this.#dropFirst();
    if (this.#count === SAMPLES) this.#dropFirst();
    const last = (this.#first + this.#count) % SAMPLES;
    this.#values[last] = value;
    this.#times[last] = nowMs;
    const place = placeOf(this.#sorted, this.#count, value);
    this.#sorted.copyWithin(place + 1, place, this.#count);
    this.#sorted[place] = value;
    this.#count++;
  }

  #dropFirst(): void {
    const place = placeOf(this.#sorted, this.#count, this.#values[this.#first] ?? 0);
    this.#sorted.copyWithin(place, place + 1, this.#count);
    this.#first = (this.#first + 1) % SAMPLES;
    this.#count--;
  }

  p95(): number | undefined {
    return this.#count < LEAST_SAMPLES ? undefined : this.#sorted[Math.ceil(0.95 * this.#count) - 1];
  }
}

/** A mean in which newer times count more. Times are on the monotonic clock. */
export class DecayedMean {
  #ms: number | undefined;
  #notedMs = 0;

  /** One answer: so long after it was asked, its first output came. */
  note(ttftMs: number, nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#notedMs);
    const share = Math.max(LEAST_SHARE, passedMs / (passedMs + HALF_MS));
    this.#ms = this.#ms === undefined ? ttftMs : this.#ms + share * (ttftMs - this.#ms);
    this.#notedMs = nowMs;
  }

  /** Undefined before the first answer. */
  get ms(): number | undefined {
    return this.#ms;
  }
}

/** What answers of late seldom exceed. */
export class UsualTime {
  /** Made by the first note: most of those who could answer never do. */
  #recent: Recent | undefined;

  /** As DecayedMean.note. */
  note(ttftMs: number, nowMs: number): void {
    this.#recent ??= new Recent();
    this.#recent.note(ttftMs, nowMs);
  }

  /**
   * What 95 of the last 100 answers did not exceed (by nearest rank), of those that were at most ten minutes older than
   * the newest; undefined when there are fewer than 20 of them.
   */
  p95Ms(): number | undefined {
    return this.#recent?.p95();
  }
}
