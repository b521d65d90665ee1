// Counts what is used of one thing (a client, an upstream, a key, a model) against its limits. A request reserves before
// it is sent and settles when it has ended; asking and taking in one step of the program never lets in too many.

import { dayAt } from './day.ts';
import type { LimitKind, Moment, Remaining, Shortage } from './limit-words.ts';
import type { LimitPolicy, Limits } from './policy.ts';
import {
  type Balance,
  REPORTED_KINDS,
  Reported,
  type ReportedCounts,
  type ReportedKind,
} from './reported.ts';
import { readSaved, writeSaved } from './saved-use.ts';
import { Window } from './window.ts';

export type { LimitKind, Moment, Remaining, Shortage } from './limit-words.ts';

/** One limit as its provider told it. `limit` absent: it did not say. */
export interface ReportedLeft {
  readonly kind: ReportedKind;
  readonly limit?: number;
  readonly remaining: number;
  readonly saidAtMs: number;
  readonly resetInMs: number;
}

/** More tokens than any request has; sums of them stay exact. */
const MOST_TOKENS = 1e12;

/** Whole and not below 0, whatever was estimated or reported. */
function whole(tokens: number): number {
  return tokens > 0 ? Math.ceil(Math.min(tokens, MOST_TOKENS)) : 0;
}

/**
 * How much of what was used must go before `wanted` more fits: 0 it fits now, Infinity it never does. What alone is more
 * than the limit fits where nothing else is in use: it could never be sent otherwise.
 */
function excess(limit: number, used: number, wanted: number): number {
  if (limit === 0) return Number.POSITIVE_INFINITY;
  return wanted > limit ? used : Math.max(0, used + wanted - limit);
}

/** The one that lasts longer. */
function longer(known: Shortage | undefined, next: Shortage | undefined): Shortage | undefined {
  if (known === undefined || next === undefined) return known ?? next;
  return next.freeInMs > known.freeInMs ? next : known;
}

function shortageOf(kind: LimitKind, limit: number, used: number, freeInMs: number): Shortage {
  return { kind, limit, remaining: Math.max(0, limit - used), freeInMs };
}

/** What was used of one thing. */
export class Meter {
  private readonly policy: LimitPolicy;
  private readonly sliding: boolean;
  private window: Window | undefined;
  private dayStartMs = 0;
  private dayEndMs: number = Number.NEGATIVE_INFINITY;
  private dayRequests = 0;
  private dayTokens = 0;
  private running = 0;
  private reported: Reported | undefined;

  /** Throws a RangeError for a time zone that does not exist. */
  constructor(policy: LimitPolicy) {
    this.policy = policy;
    this.sliding = policy.window === 'sliding';
  }

  /** Requests that were taken and have not ended. */
  get inFlight(): number {
    return this.running;
  }

  /** Why one more request with so many tokens does not fit, of several reasons the one that lasts longest; undefined: it fits. */
  shortage(limits: Limits, tokens: number, now: Moment): Shortage | undefined {
    if (
      (this.reported === undefined || this.reported.isClear(now.ms)) &&
      limits.rpm === undefined &&
      limits.tpm === undefined &&
      limits.rpd === undefined &&
      limits.tpd === undefined &&
      limits.concurrency === undefined
    ) {
      return undefined;
    }
    return this.longestShortage(limits, whole(tokens), now);
  }

  /** Reserves for a request that is sent now. */
  take(tokens: number, now: Moment): void {
    const count = whole(tokens);
    this.forget(now);
    this.window ??= new Window(this.policy.window);
    this.window.add(count, this.timeOf(now));
    this.dayRequests += 1;
    this.dayTokens += count;
    this.running += 1;
    this.reported?.take(count);
  }

  /** A request has ended, well or not: its tokens are corrected in the minute and day in which they were taken. */
  settle(takenTokens: number, usedTokens: number, takenAt: Moment, now: Moment): void {
    this.running = Math.max(0, this.running - 1);
    const change = whole(usedTokens) - whole(takenTokens);
    if (change !== 0) this.change(0, change, takenAt, now);
  }

