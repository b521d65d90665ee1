// Keeps the beginning of one body while it passes, and counts the rest. Bytes are referenced, not copied.

import type { CapturedBody } from '../../exchange/detail/capture-record.ts';

/** Secrets that stand across the end of what is kept are found in this much more, in bytes. */
const MARGIN_BYTES = 4 * 1024;

/** What all captures together may hold at a time. */
export class Holding {
  heldBytes = 0;
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }
}

/** Masks secrets in a text. */
export type MaskText = (text: string) => string;

/** One body. */
export class BodyTape {
  /** Of the whole body. */
  bytes = 0;
  firstAtMs: number | undefined;
  readonly #maxBytes: number;
  readonly #holding: Holding;
  readonly #parts: Buffer[] = [];
  #kept = 0;
  #released = false;

  constructor(maxBytes: number, holding: Holding) {
    this.#maxBytes = maxBytes;
    this.#holding = holding;
  }

  /** A piece has passed. */
  add(chunk: Uint8Array | string, nowMs: number): void {
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (bytes.length > 0) this.firstAtMs ??= nowMs;
    // Nothing may be kept behind a gap.
    const gap = this.#kept < this.bytes;
    this.bytes += bytes.length;
    const room = Math.min(
      this.#maxBytes + MARGIN_BYTES - this.#kept,
      this.#holding.limitBytes - this.#holding.heldBytes,
    );
    if (gap || room <= 0 || this.#released) return;
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#parts.push(kept);
    this.#kept += kept.length;
    this.#holding.heldBytes += kept.length;
  }

  /** Lets go of the bytes; to be called once, when nothing is added any more. */
  release(): void {
    this.#holding.heldBytes -= this.#kept;
    this.#released = true;
    this.#parts.length = 0;
  }

  /** What was kept; undefined where there was no body. `isClean` tells whether bytes in a content coding hold no secret. */
  body(mask: MaskText, isClean: (bytes: Buffer) => boolean): CapturedBody | undefined {
    if (this.bytes === 0) return undefined;
    const bytes = Buffer.concat(this.#parts);
    const { bytes: total } = this;
    if (!isClean(bytes)) return { bytes: total, encoding: 'base64', text: '', cut: true };
    const text = readText(bytes);
    const masked = Buffer.from(
      mask(text ?? bytes.toString('latin1')),
      text === undefined ? 'latin1' : 'utf8',
    );
    // Half a secret at the end of what is kept would not have been found: the last bytes go, unless it is the body's end.
    const sure = total > this.#kept ? Math.max(0, masked.length - MARGIN_BYTES) : masked.length;
    const kept =
      total > this.#maxBytes ? masked.subarray(0, Math.min(this.#maxBytes, sure)) : masked.subarray(0, sure);
    const cut = total > this.#kept || kept.length < masked.length;
    return text === undefined
      ? { bytes: total, encoding: 'base64', text: kept.toString('base64'), cut }
      : { bytes: total, encoding: 'utf8', text: readText(kept) ?? '', cut };
  }
}

/** The bytes as UTF-8, or undefined; a sign that is cut in two at the end is left out. */
function readText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
