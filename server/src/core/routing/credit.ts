// A budget for hedges: each request earns a part of one, so that at most a share of requests has one, however often or
// rarely requests come.

/** Counts what is earned and spent. */
export class Credit {
  readonly #most: number;
  /** Requests noted since the credit was last reckoned. */
  #requests = 0;
  #credit = 1;

  /** Of what is not spent, at most `most` calls are kept: a quiet hour is not followed by a storm. */
  constructor(most: number = 10) {
    this.#most = most;
  }

  /** One request. */
  earn(): void {
    this.#requests += 1;
  }

  /** True when one more call is within `share` (0.07: seven for a hundred requests), and spends it then. The first is free. */
  spend(share: number): boolean {
    this.#credit = Math.min(this.#most, this.#credit + this.#requests * share);
    this.#requests = 0;
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }
}
