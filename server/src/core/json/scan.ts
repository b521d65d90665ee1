// Strict, allocation-free reading of JSON bytes: is it valid, and where do the members stand that the gateway patches?
// (Contract; see scanObject.)

import type { Bytes } from '../bytes.ts';

/** What stands at a wanted path: the value's span, quotes or brackets included, and its first byte. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly kind: 'string' | 'number' | 'true' | 'false' | 'null' | 'object' | 'array';
}

/** Where and why a text is not acceptable JSON. `at` is a byte offset. */
export interface ScanFailure {
  readonly at: number;
  readonly reason: string;
}
