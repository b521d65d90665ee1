// Looks into bodies in a content coding (gzip, deflate, br), whose secrets no search of their bytes would find.

import { brotliDecompressSync, constants, unzipSync } from 'node:zlib';
import { headerOf } from '../../core/model/header-list.ts';
import type { RawHeaders } from '../../exchange/ports.ts';
import type { MaskText } from './body-tape.ts';

/** The most that is unpacked, in bytes; what is larger counts as not clean. */
const UNPACKED_BYTES = 64 * 1024 * 1024;

/** Tells whether the bytes of a body with these headers, or the beginning of it, hold no secret inside a content coding. */
export function cleanInside(headers: RawHeaders, mask: MaskText): (bytes: Buffer) => boolean {
  const coding = headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || coding === '') return () => true;
  return (bytes) => {
    const text = unpacked(coding, bytes)?.toString('latin1');
    return text !== undefined && mask(text) === text;
  };
}

/** The plain bytes, as far as they can be read; undefined where the coding is not known, or it is not what it says. */
function unpacked(coding: string, bytes: Buffer): Buffer | undefined {
  try {
    if (/^(?:x-)?gzip$|^deflate$/.test(coding))
      return unzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_BYTES });
    if (coding !== 'br') return undefined;
    return brotliDecompressSync(bytes, {
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      maxOutputLength: UNPACKED_BYTES,
    });
  } catch {
    return undefined;
  }
}
