// A budget for extra calls (hedges, repeats): at most a share of the requests of late, so that they never become a storm.

const BUCKETS = 10;

/** Counts requests and extra calls of one kind. Times are on the monotonic clock. */
export class Share {
  readonly #bucketMs: number;
  readonly #least: number;
  readonly #requests = new Float64Array(BUCKETS);
  readonly #extras = new Float64Array(BUCKETS);
  #bucket: number | undefined;
  #requestsInWindow = 0;
  #extrasInWindow = 0;
  #requestsSinceExtra = 0;

  /** What counts is the last `windowMs`; fewer requests than `least` count for as many. */
  constructor(windowMs: number = 10_000, least: number = 10) {
    this.#bucketMs = windowMs / BUCKETS;
    this.#least = least;
  }

  /** One request, which may have extra calls later. */
  note(nowMs: number): void {
    const place = this.#turnTo(nowMs);
    this.#requests[place] = (this.#requests[place] ?? 0) + 1;
    this.#requestsInWindow++;
    this.#requestsSinceExtra++;
  }

  /**
   * True when one more extra call is within `share` (0.05: five for a hundred requests), and counts it then. Where requests
   * are so rare that the window never holds enough of them, those since the last extra call count, however old they are.
   */
  take(share: number, nowMs: number): boolean {
    const place = this.#turnTo(nowMs);
    const allowed = share * Math.max(this.#least, this.#requestsInWindow);
    const fits = this.#extrasInWindow + 1 <= allowed || this.#requestsSinceExtra * share >= 1;
    if (!fits) return false;
    this.#extras[place] = (this.#extras[place] ?? 0) + 1;
    this.#extrasInWindow++;
    this.#requestsSinceExtra = 0;
    return true;
  }

  /** Forgets what has left the window. Answers with the place of the bucket of this moment. */
  #turnTo(nowMs: number): number {
    const bucket = Math.floor(nowMs / this.#bucketMs);
    const passed = bucket - (this.#bucket ?? bucket);
    for (let step = 1; step <= Math.min(passed, BUCKETS); step++) {
      const place = (bucket - Math.min(passed, BUCKETS) + step) % BUCKETS;
      this.#requestsInWindow -= this.#requests[place] ?? 0;
      this.#extrasInWindow -= this.#extras[place] ?? 0;
      this.#requests[place] = 0;
      this.#extras[place] = 0;
    }
    this.#bucket = Math.max(bucket, this.#bucket ?? bucket);
    return this.#bucket % BUCKETS;
  }
}
