// What one gateway knows of the use of a place that several share: its own, what the others were last known to use, and what
// it has let in since the store fell silent. From that it reckons its part of what is left. Times are of the store's clock.

import { dayAt } from './day.ts';
import type { LimitKind, Shortage } from './limit-words.ts';
import type { LimitPolicy, Limits } from './policy.ts';
import { type Fellowship, shareOf } from './share-of.ts';
import { Window, type WindowEntry } from './window.ts';

/** What all gateways together have used; running −1: not known. */
export interface SharedTotals {
  readonly requests: number;
  readonly tokens: number;
  readonly dayRequests: number;
  readonly dayTokens: number;
  readonly running: number;
}

/** Uses that a store is to be told of. */
export interface Untold {
  readonly uses: readonly WindowEntry[];
  readonly dayRequests: number;
  readonly dayTokens: number;
}

/** What the others run is believed for so long after it was last heard. */
const BELIEVED_MS = 60_000;
/** When room comes back is not known without the store. */
const AGAIN_MS = 1_000;
const DAY_MS = 86_400_000;

/**
 * How a request was let in. with: with the store. since: without it, and it does not know of it. recent: in the silence or
 * just after it, and the store has been told.
 */
export type LetIn = 'with' | 'since' | 'recent';

/** One kind of use: the minute, the day and what runs. */
class Use {
  readonly minute: Window;
  dayRequests = 0;
  dayTokens = 0;
  running = 0;

  constructor(kind: LimitPolicy['window']) {
    this.minute = new Window(kind);
  }

  /** Takes over all of another one. */
  absorb(other: Use): void {
    for (const { timeMs, requests, tokens } of other.minute.entries())
      this.minute.change(requests, tokens, timeMs);
    this.dayRequests += other.dayRequests;
    this.dayTokens += other.dayTokens;
    this.running += other.running;
  }

  change(requests: number, tokens: number, atMs: number, inDay: boolean): void {
    this.minute.change(requests, tokens, atMs);
    if (!inDay) return;
    this.dayRequests = Math.max(0, this.dayRequests + requests);
    this.dayTokens = Math.max(0, this.dayTokens + tokens);
  }
}

/** One place. */
export class SharedUse {
  readonly policy: LimitPolicy;
  readonly #own: Use;
  readonly #others: Use;
  #since: Use;
  #recent: Use;
  #othersHeardMs: number = Number.NEGATIVE_INFINITY;
  #dayStartMs = 0;
  #dayEndMs: number = Number.NEGATIVE_INFINITY;
  /** When it was last used by this gateway. */
  usedMs: number = Number.NEGATIVE_INFINITY;

  constructor(policy: LimitPolicy) {
    this.policy = policy;
    this.#own = new Use(policy.window);
    this.#others = new Use(policy.window);
    this.#since = new Use(policy.window);
    this.#recent = new Use(policy.window);
  }

  /** Of this gateway. */
  get running(): number {
    return this.#own.running + this.#recent.running + this.#since.running;
  }

  /** A request was let in. */
  take(tokens: number, nowMs: number, how: LetIn): void {
    this.#advance(nowMs);
    this.usedMs = nowMs;
    const use = this.#of(how);
    use.running += 1;
    use.change(1, tokens, nowMs, true);
  }

