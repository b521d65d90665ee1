// Tells an upstream that works from one that only keeps its connection alive: comments, blank lines, ids and retry times of
// server-sent events, however they are cut into chunks.

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** First bytes of lines that say nothing: ":", "id:", "retry:". No line of JSON begins with one of them. */
const COLON = 0x3a;
const ID = 0x69;
const RETRY = 0x72;

/** How far back a line's beginning is looked for; a longer one is none of those that say nothing. */
const LOOKED_BACK = 256;

type Line = 'begins' | 'says nothing' | 'says something';

/** Reads the chunks of one streamed answer in their order. */
export class Chatter {
  /** Where the last chunk ended. */
  #line: Line = 'begins';

  /** True when the chunk holds nothing of any line that could be part of an answer. */
  read(chunk: Uint8Array): boolean {
    const isSilent = this.#skip(chunk);
    if (!isSilent) this.#line = lineAtEnd(chunk);
    return isSilent;
  }

  /** Walks over what says nothing; false at the first byte of something else. */
  #skip(chunk: Uint8Array): boolean {
    let line = this.#line;
    for (const byte of chunk) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) line = 'begins';
      else if (line === 'begins') {
        if (!saysNothing(byte)) return false;
        line = 'says nothing';
      } else if (line === 'says something') return false;
    }
    this.#line = line;
    return true;
  }
}

function saysNothing(byte: number | undefined): boolean {
  return byte === COLON || byte === ID || byte === RETRY;
}

function lineAtEnd(chunk: Uint8Array): Line {
  const least = Math.max(0, chunk.length - LOOKED_BACK);
  for (let at = chunk.length - 1; at >= least; at--) {
    const byte = chunk[at];
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
    if (at === chunk.length - 1) return 'begins';
    return saysNothing(chunk[at + 1]) ? 'says nothing' : 'says something';
  }
  return 'says something';
}
