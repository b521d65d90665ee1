// Limits that several gateways share in a store. While the store answers, it alone says what fits; while it does not, this
// gateway lets in no more than its part of what was left, and tells the store of it as soon as that is back.

import type { SharedSpending } from '../../core/budgets/shared-spending.ts';
import { dayAt } from '../../core/routing/day.ts';
import type { LimitPolicy } from '../../core/routing/policy.ts';
import type { LetIn } from '../../core/routing/shared-use.ts';
import type { Clock, Deadline, Deadlines } from '../ports.ts';
import type { LimitStore, StoreSettle, StoreTake, StoreTaken } from './limit-store.ts';
import type { Asking, News, Refusal, SharedLimits, Taken } from './limits-port.ts';
import { Membership } from './membership.ts';
import { readNews, writeNews } from './news-text.ts';
import { Lease, type Part, SharedBooks, whole } from './shared-books.ts';

/** How they are made. */
export interface SharedLimitsOptions {
  readonly store: LimitStore;
  readonly clock: Pick<Clock, 'monotonicMs' | 'epochMs'>;
  readonly deadlines: Deadlines;
  /** A new random id. */
  newId(): string;
  policy(): LimitPolicy;
  /** Gateways that are reckoned with as long as the store was never asked. */
  readonly fellows: number;
}

/** Makes them; they join at once. */
export function createSharedLimits(options: SharedLimitsOptions): SharedLimits {
  return new StoredLimits(options);
}

/** Later than this the store does not answer a question that nobody waits for any more. */
const LATE_MS = 500;
class StoredLimits implements SharedLimits {
  readonly #options: SharedLimitsOptions;
  readonly #membership: Membership;
  readonly #books: SharedBooks;
  /** Taken while the store was silent, and not ended. */
  readonly #alone: Set<Lease> = new Set();
  /** What the store is still to be told of requests that it knows. */
  #unsettled: StoreSettle[] = [];
  #holds = 0;
  #silence = 0;
  #closed = false;
  readonly #beat: Deadline;

