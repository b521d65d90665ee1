// The store of shared limits in the memory of one process, which serves any number of callers: several gateways in one
// process, or the processes of one machine, each over a line to this one.

import {
  DEAD_AFTER_MS,
  type LimitStore,
  type StoreBeat,
  type StoreBeaten,
  type StoreNews,
  type StorePush,
  type StorePushMoney,
  type StoreSettle,
  type StoreTake,
  type StoreTaken,
} from '../../exchange/ports.ts';
import { SharedMoney } from './shared-limits-money.ts';
import { SharedPlace } from './shared-limits-place.ts';

/** What all callers share. */
export class MemoryLimits {
  readonly #nowMs: () => number;
  readonly #places: Map<string, SharedPlace> = new Map();
  readonly #moneys: Map<string, SharedMoney> = new Map();
  readonly #beats: Map<string, number> = new Map();
  readonly #kept: Map<string, { readonly untilMs: number; readonly text: string }> = new Map();
  readonly #listeners: Set<(text: string) => void> = new Set();
  #epoch = '';

  /** `nowMs`: epoch milliseconds that never jump. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The store as one caller sees it. */
  store(): LimitStore {
    const own: ((text: string) => void)[] = [];
    return {
      up: true,
      onUp: () => undefined,
      take: (take) => Promise.resolve(this.#take(take)),
      settle: (settle) => Promise.resolve(this.#settle(settle)),
      push: (push) => Promise.resolve(this.#push(push)),
      pushMoney: (push) => Promise.resolve(this.#pushMoney(push)),
      beat: (beat) => Promise.resolve(this.#beat(beat)),
      leave: (life) => {
        this.#beats.delete(life);
        return Promise.resolve();
      },
      tell: (news) => this.#tell(news),
      kept: () => Promise.resolve(this.#keptNow()),
      onNews: (listener) => {
        own.push(listener);
        this.#listeners.add(listener);
      },
      close: () => {
        for (const listener of own.splice(0)) this.#listeners.delete(listener);
      },
    };
  }

  #take(take: StoreTake): StoreTaken {
    const nowMs = this.#nowMs();
    const { claims, money, day, notAfterMs, life, window } = take;
    const isLate = nowMs > notAfterMs;
    if (!isLate && this.#isMissed(life, nowMs)) return { kind: 'missed', nowMs };
    const isToday = nowMs >= day.startMs && nowMs < day.endMs;
    const isCurrent = money?.periods.every(({ startMs, endMs }) => nowMs >= startMs && nowMs < endMs) ?? true;
    if (isLate || !isToday || !isCurrent) return { kind: 'time', nowMs };
    const isAlive = this.#alive(life, nowMs);
    for (const [claim, { place, limits }] of claims.entries()) {
      const shortage = this.#place(place).shortage(limits, take, nowMs, isAlive);
      if (shortage !== undefined) return { kind: 'short', nowMs, claim, shortage };
    }
    let spentNanoUsd: readonly number[] | undefined;
    if (money !== undefined) {
      const purse = this.#money(money.claim.client);
      const short = purse.shortfall(money, nowMs, isAlive);
      if (short !== undefined)
        return { kind: short.why, nowMs, budget: short.budget, spentNanoUsd: short.spentNanoUsd };
      purse.hold(money.holdId, life, money.claim.worstNanoUsd);
      spentNanoUsd = purse.spent;
    }
    const totals = claims.map(({ place }) => {
      const counted = this.#place(place);
      counted.take(take, nowMs);
      return counted.totals(window, nowMs, isAlive);
    });
    return { kind: 'taken', nowMs, epoch: this.#epoch, totals, spentNanoUsd };
  }

  #settle({
    life,
    notAfterMs,
    window,
    places,
    takenAtMs,
    requests,
    tokens,
    running,
    money,
  }: StoreSettle): boolean {
    const nowMs = this.#nowMs();
    if (nowMs > notAfterMs) return false;
    for (const name of places) {
      const place = this.#place(name);
      place.change(window, requests, tokens, takenAtMs, nowMs);
      place.changeDay(requests, tokens, takenAtMs, nowMs);
      if (running !== 0) place.run(life, place.running(life) + running);
    }
    if (money !== undefined) this.#money(money.client).settle(money.holdId, money.costNanoUsd, nowMs);
    return true;
  }

  #push({
    life,
    notAfterMs,
    place: name,
    window,
    day,
    uses,
    dayRequests,
    dayTokens,
    running,
  }: StorePush): boolean {
    const nowMs = this.#nowMs();
    if (nowMs > notAfterMs) return false;
    const place = this.#place(name);
    for (const { atMs, requests, tokens } of uses) place.change(window, requests, tokens, atMs, nowMs);
    if (nowMs >= day.startMs && nowMs < day.endMs) {
      place.begin(day, nowMs);
      place.changeDay(dayRequests, dayTokens, nowMs, nowMs);
    }
    place.run(life, running);
    return true;
  }

  #pushMoney(push: StorePushMoney): boolean {
    const nowMs = this.#nowMs();
    const isCurrent = push.periods.every(({ startMs, endMs }) => nowMs >= startMs && nowMs < endMs);
    if (nowMs > push.notAfterMs || !isCurrent) return false;
    this.#money(push.client).push(push, nowMs);
    return true;
  }

  #beat({ life, joins, epoch, window }: StoreBeat): StoreBeaten {
    const nowMs = this.#nowMs();
    const missed = !joins && this.#isMissed(life, nowMs);
    if (!missed) this.#beats.set(life, nowMs);
    for (const [one, atMs] of this.#beats) if (nowMs - atMs > DEAD_AFTER_MS) this.#beats.delete(one);
    if (this.#epoch === '') this.#epoch = epoch;
    const isAlive = this.#alive(life, nowMs);
    return {
      nowMs,
      epoch: this.#epoch,
      fellows: [...this.#beats.keys()].sort(),
      missed,
      totals: [...this.#places].map(([name, place]) => [name, place.totals(window, nowMs, isAlive)]),
    };
  }

  #tell({ text, keep, forget }: StoreNews): void {
    if (forget !== undefined) this.#kept.delete(forget);
    if (keep !== undefined) this.#kept.set(keep.place, { untilMs: keep.untilMs, text });
    // As over a line: whoever tells is done before anybody hears.
    for (const listener of this.#listeners) queueMicrotask(() => listener(text));
  }

  #keptNow(): readonly string[] {
    const nowMs = this.#nowMs();
    for (const [place, { untilMs }] of this.#kept) if (untilMs < nowMs) this.#kept.delete(place);
    return [...this.#kept.values()].map(({ text }) => text);
  }

  #isMissed(life: string, nowMs: number): boolean {
    return nowMs - (this.#beats.get(life) ?? Number.NEGATIVE_INFINITY) > DEAD_AFTER_MS;
  }

  #alive(asking: string, nowMs: number): (life: string) => boolean {
    return (life) => life === asking || !this.#isMissed(life, nowMs);
  }

  #place(name: string): SharedPlace {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = new SharedPlace();
      this.#places.set(name, place);
    }
    return place;
  }

  #money(client: string): SharedMoney {
    let money = this.#moneys.get(client);
    if (money === undefined) {
      money = new SharedMoney();
      this.#moneys.set(client, money);
    }
    return money;
  }
}
