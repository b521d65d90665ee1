// Texts that wait to be written, in bounded memory: while the disk does not take them, the oldest are given up.

const MIB: number = 1024 * 1024;
const LIMIT_BYTES: number = 32 * MIB;

/** A line of texts in the order in which they came. */
export class WaitingTexts<Text> {
  readonly #sizeOf: (text: Text) => number;
  #texts: Text[] = [];
  #bytes = 0;

  /** `sizeOf`: about how many bytes one takes. */
  constructor(sizeOf: (text: Text) => number) {
    this.#sizeOf = sizeOf;
  }

  get all(): readonly Text[] {
    return this.#texts;
  }

  /** All together. */
  get bytes(): number {
    return this.#bytes;
  }

  add(texts: readonly Text[]): void {
    for (const text of texts) {
      this.#texts.push(text);
      this.#bytes += this.#sizeOf(text);
    }
    while (this.#bytes > LIMIT_BYTES) {
      const dropped = this.#texts.shift();
      if (dropped === undefined) break;
      this.#bytes -= this.#sizeOf(dropped);
    }
  }

  clear(): void {
    this.#texts = [];
    this.#bytes = 0;
  }
}
