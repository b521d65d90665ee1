// What a provider said is left of its own limits. Others may use the same key, so its word can only make ours stricter:
// it is held against our own count until the reset that it named, less what we have taken since.

import type { LimitKind, Moment } from './limit-words.ts';

/** One limit as an answer tells it; `resetMs` from now. */
export interface ReportedCount {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly resetMs?: number | undefined;
}

/** What an answer tells of the provider's limits. */
export interface ReportedCounts {
  readonly requests?: ReportedCount | undefined;
  readonly tokens?: ReportedCount | undefined;
  readonly requestsPerDay?: ReportedCount | undefined;
  readonly tokensPerDay?: ReportedCount | undefined;
}

/** The limits that providers report. */
export type ReportedKind = Exclude<LimitKind, 'concurrency'>;

/** All of them. */
export const REPORTED_KINDS: readonly ReportedKind[] = ['rpm', 'rpd', 'tpm', 'tpd'];

const DAILY_MOST_MS = 90_000_000;
const MINUTELY_MOST_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** After a reset of requests, so long only one a second is sent until an answer says what there is: a queue is not let loose on a guess. */
const CAUTION_MS = 5_000;
const CAUTIOUS_STEP_MS = 1_000;

/** What is left of one limit, by the provider's word and our uses since. Times are monotonic. */
export interface Balance {
  /** Undefined: it did not say. */
  limit: number | undefined;
  /** As it said. */
  said: number;
  /** Less what we took since: below 0 where more was taken than it said. */
  left: number;
  saidMs: number;
  untilMs: number;
  /** Nobody has named that end: it is the one that limits of this kind usually have. */
  endsByGuess: boolean;
  /** When caution after the reset ends, unless the provider speaks before. */
  carefulUntilMs: number;
  /** Not its word but ours: the reset has come, and it has not spoken since. */
  guess: boolean;
  /** Our own count of the minute held all that it counted: where we have its limit too, its word says nothing new. */
  explained: boolean;
}

/** What is kept of one word of a provider. */
export type Word = Pick<Balance, 'limit' | 'said' | 'left' | 'explained'>;

/** What we have counted ourselves in the current minute. */
export interface OwnMinute {
  readonly requests: number;
  readonly tokens: number;
}

/** The provider's latest words on one key. */
export class Reported {
  private readonly balances: Record<ReportedKind, Balance | undefined> = {
    rpm: undefined,
    rpd: undefined,
    tpm: undefined,
    tpd: undefined,
  };

  /** Until then something has run out, whatever our own limits are. */
  private outUntilMs: number = Number.NEGATIVE_INFINITY;

  /** Whether nothing of any of them has run out. */
  isClear(nowMs: number): boolean {
    return nowMs >= this.outUntilMs;
  }

  /**
   * Believes the stricter of what is known and what is said; `dayLeftMs` stands in for a daily reset that is not told.
   * `sentMs`: when the request was sent that it answered. True: more may fit, or sooner, than was known until now.
   */
  hear(
    said: ReportedCounts,
    now: Moment,
    dayLeftMs: number,
    own: OwnMinute | undefined,
    sentMs: number,
  ): boolean {
    const rpm = this.hearOne('rpm', said.requests, now, MINUTE_MS, own?.requests ?? 0, sentMs);
    const tpm = this.hearOne('tpm', said.tokens, now, MINUTE_MS, own?.tokens ?? 0, sentMs);
    const rpd = this.hearOne('rpd', said.requestsPerDay, now, dayLeftMs, 0, sentMs);
    const tpd = this.hearOne('tpd', said.tokensPerDay, now, dayLeftMs, 0, sentMs);
    this.findOut();
    return rpm || tpm || rpd || tpd;
  }

  /** What is left, unless nothing was said or its reset has come (and, for requests that had run out, caution is over). */
  balance(kind: ReportedKind, nowMs: number): Balance | undefined {
    const balance = this.balances[kind];
    if (balance === undefined || nowMs < balance.untilMs) return balance;
    if (!isByRequest(kind) || nowMs >= balance.carefulUntilMs) return undefined;
    if (balance.left >= 1 && !balance.guess) return undefined;
    balance.guess = true;
    balance.left = 1;
    balance.saidMs = nowMs;
    balance.untilMs = Math.min(nowMs + CAUTIOUS_STEP_MS, balance.carefulUntilMs);
    return balance;
  }

