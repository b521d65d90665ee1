// Stands between an exchange and its client's reply while others wait for the same answer: remembers what is sent, and
// keeps the upstream's answer going when that client leaves or reads slowly, for as long as somebody else wants it.

import type { RawHeaders, Reply } from '../ports.ts';
import type { Flight, FlightListener } from './flights.ts';

/** What was sent, as pieces. */
export interface SentAnswer {
  /** 0 where a heartbeat had opened the answer before. */
  readonly status: number;
  readonly pieces: readonly (Uint8Array | string)[];
}

/** The reply of one that asks. */
export class ShelteringReply implements Reply, FlightListener {
  readonly #outer: Reply;
  readonly #flight: Flight;
  readonly #limitBytes: number;
  #pieces: (Uint8Array | string)[] | undefined = [];
  #bytes = 0;
  #status = 0;
  #ended = false;
  #left = false;
  #blocked = false;
  #drained = (): void => undefined;
  #gone = (): void => undefined;

  constructor(outer: Reply, flight: Flight, limitBytes: number) {
    this.#outer = outer;
    this.#flight = flight;
    this.#limitBytes = limitBytes;
    flight.listener = this;
  }

  get started(): boolean {
    return this.#status !== 0 || this.#outer.started;
  }

  get closed(): boolean {
    return this.#ended || (this.#outer.closed && !this.#flight.awaited);
  }

  /** The client of this reply has left before the end. */
  get left(): boolean {
    return this.#left;
  }

  /** All that was sent; undefined where it was more than is kept, or has not come to its end. */
  get sent(): SentAnswer | undefined {
    return this.#pieces === undefined || !this.#ended
      ? undefined
      : { status: this.#status, pieces: this.#pieces };
  }

  head(status: number, headers: RawHeaders): void {
    this.#status = status;
    this.#outer.head(status, [...headers, 'x-sluice-cache', 'miss']);
  }

  write(chunk: Uint8Array | string): boolean {
    this.#remember(chunk);
    if (this.#outer.closed) return true;
    const open = this.#outer.write(chunk);
    if (open || this.#flight.awaited) return true;
    this.#blocked = true;
    return false;
  }

  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.#remember(chunk);
    this.#ended = true;
    this.#outer.end(chunk);
  }

  cut(): void {
    this.#pieces = undefined;
    this.#ended = true;
    this.#outer.cut();
  }

  onDrain(listener: () => void): void {
    this.#drained = listener;
    this.#outer.onDrain(() => this.#relieve());
  }

  onGone(listener: () => void): void {
    this.#gone = listener;
    this.#left = this.#outer.closed && !this.#ended;
    this.#outer.onGone(() => {
      this.#left = true;
      if (this.#flight.awaited) this.#relieve();
      else listener();
    });
  }

  /** A slow reader must not hold up those who wait. */
  joined(): void {
    this.#relieve();
  }

  /** Nobody wants the answer any more. */
  deserted(): void {
    if (this.#left && !this.#ended) this.#gone();
  }

  #relieve(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#drained();
  }

  #remember(chunk: Uint8Array | string): void {
    if (this.#pieces === undefined) return;
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#limitBytes) {
      this.#pieces.push(chunk);
      return;
    }
    this.#pieces = undefined;
    this.#flight.unshared();
    this.deserted();
  }
}

/** A reply whose head says what the cache had to do with it. */
export class MarkedReply implements Reply {
  readonly #outer: Reply;
  readonly #mark: string;

  constructor(outer: Reply, mark: string) {
    this.#outer = outer;
    this.#mark = mark;
  }

  get started(): boolean {
    return this.#outer.started;
  }
  get closed(): boolean {
    return this.#outer.closed;
  }
  head(status: number, headers: RawHeaders): void {
    this.#outer.head(status, [...headers, 'x-sluice-cache', this.#mark]);
  }
  write(chunk: Uint8Array | string): boolean {
    return this.#outer.write(chunk);
  }
  end(chunk?: Uint8Array | string): void {
    this.#outer.end(chunk);
  }
  cut(): void {
    this.#outer.cut();
  }
  onDrain(listener: () => void): void {
    this.#outer.onDrain(listener);
  }
  onGone(listener: () => void): void {
    this.#outer.onGone(listener);
  }
}