  /** A request was never sent: all of it comes back. */
  giveBack(takenTokens: number, takenAt: Moment, now: Moment): void {
    this.running = Math.max(0, this.running - 1);
    this.change(-1, -whole(takenTokens), takenAt, now);
  }

  /**
   * The provider's own count. It can only make ours stricter: nothing is admitted beyond what it says is left, until the
   * reset that it names, unless our count and limit of the minute say the same already. Where nothing is left this holds
   * without a limit of our own. `sentMs`: when the request was sent that was answered with it; absent: not known.
   * True: more may fit, or sooner, than shortage() has told; those who wait want to know.
   */
  correct(reported: ReportedCounts, now: Moment, sentMs: number = Number.NEGATIVE_INFINITY): boolean {
    this.forget(now);
    this.reported ??= new Reported();
    return this.reported.hear(reported, now, this.dayEndMs - now.epochMs, this.window, sentMs);
  }

  /** What is left of every limit there is, ours or reported. */
  remaining(limits: Limits, now: Moment): Partial<Record<LimitKind, Remaining>> {
    this.forget(now);
    const left: Partial<Record<LimitKind, Remaining>> = {};
    for (const kind of REPORTED_KINDS) {
      const balance = this.reported?.balance(kind, now.ms);
      const own = limits[kind];
      const limit = own !== undefined && own >= 0 ? own : balance?.limit;
      if (limit === undefined) continue;
      const ours = limit === own ? limit - this.used(kind) : Number.POSITIVE_INFINITY;
      const isNews = balance !== undefined && !(limit === own && isExplained(balance, own));
      const theirs = isNews ? balance.left : Number.POSITIVE_INFINITY;
      const resetInMs = theirs < ours ? untilReset(balance, now) : this.goneInMs(kind, this.used(kind), now);
      left[kind] = { limit, remaining: Math.max(0, Math.min(ours, theirs)), resetInMs };
    }
    const { concurrency } = limits;
    if (concurrency !== undefined && concurrency >= 0) {
      const resetInMs = this.running === 0 ? 0 : Number.POSITIVE_INFINITY;
      left.concurrency = {
        limit: concurrency,
        remaining: Math.max(0, concurrency - this.running),
        resetInMs,
      };
    }
    return left;
  }

  /** What the provider itself last said of its limits, less our uses since; only what still holds. */
  reportedNow(now: Moment): readonly ReportedLeft[] {
    const words: ReportedLeft[] = [];
    for (const kind of REPORTED_KINDS) {
      const balance = this.reported?.balance(kind, now.ms);
      // A guess after a reset is ours, not its word.
      if (balance === undefined || balance.guess) continue;
      words.push({
        kind,
        ...(balance.limit === undefined ? {} : { limit: balance.limit }),
        remaining: Math.max(0, balance.left),
        saidAtMs: Math.round(now.epochMs - now.ms + balance.saidMs),
        resetInMs: untilReset(balance, now),
      });
    }
    return words;
  }

  /** What must outlive the process, as text; undefined: nothing. */
  save(now: Moment): string | undefined {
    this.forget(now);
    const day = { untilMs: this.dayEndMs, requests: this.dayRequests, tokens: this.dayTokens };
    return writeSaved(day, this.reported, now);
  }

  /**
   * Adds what an earlier process has saved; once, at the start. Uses of a day that is not over count as today's, also
   * where the clock or the zone was another one. Text that save did not write is ignored.
   */
  restore(text: string, now: Moment): void {
    const saved = readSaved(text, now);
    if (saved === undefined) return;
    this.forget(now);
    this.dayRequests += saved.requests;
    this.dayTokens += saved.tokens;
    if (saved.reported !== undefined) this.reported ??= saved.reported;
  }

  private longestShortage(limits: Limits, tokens: number, now: Moment): Shortage | undefined {
    this.forget(now);
    let worst = this.shortageIn('rpm', limits.rpm, 1, now);
    worst = longer(worst, this.shortageIn('tpm', limits.tpm, tokens, now));
    worst = longer(worst, this.shortageIn('rpd', limits.rpd, 1, now));
    worst = longer(worst, this.shortageIn('tpd', limits.tpd, tokens, now));
    const { concurrency } = limits;
    if (concurrency === undefined || concurrency < 0 || excess(concurrency, this.running, 1) === 0)
      return worst;
    // Nobody knows when one ends: another reason says more about when to come back, unless it is never.
    if (worst !== undefined && concurrency > 0) return worst;
    return shortageOf('concurrency', concurrency, this.running, Number.POSITIVE_INFINITY);
  }

