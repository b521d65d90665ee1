// The part of a byte buffer that the pure core reads, and a place for bytes to wait in. Node's Buffer satisfies `Bytes`;
// core itself never makes one.

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

/** Cuts a byte stream that arrives in arbitrary chunks into runs of complete units (SSE events, array elements). */
export interface BlockSplitter {
  /**
   * Takes the next chunk; gives the longest run of complete units not yet given out, or undefined when none is complete.
   * The run is a view on the chunk where possible. Chunks are kept until given out, so their bytes must not change.
   */
  push(chunk: Bytes): Bytes | undefined;
  /** What is left when the stream is over: an incomplete unit, or undefined. Blocks and rest joined equal the input. */
  rest(): Bytes | undefined;
  /** True once an incomplete unit is larger than the limit; nothing more is kept or given out then. */
  readonly overflowed: boolean;
}

/** Bytes of an incomplete unit, kept in the order of their arrival. */
export interface Held {
  /** Keeps more bytes; false once the limit is exceeded, everything is dropped then. */
  keep(bytes: Bytes): boolean;
  /** Gives back all that was kept, followed by `last`, as one; undefined when there is nothing. Keeps nothing afterwards. */
  take(last: Bytes | undefined): Bytes | undefined;
}

/** This many parts are joined into one while waiting, so that a unit that drips in byte by byte costs few objects. */
const PARTS_PER_JOIN = 256;

/** Makes a place for bytes to wait in. Each byte is copied at most twice, however small the chunks are. */
export function holdBytes(concat: Concat, limitBytes: number): Held {
  let joined: Bytes[] = [];
  let parts: Bytes[] = [];
  let heldBytes = 0;
  const clear = () => {
    joined = [];
    parts = [];
    heldBytes = 0;
  };
  return {
    keep(bytes) {
      if (bytes.length === 0) return true;
      heldBytes += bytes.length;
      if (heldBytes > limitBytes) {
        clear();
        return false;
      }
      parts.push(bytes);
      if (parts.length === PARTS_PER_JOIN) {
        joined.push(concat(parts));
        parts = [];
      }
      return true;
    },
    take(last) {
      if (heldBytes === 0) return last;
      const all = [...joined, ...parts];
      if (last !== undefined) all.push(last);
      clear();
      return all.length === 1 ? all[0] : concat(all);
    },
  };
}
