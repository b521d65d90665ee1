// Gathers the bytes of one answer head until its empty line. In the usual case the head arrives in one read and is taken
// from there; a head in pieces is held in a buffer that doubles, so that one-byte reads cost linear time.

import type { AnswerFault } from './response-head.ts';

/** Bytes of one head, without its final empty line. */
const MAX_HEAD_BYTES = 65_536;

const CR = 13;
const LF = 10;
const HEAD_END = '\r\n\r\n';
const HEAD_START = 'HTTP/1.';
const FIRST_HOLD_BYTES = 1024;

export class HeadCollector {
  /** The head as latin1, without the empty line, once `add` found its end. */
  text = '';
  fault: AnswerFault | undefined = undefined;
  private held: Buffer | undefined = undefined;
  private heldLength = 0;

  reset(): void {
    this.text = '';
    this.fault = undefined;
    this.held = undefined;
    this.heldLength = 0;
  }

  /** Takes bytes from `at`; answers the position behind the head, or -1 when it is not complete or `fault` is set. */
  add(buffer: Buffer, at: number, end: number): number {
    if (this.held !== undefined) return this.addToHeld(this.held, buffer, at, end);
    // The search may run into what an earlier read left in a shared buffer; such a match ends behind `end`.
    const found = buffer.indexOf(HEAD_END, at, 'latin1');
    if (found >= 0 && found + 4 <= end) {
      if (found - at > MAX_HEAD_BYTES) return this.tooLarge();
      this.text = buffer.toString('latin1', at, found);
      return found + 4;
    }
    if (end - at > MAX_HEAD_BYTES) return this.tooLarge();
    this.held = Buffer.allocUnsafe(Math.max(FIRST_HOLD_BYTES, 2 * (end - at)));
    this.heldLength = buffer.copy(this.held, 0, at, end);
    return this.checkHeld(0);
  }

  private addToHeld(held: Buffer, buffer: Buffer, at: number, end: number): number {
    const before = this.heldLength;
    // Bytes of the body may follow in this read: no more than a whole head is copied.
    const taken = Math.min(end - at, MAX_HEAD_BYTES + 4 - before);
    if (before + taken > held.length) {
      const larger = Buffer.allocUnsafe(2 * (before + taken));
      held.copy(larger, 0, 0, before);
      held = larger;
      this.held = larger;
    }
    buffer.copy(held, before, at, at + taken);
    this.heldLength = before + taken;
    const searchFrom = Math.max(0, before - 3);
    const found = held.subarray(0, this.heldLength).indexOf(HEAD_END, searchFrom, 'latin1');
    if (found < 0) return this.checkHeld(before);
    this.text = held.toString('latin1', 0, found);
    this.held = undefined;
    this.heldLength = 0;
    return at + found + 4 - before;
  }

  /** Finds out early what can never become a head: its sender may be waiting for us, and would for minutes. */
  private checkHeld(from: number): -1 {
    const held = this.held;
    if (held === undefined) return -1;
    if (this.heldLength >= MAX_HEAD_BYTES + 4) return this.tooLarge();
    if (from < HEAD_START.length) {
      const known = Math.min(this.heldLength, HEAD_START.length);
      if (held.toString('latin1', 0, known) !== HEAD_START.slice(0, known)) {
        return this.refuse('its status line is not HTTP/1.1');
      }
    }
    for (let at = from; at < this.heldLength; at++) {
      if (held[at] === LF && (at === 0 || held[at - 1] !== CR)) {
        return this.refuse('a header line does not end with CR LF');
      }
    }
    return -1;
  }

  private tooLarge(): -1 {
    this.fault = { kind: 'too_large', what: `its headers are larger than ${MAX_HEAD_BYTES} bytes` };
    this.held = undefined;
    return -1;
  }

  private refuse(what: string): -1 {
    this.fault = { kind: 'protocol', what };
    this.held = undefined;
    return -1;
  }
}
