// What all callers of a store in memory have used of one place: its minute, its day and what runs.

import type { LimitKind, Shortage } from '../../core/routing/limit-words.ts';
import type { LimitPolicy, Limits } from '../../core/routing/policy.ts';
import { Window } from '../../core/routing/window.ts';
import type { StoreTake, Totals } from '../../exchange/ports.ts';

type Day = StoreTake['day'];

/** How much of what was used must go before so much more fits; see core/routing/limits.ts. */
function excess(limit: number, used: number, wanted: number): number {
  if (limit === 0) return Number.POSITIVE_INFINITY;
  return wanted > limit ? used : Math.max(0, used + wanted - limit);
}

/** One place. */
export class SharedPlace {
  readonly #minutes: Map<LimitPolicy['window'], Window> = new Map();
  readonly #running: Map<string, number> = new Map();
  #day: Day = { startMs: 0, endMs: Number.NEGATIVE_INFINITY };
  #dayRequests = 0;
  #dayTokens = 0;

  shortage(
    limits: Limits,
    { tokens, window, day }: Pick<StoreTake, 'tokens' | 'window' | 'day'>,
    nowMs: number,
    isAlive: (life: string) => boolean,
  ): Shortage | undefined {
    const minute = this.#minute(window, nowMs);
    this.#turnOver(day, nowMs);
    let worst: Shortage | undefined;
    const look = (kind: LimitKind, used: number, wanted: number, freeIn: (over: number) => number): void => {
      const limit = limits[kind];
      if (limit === undefined || limit < 0) return;
      const over = excess(limit, used, wanted);
      if (over === 0) return;
      const freeInMs = over === Number.POSITIVE_INFINITY ? over : freeIn(over);
      if (worst === undefined || freeInMs > worst.freeInMs)
        worst = { kind, limit, remaining: Math.max(0, limit - used), freeInMs };
    };
    const untilDayEnds = (): number => Math.ceil(this.#day.endMs - nowMs);
    look('rpm', minute.requests, 1, (over) => minute.goneInMs('requests', over, nowMs));
    look('tpm', minute.tokens, tokens, (over) => minute.goneInMs('tokens', over, nowMs));
    look('rpd', this.#dayRequests, 1, untilDayEnds);
    look('tpd', this.#dayTokens, tokens, untilDayEnds);
    const { concurrency } = limits;
    if (concurrency === undefined || concurrency < 0) return worst;
    const running = this.#runningNow(isAlive);
    if (excess(concurrency, running, 1) === 0 || (worst !== undefined && concurrency > 0)) return worst;
    const remaining = Math.max(0, concurrency - running);
    return { kind: 'concurrency', limit: concurrency, remaining, freeInMs: Number.POSITIVE_INFINITY };
  }

  take({ life, tokens, window, day }: StoreTake, nowMs: number): void {
    this.#minute(window, nowMs).change(1, tokens, nowMs);
    this.#turnOver(day, nowMs);
    this.#dayRequests += 1;
    this.#dayTokens += tokens;
    this.run(life, (this.#running.get(life) ?? 0) + 1);
  }

  /** Changes what was counted at `atMs`. */
  change(window: LimitPolicy['window'], requests: number, tokens: number, atMs: number, nowMs: number): void {
    this.#minute(window, nowMs).change(requests, tokens, Math.min(atMs, nowMs));
  }

  changeDay(requests: number, tokens: number, atMs: number, nowMs: number): void {
    if (nowMs >= this.#day.endMs || atMs < this.#day.startMs) return;
    this.#dayRequests = Math.max(0, this.#dayRequests + requests);
    this.#dayTokens = Math.max(0, this.#dayTokens + tokens);
  }

  /** Begins the day where it has not begun here. */
  begin(day: Day, nowMs: number): void {
    this.#turnOver(day, nowMs);
  }

  running(life: string): number {
    return this.#running.get(life) ?? 0;
  }

  /** So many requests of a caller run. */
  run(life: string, requests: number): void {
    if (requests > 0) this.#running.set(life, requests);
    else this.#running.delete(life);
  }

  totals(window: LimitPolicy['window'], nowMs: number, isAlive: (life: string) => boolean): Totals {
    const { requests, tokens } = this.#minute(window, nowMs);
    const isToday = nowMs < this.#day.endMs;
    return {
      requests,
      tokens,
      dayRequests: isToday ? this.#dayRequests : 0,
      dayTokens: isToday ? this.#dayTokens : 0,
      running: this.#runningNow(isAlive),
    };
  }

  #runningNow(isAlive: (life: string) => boolean): number {
    let sum = 0;
    for (const [life, requests] of this.#running)
      if (isAlive(life)) sum += requests;
      else this.#running.delete(life);
    return sum;
  }

  #minute(kind: LimitPolicy['window'], nowMs: number): Window {
    let minute = this.#minutes.get(kind);
    if (minute === undefined) {
      minute = new Window(kind);
      this.#minutes.set(kind, minute);
    }
    minute.advance(nowMs);
    return minute;
  }

  #turnOver(day: Day, nowMs: number): void {
    if (nowMs < this.#day.endMs) return;
    this.#day = day;
    this.#dayRequests = 0;
    this.#dayTokens = 0;
  }
}
