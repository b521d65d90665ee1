// The part of a byte buffer that the pure core reads. Node's Buffer satisfies it; core itself never makes one.

/** Read-only view on bytes. All positions are byte offsets; searches answer -1 when nothing is found. */
export interface Bytes {
  readonly length: number;
  readonly [index: number]: number;
  indexOf(needle: string | number, from?: number): number;
  lastIndexOf(needle: string | number, from?: number): number;
  /** Decodes a range: `utf8` for text, `latin1` where one byte must stay one character. */
  toString(encoding: 'utf8' | 'latin1', start?: number, end?: number): string;
  subarray(start: number, end?: number): Bytes;
}

/** Joins parts into one buffer; handed to core by its caller, because core cannot allocate bytes. */
export type Concat = (parts: readonly Bytes[]) => Bytes;
