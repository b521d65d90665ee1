// Takes the framing off a chunked body (RFC 9112 section 7.1) as its bytes arrive, cut anywhere. The data of one read
// leaves as one buffer, because each buffer that travels on costs a write later.

import type { AnswerFault } from './response-head.ts';

const SIZE_START = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const TRAILER_START = 7;
const TRAILER_LINE = 8;
const TRAILER_LF = 9;
const LAST_LF = 10;
const DONE = 11;
const FAILED = 12;

const CR = 13;
const LF = 10;
const TAB = 9;
const SEMICOLON = 59;

/** Bytes of one chunk extension; none that is in use comes near. */
const MAX_EXTENSION_BYTES = 4096;
/** Bytes of all trailer lines together. */
const MAX_TRAILER_BYTES = 16_384;
/** Digits of a chunk size, leading zeros included. */
const MAX_SIZE_DIGITS = 16;
/** A size above this would overflow an exact integer with one more digit. */
const MAX_SIZE_BEFORE_DIGIT = 0xff_ffff_ffff;

const HEX: Int8Array = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  HEX[value.toString(16).charCodeAt(0)] = value;
  HEX[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** One chunked body after another (call `reset` in between). */
export class ChunkedBody {
  /** Data of the last read, or undefined when there was none. */
  data: Buffer | undefined = undefined;
  /** Set once the framing is broken. */
  fault: AnswerFault | undefined = undefined;
  private state = SIZE_START;
  /** Chunk size while it is read, then bytes of the chunk still to come. */
  private left = 0;
  /** Digits, extension bytes or trailer bytes seen. */
  private counted = 0;
  /** Where the data of this read stands in the buffer; dataEnd is 0 while there is none. */
  private dataStart = 0;
  private dataEnd = 0;

  reset(): void {
    this.data = undefined;
    this.fault = undefined;
    this.state = SIZE_START;
    this.left = 0;
    this.counted = 0;
  }

  /** True once the last chunk and the trailers were read. */
  get done(): boolean {
    return this.state === DONE;
  }

  /**
   * Reads `buffer` from `at` to `end`; answers where it stopped: `end`, or just behind the body. Sets `data`, `fault`.
   * Moves data together within `buffer`. `shared`: the buffer is overwritten after this call, so data is copied out.
   */
  read(buffer: Buffer, at: number, end: number, shared: boolean): number {
    this.data = undefined;
    this.dataStart = 0;
    this.dataEnd = 0;
    while (at < end && this.state < DONE) {
      if (this.state === DATA) {
        const taken = Math.min(end - at, this.left);
        this.take(buffer, at, at + taken);
        at += taken;
        this.left -= taken;
        if (this.left === 0) this.state = DATA_CR;
      } else {
        this.step(buffer[at] ?? 0);
        at++;
      }
    }
    this.finishData(buffer, shared);
    return at;
  }

  /** Moves a slice of data up behind the data before it: within one buffer that costs a quarter of a copy elsewhere. */
  private take(buffer: Buffer, start: number, end: number): void {
    if (this.dataEnd === 0) {
      this.dataStart = start;
      this.dataEnd = end;
      return;
    }
    buffer.copyWithin(this.dataEnd, start, end);
    this.dataEnd += end - start;
  }

  private finishData(buffer: Buffer, shared: boolean): void {
    if (this.dataEnd === 0) return;
    if (shared) {
      this.data = Buffer.allocUnsafe(this.dataEnd - this.dataStart);
      buffer.copy(this.data, 0, this.dataStart, this.dataEnd);
    } else {
      this.data = buffer.subarray(this.dataStart, this.dataEnd);
    }
  }

  /** One byte of framing. */
  private step(byte: number): void {
    switch (this.state) {
      case SIZE_START:
      case SIZE:
        this.sizeByte(byte);
        break;
      case EXTENSION:
        this.extensionByte(byte);
        break;
      case SIZE_LF:
        if (byte !== LF) this.fail('a chunk size line does not end with CR LF');
        else this.beginChunk();
        break;
      case DATA_CR:
        this.expect(byte, CR, DATA_LF);
        break;
      case DATA_LF:
        this.expect(byte, LF, SIZE_START);
        break;
      default:
        this.trailerByte(byte);
    }
  }

  private sizeByte(byte: number): void {
    const digit = HEX[byte] ?? -1;
    if (digit >= 0) {
      this.counted++;
      if (this.left > MAX_SIZE_BEFORE_DIGIT || this.counted > MAX_SIZE_DIGITS)
        this.fail('a chunk size is too large');
      this.left = this.left * 16 + digit;
      if (this.state === SIZE_START) this.state = SIZE;
    } else if (this.state === SIZE && byte === CR) {
      this.state = SIZE_LF;
    } else if (this.state === SIZE && byte === SEMICOLON) {
      this.state = EXTENSION;
      this.counted = 0;
    } else {
      this.fail('a chunk size is not a hexadecimal number');
    }
  }

  private extensionByte(byte: number): void {
    if (byte === CR) this.state = SIZE_LF;
    else if ((byte < 32 && byte !== TAB) || byte === 127)
      this.fail('a chunk extension has an illegal character');
    else if (++this.counted > MAX_EXTENSION_BYTES) this.fail('a chunk extension is too long');
  }

  private beginChunk(): void {
    this.counted = 0;
    this.state = this.left === 0 ? TRAILER_START : DATA;
  }

  private expect(byte: number, wanted: number, next: number): void {
    if (byte === wanted) this.state = next;
    else this.fail('a chunk does not end with CR LF');
    this.counted = 0;
  }

  private trailerByte(byte: number): void {
    if (++this.counted > MAX_TRAILER_BYTES) this.fail('its trailers are too long');
    else if (this.state === TRAILER_LF || this.state === LAST_LF) {
      if (byte !== LF) this.fail('a trailer line does not end with CR LF');
      else this.state = this.state === LAST_LF ? DONE : TRAILER_START;
    } else if (byte === CR) this.state = this.state === TRAILER_START ? LAST_LF : TRAILER_LF;
    else if (byte === LF || byte === 0) this.fail('a trailer line has an illegal character');
    else this.state = TRAILER_LINE;
  }

  private fail(what: string): void {
    this.state = FAILED;
    this.fault = { kind: 'protocol', what };
  }
}