  constructor(options: SharedLimitsOptions) {
    const { store, clock, deadlines } = options;
    this.#options = options;
    this.#books = new SharedBooks(
      () => this.nowMs(),
      (place) => options.store.idOf?.(place) ?? place,
    );
    this.#membership = new Membership(options, {
      push: (all) => this.#push(all),
      hear: (totals) => this.#books.hear(totals),
      silent: () => {
        this.#endSilence();
        this.#silence += 1;
      },
      calm: () => this.#endSilence(),
    });
    this.#beat = {
      dueMs: clock.monotonicMs() + BEAT_MS,
      place: -1,
      expired: () => {
        this.#beat.dueMs = clock.monotonicMs() + BEAT_MS;
        void this.#membership.beat();
      },
    };
    deadlines.add(this.#beat);
    store.onUp(() => void this.#membership.join());
    void this.#membership.join();
  }

  get fellows(): number {
    return this.#membership.fellowship.fellows;
  }

  get connected(): boolean {
    return this.#membership.connected;
  }

  nowMs(): number {
    return this.#membership.nowMs();
  }

  async joined(withinMs: number): Promise<void> {
    const { clock, deadlines } = this.#options;
    if (this.connected) return;
    await new Promise<void>((resolve) => {
      const deadline: Deadline = { dueMs: clock.monotonicMs() + withinMs, place: -1, expired: () => done() };
      const done = (): void => {
        deadlines.remove(deadline);
        resolve();
      };
      deadlines.add(deadline);
      this.#membership.onceJoined(done);
    });
  }

  async take(asking: Asking): Promise<Taken | Refusal> {
    const { joining } = this.#membership;
    if (joining !== undefined) await joining;
    const spending = this.#books.introduce(asking);
    if (!this.connected) return this.#takeAlone(asking, spending);
    if (this.#membership.cautious) {
      // Some of the others may still be silent, and go by their own part: so does this one, with the store besides.
      const refused = this.#books.refusal(asking, spending, this.#membership.fellowship);
      if (refused !== undefined) return refused;
    }
    const { life } = this.#membership;
    const holdId = asking.money === undefined ? undefined : this.#newHold();
    const answer = await this.#ask(asking, spending, holdId);
    if (answer?.kind === 'missed') {
      await this.#membership.beginAnew(life);
      return this.take(asking);
    }
    if (answer === undefined) {
      this.#membership.fall();
      return this.#takeAlone(asking, spending);
    }
    return answer.kind === 'taken'
      ? this.#noteTaken(asking, spending, answer, holdId)
      : this.#refused(asking, answer);
  }

  settle(taken: Taken, usedTokens: number, costNanoUsd = 0): void {
    this.#end(taken, 0, whole(usedTokens), costNanoUsd);
  }

  giveBack(taken: Taken): void {
    this.#end(taken, -1, 0, 0);
  }

  tell(news: News): void {
    if (!this.connected) return;
    this.#options.store.tell({
      text: writeNews(news, this.#membership.self),
      keep: news.kind === 'standing' ? { place: news.place, untilMs: news.untilMs } : undefined,
      forget: news.kind === 'freed' ? news.place : undefined,
    });
  }

  onNews(listener: (news: News) => void): void {
    const hear = (text: string): void => {
      const news = readNews(text, this.#membership.self);
      if (news !== undefined && !this.#closed) listener(news);
    };
    this.#membership.hearKept(hear);
    this.#options.store.onNews(hear);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.deadlines.remove(this.#beat);
    await this.#membership.leave();
    this.#options.store.close();
  }

  // ------------------------------------------------------------------------------------------ with the store

  async #ask(
    asking: Asking,
    spending: SharedSpending | undefined,
    holdId: string | undefined,
  ): Promise<StoreTaken | undefined> {
    const { store } = this.#options;
    const answer = await store.take(this.#question(asking, spending, holdId));
    if (answer !== undefined) this.#membership.heardTime(answer.nowMs);
    if (answer?.kind !== 'time') return answer;
    // Our idea of its clock was wrong: now it is not.
    const again = await store.take(this.#question(asking, spending, holdId));
    return again?.kind === 'time' ? undefined : again;
  }

  #question(asking: Asking, spending: SharedSpending | undefined, holdId: string | undefined): StoreTake {
    const { claims, tokens, policy, money } = asking;
    const nowMs = this.nowMs();
    const { timeZone, window } = policy;
    return {
      life: this.#membership.life,
      notAfterMs: nowMs + LATE_MS,
      window,
      day: dayAt(timeZone, nowMs),
      claims,
      tokens: whole(tokens),
      money:
        money === undefined || spending === undefined || holdId === undefined
          ? undefined
          : {
              claim: money,
              periods: spending.periods(timeZone, nowMs),
              floors: spending.introduced ? NO_FLOORS : money.spentNanoUsd,
              holdId,
            },
    };
  }

  #noteTaken(
    asking: Asking,
    spending: SharedSpending | undefined,
    answer: Extract<StoreTaken, { kind: 'taken' }>,
    holdId: string | undefined,
  ): Taken {
    const how = this.#membership.cautious ? 'recent' : 'with';
    const lease = this.#lease(asking, how, answer.nowMs, holdId);
    for (const [at, { use }] of lease.parts.entries()) {
      const totals = answer.totals[at];
      if (totals !== undefined) use.hear(totals, answer.nowMs);
    }
    if (spending !== undefined && asking.money !== undefined && holdId !== undefined) {
      spending.introduced = true;
      spending.hold(holdId, asking.money.worstNanoUsd, false);
      if (answer.spentNanoUsd !== undefined) spending.hear(answer.spentNanoUsd);
      lease.spentNanoUsd = answer.spentNanoUsd;
    }
    this.#membership.heardEpoch(answer.epoch);
    return lease;
  }

  #refused({ claims, money }: Asking, answer: Exclude<StoreTaken, { kind: 'taken' }>): Refusal {
    if (answer.kind === 'short') {
      const place = claims[answer.claim]?.place ?? '';
      return { ok: false, why: 'limit', place, shortage: answer.shortage };
    }
    const budget = 'budget' in answer ? money?.budgets[answer.budget] : undefined;
    if (budget === undefined || !('budget' in answer))
      throw new Error('The store refused a budget that was not asked for.');
    const leftNanoUsd = Math.max(0, budget.nanoUsd - answer.spentNanoUsd);
    return { ok: false, why: answer.kind, budget, leftNanoUsd };
  }

  // ------------------------------------------------------------------------------------------ without it

  #takeAlone(asking: Asking, spending: SharedSpending | undefined): Taken | Refusal {
    const refused = this.#books.refusal(asking, spending, this.#membership.fellowship);
    if (refused !== undefined) return refused;
    const holdId = asking.money === undefined ? undefined : this.#newHold();
    const lease = this.#lease(asking, 'since', this.nowMs(), holdId);
    if (asking.money !== undefined && holdId !== undefined)
      spending?.hold(holdId, asking.money.worstNanoUsd, true);
    this.#alone.add(lease);
    return lease;
  }

  #lease(asking: Asking, how: LetIn, atMs: number, holdId: string | undefined): Lease {
    const { claims, policy, tokens } = asking;
    const parts = claims.map(({ place }) => ({
      place,
      use: this.#books.use(place, policy),
      how,
      silence: this.#silence,
    }));
    for (const { use } of parts) use.take(whole(tokens), atMs, how);
    return new Lease(asking, parts, atMs, holdId);
  }

  #end(taken: Taken, requests: number, usedTokens: number, costNanoUsd: number): void {
    if (!(taken instanceof Lease) || taken.ended) return;
    taken.ended = true;
    const { joining } = this.#membership;
    // What is being told to the store just now must not change under its hands.
    if (joining === undefined) this.#book(taken, requests, usedTokens, costNanoUsd);
    else void joining.then(() => this.#book(taken, requests, usedTokens, costNanoUsd));
  }

  #book(lease: Lease, requests: number, usedTokens: number, costNanoUsd: number): void {
    this.#alone.delete(lease);
    const { asking, parts, atMs, holdId } = lease;
    const nowMs = this.nowMs();
    const tokens = usedTokens - whole(asking.tokens);
    for (const part of parts) part.use.end(requests, tokens, atMs, nowMs, this.#howOf(part));
    const client = asking.money?.client ?? '';
    const isTold =
      holdId !== undefined && this.#books.spendings.get(client)?.settle(holdId, costNanoUsd) === true;
    const places = parts.filter(({ how }) => how !== 'since').map(({ place }) => place);
    if (places.length === 0 && !isTold) return;
    const settle: StoreSettle = {
      ...this.#request(),
      window: asking.policy.window,
      places,
      takenAtMs: atMs,
      requests,
      tokens,
      running: -1,
      money: isTold ? { client, holdId, costNanoUsd } : undefined,
    };
    if (this.connected) void this.#send(settle);
    else this.#unsettled.push(afterSilence(settle));
  }

  async #send(settle: StoreSettle): Promise<void> {
    const told = await this.#options.store.settle({ ...settle, ...this.#request() });
    if (told === true) return;
    this.#membership.fall();
    // Perhaps it was done all the same: what would let too much in if it were done twice is not repeated.
    this.#unsettled.push(
      afterSilence(told === false ? settle : { ...settle, requests: 0, tokens: Math.max(0, settle.tokens) }),
    );
  }

  // ------------------------------------------------------------------------------------------ coming back

  /** Tells the store what it does not know; `all`: it has lost what it knew. False: it is silent again. */
  async #push(all: boolean): Promise<boolean> {
    const { store } = this.#options;
    const nowMs = this.nowMs();
    const pushes = [...this.#books.uses].map(async ([place, use]): Promise<boolean> => {
      const { window, timeZone } = use.policy;
      const told = {
        ...use.untold(all, nowMs),
        place,
        window,
        day: dayAt(timeZone, nowMs),
        running: use.running,
      };
      const isNothing = told.uses.length === 0 && told.dayRequests === 0 && use.running === 0;
      // What was used lately may have left something behind in the store that is over.
      if (isNothing && nowMs - use.usedMs > LATELY_MS) return true;
      const uses = told.uses.map(({ timeMs, ...counts }) => ({ ...counts, atMs: timeMs }));
      if ((await store.push({ ...this.#request(), ...told, uses })) !== true) return false;
      use.pushed(this.nowMs());
      for (const { parts } of this.#alone)
        for (const part of parts) if (part.use === use) part.how = 'recent';
      return true;
    });
    const { timeZone } = this.#options.policy();
    const payments = [...this.#books.spendings].map(async ([client, spending]): Promise<boolean> => {
      const periods = spending.periods(timeZone, nowMs);
      const told = await store.pushMoney({ ...this.#request(), ...spending.untold(all), client, periods });
      if (told === true) spending.told();
      return told === true;
    });
    const done = await Promise.all([...pushes, ...payments]);
    if (done.includes(false)) return false;
    for (let settle = this.#unsettled.shift(); settle !== undefined; settle = this.#unsettled.shift()) {
      const told = await store.settle({ ...settle, ...this.#request() });
      if (told === true) continue;
      this.#unsettled.unshift(settle);
      return false;
    }
    return true;
  }

  #endSilence(): void {
    const nowMs = this.nowMs();
    for (const use of this.#books.uses.values()) use.endSilence(nowMs);
    this.#silence += 1;
  }

  // ------------------------------------------------------------------------------------------ books

  #request(): { readonly life: string; readonly notAfterMs: number } {
    return { life: this.#membership.life, notAfterMs: this.nowMs() + LATE_MS };
  }

  #howOf({ how, silence }: Part): LetIn {
    return how === 'recent' && silence !== this.#silence ? 'with' : how;
  }

  #newHold(): string {
    this.#holds += 1;
    return `${this.#membership.life}#${this.#holds}`;
  }
}

const BEAT_MS = 1_000;
const LATELY_MS = 120_000;
const NO_FLOORS: readonly number[] = [0, 0, 0, 0];

/** What runs is told all in all when the store is back. */
function afterSilence(settle: StoreSettle): StoreSettle {
  return { ...settle, running: 0 };
}
