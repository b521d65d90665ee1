// Time that moves only when everything that could happen at this moment has happened, so that hours of a gateway pass in
// seconds. It keeps an agenda of what will happen and ticks the real board of deadlines in between.

import { createDeadlines, TICK_MS } from '../../src/exchange/deadlines.ts';
import type { Clock, Deadline, Deadlines } from '../../src/exchange/ports.ts';

interface Moment {
  readonly atMs: number;
  /** Of two at the same time, the one that was entered first comes first. */
  readonly turn: number;
  readonly act: () => void;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Resolves when everything that waits for promises has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Small and seeded: mulberry32. Numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The clocks, the ticker and the agenda of one simulation. */
export class VirtualTime {
  /** Monotonic. Not 0: that would hide what takes 0 for "never". */
  nowMs = 1_000_000;
  /** How far the wall clock is off; assigning makes it jump. */
  jumpMs = 0;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly #board: ReturnType<typeof createDeadlines>;
  /** What is on the board: to know when a tick would do nothing. */
  readonly #due = new Set<Deadline>();
  readonly #agenda: Moment[] = [];
  readonly #epochMs: number;
  #entered = 0;
  #tickAtMs = NEVER;

  /** `epochMs`: the wall clock at the beginning. */
  constructor(epochMs: number = Date.parse('2026-11-21T09:00:17Z')) {
    this.#epochMs = epochMs - this.nowMs;
    this.clock = {
      monotonicMs: () => this.nowMs,
      epochMs: () => this.steadyEpochMs + this.jumpMs,
    };
    this.#board = createDeadlines(this.clock);
    this.deadlines = {
      add: (deadline) => {
        this.#due.add(deadline);
        this.#board.add(deadline);
      },
      remove: (deadline) => {
        this.#due.delete(deadline);
        this.#board.remove(deadline);
      },
    };
  }

  /** The wall clock without its jumps. */
  get steadyEpochMs(): number {
    return this.#epochMs + this.nowMs;
  }

  /** How many deadlines are on the board. */
  get waiting(): number {
    return this.#board.size;
  }

  /** Enters something into the agenda. */
  after(delayMs: number, act: () => void): void {
    this.#entered += 1;
    const moment = { atMs: this.nowMs + Math.max(0, delayMs), turn: this.#entered, act };
    const heap = this.#agenda;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, moment)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = moment;
  }

  /** Runs for so long, or until nothing is left to happen. */
  async run(forMs: number = NEVER): Promise<void> {
    const untilMs = this.nowMs + forMs;
    await settled();
    this.#nextTick();
    for (;;) {
      const next = this.#agenda[0];
      const atMs = Math.min(next?.atMs ?? NEVER, this.#due.size > 0 ? this.#tickAtMs : NEVER);
      if (atMs > untilMs || atMs === NEVER) break;
      this.nowMs = Math.max(this.nowMs, atMs);
      if (next !== undefined && next.atMs === atMs) this.#pop().act();
      else if (this.#firstDueMs() <= atMs) this.#board.tick();
      else {
        this.#nextTick();
        continue;
      }
      await settled();
      this.#nextTick();
    }
    if (forMs !== NEVER) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  #firstDueMs(): number {
    let firstMs = NEVER;
    for (const { dueMs } of this.#due) if (dueMs < firstMs) firstMs = dueMs;
    return firstMs;
  }

  /** The first tick at which something is due: those before it would do nothing. */
  #nextTick(): void {
    const firstMs = Math.max(this.nowMs + 1, this.#firstDueMs());
    this.#tickAtMs = firstMs === NEVER ? NEVER : Math.ceil(firstMs / TICK_MS) * TICK_MS;
  }

  #pop(): Moment {
    const heap = this.#agenda;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) throw new Error('The agenda is empty.');
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = heap[child + 1];
      const left = heap[child];
      if (left === undefined) break;
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        least = right;
        child += 1;
      }
      if (isBefore(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Moment, other: Moment): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}