  private shortageIn(
    kind: ReportedKind,
    configured: number | undefined,
    wanted: number,
    now: Moment,
  ): Shortage | undefined {
    const limit = configured !== undefined && configured >= 0 ? configured : undefined;
    const own = limit === undefined ? undefined : this.ownShortage(kind, limit, wanted, now);
    const balance = this.reported?.balance(kind, now.ms);
    if (balance === undefined) return own;
    if (limit === undefined ? isSomethingLeft(kind, balance) : isEnough(balance, limit, wanted)) return own;
    return longer(own, {
      kind,
      limit: limit ?? balance.limit ?? 0,
      remaining: Math.max(0, balance.left),
      freeInMs: untilReset(balance, now),
    });
  }

  private ownShortage(kind: ReportedKind, limit: number, wanted: number, now: Moment): Shortage | undefined {
    const used = this.used(kind);
    const over = excess(limit, used, wanted);
    if (over === 0) return undefined;
    return shortageOf(
      kind,
      limit,
      used,
      over === Number.POSITIVE_INFINITY ? over : this.goneInMs(kind, over, now),
    );
  }

  private used(kind: ReportedKind): number {
    if (kind === 'rpd') return this.dayRequests;
    if (kind === 'tpd') return this.dayTokens;
    if (this.window === undefined) return 0;
    return kind === 'rpm' ? this.window.requests : this.window.tokens;
  }

  private goneInMs(kind: ReportedKind, amount: number, now: Moment): number {
    if (amount <= 0) return 0;
    if (kind === 'rpd' || kind === 'tpd') return Math.ceil(this.dayEndMs - now.epochMs);
    return this.window?.goneInMs(kind === 'rpm' ? 'requests' : 'tokens', amount, this.timeOf(now)) ?? 0;
  }

  private change(requests: number, tokens: number, takenAt: Moment, now: Moment): void {
    this.forget(now);
    this.window?.change(requests, tokens, this.timeOf(takenAt));
    this.reported?.change(requests, tokens, takenAt.ms);
    if (takenAt.epochMs < this.dayStartMs) return;
    this.dayRequests = Math.max(0, this.dayRequests + requests);
    this.dayTokens = Math.max(0, this.dayTokens + tokens);
  }

  private forget(now: Moment): void {
    this.window?.advance(this.timeOf(now));
    if (now.epochMs < this.dayEndMs) return;
    const day = dayAt(this.policy.timeZone, now.epochMs);
    this.dayStartMs = day.startMs;
    this.dayEndMs = day.endMs;
    this.dayRequests = 0;
    this.dayTokens = 0;
  }

  private timeOf(moment: Moment): number {
    return this.sliding ? moment.ms : moment.epochMs;
  }
}

/** Without a limit of our own, an estimate of tokens does not outweigh the provider's word that some are left. */
function isSomethingLeft(kind: ReportedKind, { said, left }: Balance): boolean {
  return (kind === 'tpm' || kind === 'tpd' ? said : left) >= 1;
}

/**
 * Whether its word lets a request pass that our own limit concerns as well. What it says of uses that are all ours is left
 * to our own count, which knows to the moment when each is over; its reset may be as old as the answer took.
 */
function isEnough(balance: Balance, ownLimit: number, wanted: number): boolean {
  if (isExplained(balance, ownLimit)) return true;
  return balance.left >= Math.max(1, Math.min(wanted, balance.limit ?? wanted));
}

function isExplained({ explained, limit }: Balance, ownLimit: number): boolean {
  return explained && limit !== undefined && ownLimit <= limit;
}

function untilReset(balance: Balance | undefined, now: Moment): number {
  return balance === undefined ? 0 : Math.ceil(balance.untilMs - now.ms);
}
