// Equal questions that are on their way at the same time: one of them asks, the others wait for its answer. When it fails,
// one of those that wait asks next, so that a provider in trouble is not asked by all of them at once.

import type { SluiceError } from '../../core/model/error.ts';
import type { CachedAnswer, Reply } from '../ports.ts';
import type { Interruptible, Running } from '../running.ts';

/** What one that waited is told. lead: it is its turn to ask. alone: the answer cannot be shared, everyone asks. */
export type Landing =
  | { readonly kind: 'answer'; readonly answer: CachedAnswer }
  | { readonly kind: 'lead' }
  | { readonly kind: 'alone' }
  | { readonly kind: 'left' }
  | { readonly kind: 'refused'; readonly error: SluiceError };

/** Hears how many wait. */
export interface FlightListener {
  /** Somebody waits now who did not before. */
  joined(): void;
  /** Nobody waits any more. */
  deserted(): void;
}

/** So many that asked may fail before the others no longer wait. */
const MAX_FAILURES = 3;

/** One question on its way. */
export class Flight {
  listener: FlightListener | undefined;
  readonly #waiting: Waiting[] = [];
  #failures = 0;
  #over = false;
  readonly #ended: () => void;

  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** Somebody waits for the answer. */
  get awaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Waits until it is known what becomes of the question, the client leaves or the gateway stops. */
  wait(reply: Reply, running: Running): Promise<Landing> {
    return new Promise((resolve) => {
      const one = new Waiting(running, (landing) => {
        const at = this.#waiting.indexOf(one);
        if (at !== -1) this.#waiting.splice(at, 1);
        resolve(landing);
        if (at !== -1 && this.#waiting.length === 0 && !this.#over) this.listener?.deserted();
      });
      this.#waiting.push(one);
      if (reply.closed) {
        one.tell({ kind: 'left' });
        return;
      }
      reply.onGone(() => one.tell({ kind: 'left' }));
      this.listener?.joined();
    });
  }

  /** Everyone gets the answer. */
  answered(answer: CachedAnswer): void {
    this.#tellAll({ kind: 'answer', answer });
  }

  /** The answer is not one to be shared. */
  unshared(): void {
    this.#tellAll({ kind: 'alone' });
  }

  /** Whoever asked has failed or left: the next one asks. The listener is no longer heard. */
  failed(): void {
    if (this.#over) return;
    this.listener = undefined;
    this.#failures++;
    if (this.#failures >= MAX_FAILURES) {
      this.unshared();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#tellAll({ kind: 'alone' });
    else next.tell({ kind: 'lead' });
  }

  #tellAll(landing: Landing): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended();
    for (const one of [...this.#waiting]) one.tell(landing);
  }
}

/** One that waits; told once. */
class Waiting implements Interruptible {
  place = -1;
  readonly #running: Running;
  #resolve: ((landing: Landing) => void) | undefined;

  constructor(running: Running, resolve: (landing: Landing) => void) {
    this.#running = running;
    this.#resolve = resolve;
    running.add(this);
  }

  tell(landing: Landing): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#running.remove(this);
    resolve(landing);
  }

  interrupt(error: SluiceError): void {
    this.tell({ kind: 'refused', error });
  }
}

/** All questions on their way. Only routes with a cache have any. */
export class Flights {
  readonly #flights = new Map<string, Flight>();

  /** The flight of a question; undefined where nobody asks it. */
  of(key: string): Flight | undefined {
    return this.#flights.get(key);
  }

  /** Begins one. Others of the same key wait for it; where there is one already, nobody waits for this. */
  begin(key: string): Flight {
    const taken = this.#flights.has(key);
    const flight = new Flight(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    if (!taken) this.#flights.set(key, flight);
    return flight;
  }

  /** One that nobody waits for. */
  aside(): Flight {
    return new Flight(() => undefined);
  }

  get count(): number {
    return this.#flights.size;
  }
}
