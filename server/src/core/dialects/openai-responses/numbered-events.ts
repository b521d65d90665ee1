// Writes the events of one response, each with the next number.

import type { Begun, Write } from '../dialect.ts';

/** Numbers from 0, without a gap, or goes on where somebody else has begun. */
export class NumberedEvents {
  readonly #write: Write;
  readonly #begun: Begun | undefined;
  #next = 0;

  constructor(write: Write, begun: Begun | undefined) {
    this.#write = write;
    this.#begun = begun;
  }

  #number(): number {
    return this.#begun === undefined ? this.#next++ : this.#begun.nextNumber();
  }

  /** One event with its members. */
  send(type: string, members: object): void {
    const data = JSON.stringify({ type, sequence_number: this.#number(), ...members });
    this.#write(`event: ${type}\ndata: ${data}\n\n`);
  }

  /**
   * One of many events that differ in one text: `head` from `headOf`, then the JSON of the text, then `tail` (more
   * members, beginning with a comma, or nothing).
   */
  sendText(head: string, text: string, tail: string): void {
    this.#write(`${head}${JSON.stringify(text)}${tail},"sequence_number":${this.#number()}}\n\n`);
  }
}

/** The beginning of events that end in a text called `member`. */
export function headOf(type: string, members: object, member: string): string {
  const fixed = JSON.stringify({ type, ...members }).slice(0, -1);
  return `event: ${type}\ndata: ${fixed},"${member}":`;
}
