// Chance that is the same in every run, for made-up traffic.

/** Numbers from 0 to 1 that look like chance and are always the same for a seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next number. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    // The low bits of such a generator repeat soon.
    return ((this.#state ^ (this.#state >>> 15)) >>> 0) / 4_294_967_296;
  }

  /** True in so many cases of 1. */
  happens(share: number): boolean {
    return this.next() < share;
  }

  /** A whole number of a range, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** About `middle`, seldom much more: as times and lengths are spread in life. */
  around(middle: number): number {
    return middle * Math.exp((this.next() + this.next() + this.next() - 1.5) * 1.1);
  }

  /** One of them. */
  one<T>(all: readonly [T, ...T[]]): T {
    return all[Math.floor(this.next() * all.length)] ?? all[0];
  }

  /** Hexadecimal digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.next() * 16).toString(16);
    return text;
  }
}
