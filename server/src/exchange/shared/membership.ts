// Whether this gateway is one of those that share a store: it joins, gives signs of life, learns who else is there and what
// time it is in the store, and notices when the store falls silent or has lost what it knew.

import type { LimitPolicy } from '../../core/routing/policy.ts';
import type { Fellowship } from '../../core/routing/share-of.ts';
import type { Clock } from '../ports.ts';
import type { LimitStore, PlaceTotals, StoreBeaten } from './limit-store.ts';

/** What is shared, as the membership sees it. */
export interface Shared {
  /** Tells the store what it does not know. False: it is silent again. */
  push(all: boolean): Promise<boolean>;
  /** What all have used of places, by the ids that the store has for them. */
  hear(totals: PlaceTotals): void;
  /** The store has fallen silent. */
  silent(): void;
  /** The others have had time to come back, too. */
  calm(): void;
}

/** What it is made of. */
export interface MembershipOptions {
  readonly store: LimitStore;
  readonly clock: Pick<Clock, 'monotonicMs' | 'epochMs'>;
  newId(): string;
  policy(): LimitPolicy;
  readonly fellows: number;
}

/** All have found a store again by then that has come back: connections are made anew at least every second. */
const CAUTION_MS = 6_000;
/** Differences of the two clocks below this are only the way of an answer. */
const JITTER_MS = 5;

/** One gateway's membership. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #shared: Shared;
  /** Who tells news; the same for all lives. */
  readonly self: string;
  /** Who counts. */
  life: string;
  fellowship: Fellowship;
  connected = false;
  /** Resolves when the attempt to join is over, well or not. */
  joining: Promise<void> | undefined;
  #offsetMs: number;
  #epoch: string | undefined;
  #cautiousUntilMs: number = Number.NEGATIVE_INFINITY;
  #isCautious = false;
  /** The store has not been silent: only this gateway has. */
  #wasMissed = false;
  #beating = false;
  #left = false;
  #hearKept: ((text: string) => void) | undefined;
  #onceJoined: (() => void)[] = [];

  constructor(options: MembershipOptions, shared: Shared) {
    const { clock, fellows } = options;
    this.#options = options;
    this.#shared = shared;
    this.self = options.newId();
    this.life = options.newId();
    this.fellowship = { fellows: Math.max(1, fellows), rank: undefined };
    this.#offsetMs = clock.epochMs() - clock.monotonicMs();
  }

  /** The store has been silent, and some of the others may not know yet that it is back. */
  get cautious(): boolean {
    if (this.#isCautious && this.#options.clock.monotonicMs() >= this.#cautiousUntilMs) {
      this.#isCautious = false;
      this.#shared.calm();
    }
    return this.#isCautious;
  }

  nowMs(): number {
    return this.#options.clock.monotonicMs() + this.#offsetMs;
  }

  heardTime(nowMs: number): void {
    if (Math.abs(nowMs - this.nowMs()) > JITTER_MS)
      this.#offsetMs = nowMs - this.#options.clock.monotonicMs();
  }

  /** The store answers with another epoch: it has lost what it knew. */
  heardEpoch(epoch: string): void {
    if (epoch === this.#epoch || !this.connected) return;
    this.fall();
    void this.join();
  }

  /** Hears what was told before this gateway joined. */
  hearKept(listener: (text: string) => void): void {
    this.#hearKept = listener;
    if (this.connected) void this.#readKept();
  }

  onceJoined(listener: () => void): void {
    this.#onceJoined.push(listener);
  }

  /** The store is silent: from here on nobody asks it until it was joined again. */
  fall(): void {
    if (!this.connected) return;
    this.connected = false;
    this.#isCautious = false;
    this.#shared.silent();
  }

  join(): Promise<void> {
    if (this.connected || this.#left) return Promise.resolve();
    this.joining ??= this.#join().finally(() => {
      this.joining = undefined;
    });
    return this.joining;
  }

  async #join(): Promise<void> {
    const { store, newId, policy } = this.#options;
    const wasMember = this.#epoch !== undefined;
    const wasMissed = this.#wasMissed;
    this.#wasMissed = false;
    const { window } = policy();
    const beaten = await store.beat({ life: this.life, joins: true, epoch: newId(), window });
    if (beaten === undefined) return;
    this.heardTime(beaten.nowMs);
    // Those that are not heard yet, after a silence for all, are reckoned with until there was time for it.
    const isEmpty = beaten.epoch !== this.#epoch;
    if (!wasMember || (wasMissed && !isEmpty)) this.#hearFellows(beaten);
    if (!(await this.#shared.push(isEmpty))) return;
    this.#shared.hear(beaten.totals);
    this.#epoch = beaten.epoch;
    await this.#readKept();
    const isCalm = !wasMember || (wasMissed && !isEmpty);
    this.#isCautious = true;
    this.#cautiousUntilMs = this.#options.clock.monotonicMs() + (isCalm ? 0 : CAUTION_MS);
    this.connected = true;
    for (const listener of this.#onceJoined.splice(0)) listener();
  }

  /** A sign of life, or another attempt to join. */
  async beat(): Promise<void> {
    if (!this.connected) {
      if (this.#options.store.up) await this.join();
      return;
    }
    if (this.#beating) return;
    this.#beating = true;
    const { store, newId, policy } = this.#options;
    const { window } = policy();
    const { life } = this;
    const beaten = await store.beat({ life, joins: false, epoch: newId(), window });
    this.#beating = false;
    if (beaten === undefined) return this.fall();
    this.heardTime(beaten.nowMs);
    if (beaten.missed) {
      return this.beginAnew(life);
    }
    if (beaten.epoch !== this.#epoch) return this.heardEpoch(beaten.epoch);
    if (!this.cautious) this.#hearFellows(beaten);
    this.#shared.hear(beaten.totals);
  }

  /** What that life ran was given to others: this gateway begins a new one. */
  beginAnew(missed: string): Promise<void> {
    if (missed === this.life) {
      const wasConnected = this.connected;
      this.fall();
      this.#wasMissed = wasConnected;
      this.life = this.#options.newId();
    }
    return this.join();
  }

  async leave(): Promise<void> {
    this.#left = true;
    const wasConnected = this.connected;
    this.connected = false;
    if (wasConnected) await this.#options.store.leave(this.life);
  }

  #hearFellows({ fellows }: StoreBeaten): void {
    const rank = fellows.indexOf(this.life);
    this.fellowship = { fellows: Math.max(1, fellows.length), rank: rank < 0 ? undefined : rank };
  }

  async #readKept(): Promise<void> {
    const listener = this.#hearKept;
    if (listener === undefined) return;
    for (const text of (await this.#options.store.kept()) ?? []) listener(text);
  }
}