  /** It has ended: −1 request where it was never sent. */
  end(requests: number, tokens: number, takenMs: number, nowMs: number, how: LetIn): void {
    this.#advance(nowMs);
    this.usedMs = nowMs;
    const use = this.#of(how);
    use.running = Math.max(0, use.running - 1);
    use.change(requests, tokens, takenMs, takenMs >= this.#dayStartMs);
  }

  /** What the store has counted of all of us: the difference to our own is the others'. */
  hear(totals: SharedTotals, nowMs: number): void {
    this.#advance(nowMs);
    const others = this.#others;
    const ours = (pick: (use: Use) => number): number =>
      pick(this.#own) + pick(this.#recent) + pick(this.#since);
    const requests = Math.max(0, totals.requests - ours(({ minute }) => minute.requests));
    const tokens = Math.max(0, totals.tokens - ours(({ minute }) => minute.tokens));
    others.dayRequests = Math.max(0, totals.dayRequests - ours(({ dayRequests }) => dayRequests));
    others.dayTokens = Math.max(0, totals.dayTokens - ours(({ dayTokens }) => dayTokens));
    const more = requests - others.minute.requests;
    const moreTokens = tokens - others.minute.tokens;
    // When they were used is not told: at the latest now.
    others.minute.change(Math.max(0, more), Math.max(0, moreTokens), nowMs);
    shrink(others.minute, Math.max(0, -more), Math.max(0, -moreTokens));
    if (totals.running < 0) return;
    others.running = Math.max(0, totals.running - this.running);
    this.#othersHeardMs = nowMs;
  }

  /** Why a request does not fit into this gateway's part of what was left when the store fell silent. */
  shortage(limits: Limits, tokens: number, nowMs: number, fellowship: Fellowship): Shortage | undefined {
    this.#advance(nowMs);
    const own = this.#own;
    const others = this.#others;
    // What was let in since the store fell silent, told or not, is of our own part.
    const since = new Use(this.policy.window);
    since.minute.advance(nowMs);
    since.absorb(this.#since);
    since.absorb(this.#recent);
    const look = (
      kind: LimitKind,
      before: { readonly own: number; readonly others: number },
      ours: number,
      wanted: number,
      freeInMs: number,
    ): Shortage | undefined => {
      const limit = limits[kind];
      if (limit === undefined || limit < 0) return undefined;
      // No more than its part of the whole, and than its part of what was left: what is known of the others may be a
      // second old.
      const share = Math.min(
        shareOf(limit - before.own - before.others, fellowship),
        shareOf(limit, fellowship) - before.own,
      );
      // What alone is more than a limit is sent when nothing else is: by the first gateway, where there are several.
      const isGiant = wanted > limit && limit > 0 && before.own + before.others + ours === 0;
      if (ours + wanted <= share || (isGiant && (fellowship.rank ?? fellowship.fellows - 1) === 0))
        return undefined;
      const never = limit === 0;
      return {
        kind,
        limit,
        remaining: Math.max(0, share - ours),
        freeInMs: never ? Number.POSITIVE_INFINITY : freeInMs,
      };
    };
    const isHeard = nowMs - this.#othersHeardMs < BELIEVED_MS;
    const untilDayEnds = Math.ceil(this.#dayEndMs - nowMs);
    return (
      look('rpd', { own: own.dayRequests, others: others.dayRequests }, since.dayRequests, 1, untilDayEnds) ??
      look('tpd', { own: own.dayTokens, others: others.dayTokens }, since.dayTokens, tokens, untilDayEnds) ??
      look(
        'rpm',
        { own: own.minute.requests, others: others.minute.requests },
        since.minute.requests,
        1,
        AGAIN_MS,
      ) ??
      look(
        'tpm',
        { own: own.minute.tokens, others: others.minute.tokens },
        since.minute.tokens,
        tokens,
        AGAIN_MS,
      ) ??
      look(
        'concurrency',
        { own: own.running, others: isHeard ? others.running : 0 },
        since.running,
        1,
        Number.POSITIVE_INFINITY,
      )
    );
  }

  /** What the store was not told; `all`: what it knew before is lost, so everything of this gateway. */
  untold(all: boolean, nowMs: number): Untold {
    this.#advance(nowMs);
    const uses = all ? [this.#own, this.#recent, this.#since] : [this.#since];
    return {
      uses: uses.flatMap(({ minute }) => minute.entries()),
      dayRequests: uses.reduce((sum, { dayRequests }) => sum + dayRequests, 0),
      dayTokens: uses.reduce((sum, { dayTokens }) => sum + dayTokens, 0),
    };
  }

  /** The store has been told. */
  pushed(nowMs: number): void {
    this.#advance(nowMs);
    this.#recent.absorb(this.#since);
    this.#since = new Use(this.policy.window);
    this.#advance(nowMs);
  }

  /** The silence is over, for the others as well: what was told is as if it had been let in with the store. */
  endSilence(nowMs: number): void {
    this.#advance(nowMs);
    this.#own.absorb(this.#recent);
    this.#recent = new Use(this.policy.window);
    this.#advance(nowMs);
  }

  /** Nothing is known that could matter any more. */
  isIdle(nowMs: number): boolean {
    return this.running === 0 && nowMs - this.usedMs > 2 * DAY_MS;
  }

  #of(how: LetIn): Use {
    return how === 'with' ? this.#own : how === 'since' ? this.#since : this.#recent;
  }

  get #all(): readonly Use[] {
    return [this.#own, this.#others, this.#since, this.#recent];
  }

  #advance(nowMs: number): void {
    for (const { minute } of this.#all) minute.advance(nowMs);
    if (nowMs < this.#dayEndMs) return;
    const day = dayAt(this.policy.timeZone, nowMs);
    this.#dayStartMs = day.startMs;
    this.#dayEndMs = day.endMs;
    for (const use of this.#all) {
      use.dayRequests = 0;
      use.dayTokens = 0;
    }
  }
}

/** Takes away what others have given back, oldest first: what is left then counts longest. */
function shrink(minute: Window, requests: number, tokens: number): void {
  let requestsLeft = requests;
  let tokensLeft = tokens;
  if (requestsLeft === 0 && tokensLeft === 0) return;
  for (const entry of minute.entries()) {
    const fewer = Math.min(requestsLeft, entry.requests);
    const fewerTokens = Math.min(tokensLeft, entry.tokens);
    minute.change(-fewer, -fewerTokens, entry.timeMs);
    requestsLeft -= fewer;
    tokensLeft -= fewerTokens;
  }
}
