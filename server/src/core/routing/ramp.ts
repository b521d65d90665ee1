// How a key that has refused requests for their rate is loaded again, where its provider does not say how much is left: one
// request finds out, and each that passes lets one more go beside it. Otherwise everybody who waits would ask at the very
// moment its rest is over, and all but a few would be refused once more.

/** A request that was not refused for so long will not be: those who refuse for rate do it at once. */
const TRIAL_MS = 1_000;

/** With so many passing at the same time there is no shortage. */
const ENOUGH = 64;

/** The requests of one key that may still be refused. Times are monotonic. */
export class Ramp {
  #most = 1;
  /** When those were sent that may still be refused, the oldest first. */
  #trial: number[] = [];
  #metMs = Number.NEGATIVE_INFINITY;

  /** A request was refused for its rate: it begins anew, unless the request was sent before the last one was refused. */
  met(sentMs: number, nowMs: number): void {
    if (sentMs < this.#metMs) return;
    this.#metMs = nowMs;
    this.#most = 1;
    this.#trial = [];
  }

  /** Milliseconds until one more may be sent, unless one passes before; 0: now. */
  roomInMs(nowMs: number): number {
    this.#age(nowMs);
    const [oldestMs] = this.#trial;
    return oldestMs === undefined || this.#trial.length < this.#most ? 0 : oldestMs + TRIAL_MS - nowMs;
  }

  /** One more is sent. */
  sent(nowMs: number): void {
    this.#age(nowMs);
    this.#trial.push(nowMs);
  }

  /** One that was sent then is being answered. */
  passed(sentMs: number): void {
    const place = this.#trial.indexOf(sentMs);
    if (place < 0) return;
    this.#trial.splice(place, 1);
    this.#most += 1;
  }

  /** So much has passed that nothing needs to be held back any more. */
  get isOver(): boolean {
    return this.#most > ENOUGH;
  }

  #age(nowMs: number): void {
    let over = 0;
    while ((this.#trial[over] ?? nowMs) <= nowMs - TRIAL_MS) over += 1;
    if (over === 0) return;
    this.#trial.splice(0, over);
    this.#most += over;
  }
}