  /** Ours since: one request with so many tokens. */
  take(tokens: number): void {
    const { rpm, rpd, tpm, tpd } = this.balances;
    if (rpm !== undefined) rpm.left -= 1;
    if (rpd !== undefined) rpd.left -= 1;
    if (tpm !== undefined) tpm.left -= tokens;
    if (tpd !== undefined) tpd.left -= tokens;
    this.findOut();
  }

  /** Corrects what was taken; what was taken before the provider spoke is in its word already. */
  change(requests: number, tokens: number, takenAtMs: number): void {
    const { rpm, rpd, tpm, tpd } = this.balances;
    if (rpm !== undefined && takenAtMs > rpm.saidMs) rpm.left -= requests;
    if (rpd !== undefined && takenAtMs > rpd.saidMs) rpd.left -= requests;
    if (tpm !== undefined && takenAtMs > tpm.saidMs) tpm.left -= tokens;
    if (tpd !== undefined && takenAtMs > tpd.saidMs) tpd.left -= tokens;
    this.findOut();
  }

  /** Puts back what was saved, in monotonic time of this process. */
  put(kind: ReportedKind, word: Word, now: Moment, untilMs: number, endsByGuess: boolean = false): void {
    const carefulUntilMs = untilMs + CAUTION_MS;
    this.balances[kind] = { ...word, saidMs: now.ms, untilMs, endsByGuess, carefulUntilMs, guess: false };
    this.findOut();
  }

  /** Requests are counted exactly; of tokens we only have estimates, so there the provider itself must have said it. */
  private findOut(): void {
    const { rpm, rpd, tpm, tpd } = this.balances;
    let untilMs = Number.NEGATIVE_INFINITY;
    if (rpm !== undefined && (rpm.left < 1 || rpm.guess)) untilMs = Math.max(untilMs, rpm.carefulUntilMs);
    if (rpd !== undefined && (rpd.left < 1 || rpd.guess)) untilMs = Math.max(untilMs, rpd.carefulUntilMs);
    if (tpm !== undefined && tpm.said < 1) untilMs = Math.max(untilMs, tpm.untilMs);
    if (tpd !== undefined && tpd.said < 1) untilMs = Math.max(untilMs, tpd.untilMs);
    this.outUntilMs = untilMs;
  }

  private hearOne(
    kind: ReportedKind,
    word: ReportedCount | undefined,
    now: Moment,
    otherwiseMs: number,
    ownUse: number,
    sentMs: number,
  ): boolean {
    const { remaining, resetMs, limit } = word ?? {};
    if (remaining === undefined || Number.isNaN(remaining)) return false;
    const left = Math.max(0, remaining);
    const known = this.balances[kind];
    // A higher one may be an answer that was overtaken by a later one. That nothing is left is always believed.
    const isNewer = known?.endsByGuess === true && sentMs > known.saidMs;
    const holds = known !== undefined && now.ms < known.untilMs && !known.guess && !isNewer;
    if (holds && left >= 1 && left > known.left) return false;
    const told = limit !== undefined && limit > 0 ? limit : undefined;
    const untilMs = now.ms + boundedReset(kind, resetMs, otherwiseMs);
    const explained = told !== undefined && ownUse >= told - left;
    this.put(kind, { limit: told, said: left, left, explained }, now, untilMs, resetMs === undefined);
    if (known === undefined || now.ms >= known.untilMs) return false;
    return left > known.left || untilMs < known.untilMs || (explained && !known.explained);
  }
}

/** Counted in requests, which we count as exactly as the provider. */
function isByRequest(kind: ReportedKind): boolean {
  return kind === 'rpm' || kind === 'rpd';
}

/** The longest that a provider's word is believed. */
export function mostMs(kind: ReportedKind): number {
  return kind === 'rpd' || kind === 'tpd' ? DAILY_MOST_MS : MINUTELY_MOST_MS;
}

function boundedReset(kind: ReportedKind, resetMs: number | undefined, otherwiseMs: number): number {
  if (resetMs === undefined || Number.isNaN(resetMs)) return otherwiseMs;
  return Math.min(Math.max(0, resetMs), mostMs(kind));
}
