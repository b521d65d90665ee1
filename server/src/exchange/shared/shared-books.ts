// What one gateway knows of everything that it shares with others: places, money, and what it has taken of them.

import { SharedSpending } from '../../core/budgets/shared-spending.ts';
import type { LimitPolicy } from '../../core/routing/policy.ts';
import type { Fellowship } from '../../core/routing/share-of.ts';
import { type LetIn, SharedUse } from '../../core/routing/shared-use.ts';
import type { PlaceTotals, Totals } from './limit-store.ts';
import type { Asking, Refusal, Taken } from './limits-port.ts';

/** More places than these are looked through for some that nobody uses. */
const MANY = 1_000;

/** A part of what was taken. */
export interface Part {
  readonly place: string;
  readonly use: SharedUse;
  how: LetIn;
  /** Of which silence, where it was let in during one. */
  readonly silence: number;
}

/** What was taken, and where it is booked. */
export class Lease implements Taken {
  readonly ok = true;
  spentNanoUsd: readonly number[] | undefined = undefined;
  ended = false;
  readonly parts: readonly Part[];
  readonly asking: Asking;
  readonly atMs: number;
  readonly holdId: string | undefined;

  constructor(asking: Asking, parts: readonly Part[], atMs: number, holdId: string | undefined) {
    this.asking = asking;
    this.parts = parts;
    this.atMs = atMs;
    this.holdId = holdId;
  }
}

/** The books of one gateway. */
export class SharedBooks {
  readonly uses: Map<string, SharedUse> = new Map();
  readonly spendings: Map<string, SharedSpending> = new Map();
  /** The same by the ids that the store has for them. */
  readonly #byId: Map<string, SharedUse> = new Map();
  #tooMany = MANY;
  readonly #nowMs: () => number;
  readonly #idOf: (place: string) => string;
  /** What others have used of places that this gateway has not used yet, by the store's ids. */
  #elsewhere: ReadonlyMap<string, Totals> = new Map();
  #elsewhereMs = 0;

  constructor(nowMs: () => number, idOf: (place: string) => string) {
    this.#nowMs = nowMs;
    this.#idOf = idOf;
  }

  /** Why a request does not fit into the part of this gateway. */
  refusal(
    { claims, tokens, policy, money }: Asking,
    spending: SharedSpending | undefined,
    fellowship: Fellowship,
  ): Refusal | undefined {
    const nowMs = this.#nowMs();
    for (const { place, limits } of claims) {
      const shortage = this.use(place, policy).shortage(limits, whole(tokens), nowMs, fellowship);
      if (shortage !== undefined) return { ok: false, why: 'limit', place, shortage };
    }
    if (money === undefined || spending === undefined) return undefined;
    const short = spending.shortfall(money.budgets, money, fellowship);
    return short === undefined ? undefined : { ok: false, ...short };
  }

  /** What is known of a place; made when it is first needed, and anew when limits are to be counted otherwise. */
  use(place: string, policy: LimitPolicy): SharedUse {
    const known = this.uses.get(place);
    if (
      known !== undefined &&
      known.policy.window === policy.window &&
      known.policy.timeZone === policy.timeZone
    )
      return known;
    if (this.uses.size >= this.#tooMany) this.#forgetIdle();
    const id = this.#idOf(place);
    const use = new SharedUse(policy);
    this.uses.set(place, use);
    this.#byId.set(id, use);
    const others = this.#elsewhere.get(id);
    if (others !== undefined) use.hear(others, this.#elsewhereMs);
    return use;
  }

  #forgetIdle(): void {
    const nowMs = this.#nowMs();
    for (const [place, use] of this.uses) {
      if (!use.isIdle(nowMs)) continue;
      this.uses.delete(place);
      this.#byId.delete(this.#idOf(place));
    }
    this.#tooMany = Math.max(MANY, 2 * this.uses.size);
  }

  /** What all gateways have used, by the ids that the store has for places. */
  hear(told: PlaceTotals): void {
    const totals = new Map(told);
    const nowMs = this.#nowMs();
    this.#elsewhere = totals;
    this.#elsewhereMs = nowMs;
    for (const [id, found] of totals) this.#byId.get(id)?.hear(found, nowMs);
  }

  /** What is known of the money of a client; undefined where it is not about money. */
  introduce({ money, policy }: Asking): SharedSpending | undefined {
    if (money === undefined) return undefined;
    let spending = this.spendings.get(money.client);
    if (spending === undefined) {
      spending = new SharedSpending();
      this.spendings.set(money.client, spending);
    }
    if (!spending.introduced) spending.know(money.spentNanoUsd, policy.timeZone, this.#nowMs());
    else spending.periods(policy.timeZone, this.#nowMs());
    return spending;
  }
}

/** More tokens than any request has; sums of them stay exact. */
export function whole(tokens: number): number {
  return tokens > 0 ? Math.ceil(Math.min(tokens, 1e12)) : 0;
}
