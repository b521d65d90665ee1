// An exchange that waits until somebody can be asked.

import type { Input } from '../core/routing/dispatch.ts';
import type { Exchange } from './context.ts';
import { RECKONED_MS } from './pool/exhaustion.ts';
import type { Selection } from './pool/pool.ts';
import type { Guest } from './waiting-room.ts';

/** The place of one exchange in the waiting line. */
export class Waiter implements Guest {
  readonly client: string;
  readonly dueMs: number;
  notBeforeMs = 0;
  readonly #exchange: Exchange;
  readonly #selection: Selection;
  readonly #report: (input: Input) => void;
  #waits = false;
  #full = false;

  /** `report` hears when the wait is over. The exchange as a whole ends at `totalDueMs`. */
  constructor(exchange: Exchange, selection: Selection, totalDueMs: number, report: (input: Input) => void) {
    const { inbound, ports, settings } = exchange;
    this.client = inbound.client?.id ?? '';
    this.dueMs = Math.min(totalDueMs, ports.clock.monotonicMs() + settings.queue.maxWaitMs);
    this.#exchange = exchange;
    this.#selection = selection;
    this.#report = report;
  }

  /** Joins the line; it is not asked before `notBeforeMs` unless something changes. */
  wait(notBeforeMs: number): void {
    const { memory, ports } = this.#exchange;
    this.notBeforeMs = notBeforeMs;
    this.#waits = true;
    // Nobody is kept waiting for what is known to come too late; what is only reckoned may come sooner.
    const freeAtMs = ports.clock.monotonicMs() + this.#freeInMs();
    const isInVain = Number.isFinite(freeAtMs) && freeAtMs > this.dueMs + RECKONED_MS;
    if (!isInVain && memory.waiting.join(this)) return;
    this.#full = !isInVain;
    this.expired();
  }

  serve(): true | number {
    const { memory, ports } = this.#exchange;
    const { freeInMs, askable, probed } = memory.pool.exhaustion(this.#selection);
    const isImpatient = this.#selection.route.onExhausted === 'refuse';
    // Once the other one has found out it is let go, as one that comes just now would be: suspicion refuses nobody.
    const mayGo = freeInMs <= 0 || (isImpatient && askable);
    if (!mayGo && isImpatient && !probed) {
      this.expired();
      return true;
    }
    if (!mayGo) return ports.clock.monotonicMs() + freeInMs;
    this.#waits = false;
    this.#report({ type: 'time' });
    return true;
  }

  expired(): void {
    this.#waits = false;
    this.#report({ type: 'refused' });
  }

  /** Gives its place up, if it has one. */
  leave(): void {
    if (this.#waits) this.#exchange.memory.waiting.leave(this);
    this.#waits = false;
  }

  /** It has waited as long as it may, or found no room to; false: neither. */
  get inVain(): { readonly full: boolean } | false {
    const isOver = this.#exchange.ports.clock.monotonicMs() >= this.dueMs;
    return this.#full || isOver ? { full: this.#full } : false;
  }

  #freeInMs(): number {
    return this.#exchange.memory.pool.exhaustion(this.#selection).freeInMs;
  }
}
