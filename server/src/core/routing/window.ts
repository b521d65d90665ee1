// What was used in the last minute, counted in a ring of buckets: it costs the same whatever the traffic, and nothing is
// allocated after it was made. A bucket counts until its youngest possible member is too old, so the count may be a
// little too high, never too low.

/**
 * Sliding: a use counts for 60.25 to 60.5 seconds, so over 99 % of a limit is usable. The quarter of a second is for
 * requests that take unequally long to arrive: the provider's minute is about arrivals.
 */
const SLIDING = { widthMs: 250, span: 241 } as const;

/** Fixed: one bucket, which is a minute of the clock. */
const FIXED = { widthMs: 60_000, span: 0 } as const;

/** What was counted in one bucket. */
export interface WindowEntry {
  readonly timeMs: number;
  readonly requests: number;
  readonly tokens: number;
}

/** Uses of one thing in the latest stretch of one clock. Every `timeMs` is of that clock: monotonic, or the steady epoch. */
export class Window {
  private readonly widthMs: number;
  private readonly span: number;
  private readonly requestsIn: Uint32Array;
  private readonly tokensIn: Float64Array;
  /** Number of the newest bucket since the clock's zero; the oldest one that counts is `span` before it. */
  private head = Number.NEGATIVE_INFINITY;
  private requestTotal = 0;
  private tokenTotal = 0;

  constructor(kind: 'sliding' | 'fixed') {
    const { widthMs, span } = kind === 'sliding' ? SLIDING : FIXED;
    this.widthMs = widthMs;
    this.span = span;
    this.requestsIn = new Uint32Array(span + 1);
    this.tokensIn = new Float64Array(span + 1);
  }

  /** Requests that count, as of the last `advance`. */
  get requests(): number {
    return this.requestTotal;
  }

  /** Tokens that count, as of the last `advance`. */
  get tokens(): number {
    return this.tokenTotal;
  }

  /** Forgets what is too old. A time before the latest one changes nothing: what was forgotten does not come back. */
  advance(timeMs: number): void {
    const head = Math.floor(timeMs / this.widthMs);
    if (head <= this.head) return;
    if (head - this.head > this.span) {
      this.requestsIn.fill(0);
      this.tokensIn.fill(0);
      this.requestTotal = 0;
      this.tokenTotal = 0;
    } else {
      for (let bucket = this.head + 1; bucket <= head; bucket += 1) this.empty(this.slot(bucket));
    }
    this.head = head;
  }

  /** Counts one request with so many tokens. */
  add(tokens: number, timeMs: number): void {
    this.advance(timeMs);
    const slot = this.slot(this.head);
    this.requestsIn[slot] = (this.requestsIn[slot] ?? 0) + 1;
    this.tokensIn[slot] = (this.tokensIn[slot] ?? 0) + tokens;
    this.requestTotal += 1;
    this.tokenTotal += tokens;
  }

  /** Changes what was counted at `takenAtMs`, where that still counts. A bucket never goes below nothing. */
  change(requests: number, tokens: number, takenAtMs: number): void {
    const bucket = Math.floor(takenAtMs / this.widthMs);
    if (bucket > this.head || bucket < this.head - this.span) return;
    const slot = this.slot(bucket);
    const hadRequests = this.requestsIn[slot] ?? 0;
    const hadTokens = this.tokensIn[slot] ?? 0;
    const changedRequests = Math.max(requests, -hadRequests);
    const changedTokens = Math.max(tokens, -hadTokens);
    this.requestsIn[slot] = hadRequests + changedRequests;
    this.tokensIn[slot] = hadTokens + changedTokens;
    this.requestTotal += changedRequests;
    this.tokenTotal += changedTokens;
  }

  /** What still counts, oldest first, each bucket with its beginning. As of the last `advance`. */
  entries(): WindowEntry[] {
    const found: WindowEntry[] = [];
    if (this.requestTotal === 0 && this.tokenTotal === 0) return found;
    for (let bucket = this.head - this.span; bucket <= this.head; bucket += 1) {
      const slot = this.slot(bucket);
      const requests = this.requestsIn[slot] ?? 0;
      const tokens = this.tokensIn[slot] ?? 0;
      if (requests > 0 || tokens > 0) found.push({ timeMs: bucket * this.widthMs, requests, tokens });
    }
    return found;
  }

  /** When so many of them (at most as many as there are) no longer count, in ms from `timeMs`; 0 for none. */
  goneInMs(what: 'requests' | 'tokens', amount: number, timeMs: number): number {
    if (amount <= 0) return 0;
    const counts = what === 'requests' ? this.requestsIn : this.tokensIn;
    let gone = 0;
    let bucket = this.head - this.span;
    for (; bucket < this.head; bucket += 1) {
      gone += counts[this.slot(bucket)] ?? 0;
      if (gone >= amount) break;
    }
    return Math.ceil((bucket + this.span + 1) * this.widthMs - timeMs);
  }

  private slot(bucket: number): number {
    const size = this.span + 1;
    return bucket - Math.floor(bucket / size) * size;
  }

  private empty(slot: number): void {
    this.requestTotal -= this.requestsIn[slot] ?? 0;
    this.tokenTotal -= this.tokensIn[slot] ?? 0;
    this.requestsIn[slot] = 0;
    this.tokensIn[slot] = 0;
  }
}
