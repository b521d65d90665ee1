// Values as words: for placeholders, hints and lists.

import type { Format } from '../../../language/format.ts';
import { UNKNOWN } from '../../../language/format.ts';
import { unitOf } from './fields.ts';

/** A value in one line, as it is written in the file. */
export function valueText(value: unknown): string {
  if (value === undefined) return UNKNOWN;
  if (typeof value === 'string') return value === '' ? '""' : value;
  return JSON.stringify(value);
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** A number as people say it, where its name tells what it counts: 60000 of "idleMs" is "1 min". */
export function numberWords(name: string, value: unknown, format: Format): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  switch (unitOf(name)) {
    case 'ms':
      return value < SECOND_MS ? undefined : format.duration(value);
    case 's':
      return value < 60 ? undefined : format.duration(value * SECOND_MS);
    case 'days':
      return value < 1 ? undefined : format.duration(value * DAY_MS);
    case 'bytes':
      return value < 1024 ? undefined : format.bytes(value);
    default:
      return undefined;
  }
}
