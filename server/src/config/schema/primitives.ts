// The small values that several sections share: names, durations, counts, URLs. Each has one spelling and one wording.

import { z } from 'zod';
import { DIALECT_IDS, type DialectId } from '../../core/model/dialect-id.ts';

/** The name of an upstream or client: shown in headers, metrics and the ledger, therefore plain ASCII. */
export const nameSchema: z.ZodType<string> = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit',
  );

/** Text with at least one visible character. */
export const textSchema: z.ZodType<string> = z.string().regex(/\S/, 'must not be empty');

/** Text that may be empty, so that resolving can name the empty variable behind it. */
export const secretSchema: z.ZodType<string> = z.string();

/** A whole number within limits. */
export function wholeNumber(minimum: number, maximum: number): z.ZodInt {
  return z.int().min(minimum).max(maximum);
}

/** A share among others: any number above 0. */
export const weightSchema: z.ZodType<number> = z.number().gt(0).max(1_000_000);

/** A duration from one millisecond to one day. */
export function durationMs(): z.ZodInt {
  return wholeNumber(1, 86_400_000);
}

/** One of the four wire formats. */
export const dialectSchema: z.ZodType<DialectId> = z.enum(DIALECT_IDS);

/** alias → model. Names are tried as: exact, then the longest `prefix*`, then `*`. */
export const aliasesSchema: z.ZodType<Readonly<Record<string, string>>> = z.record(
  z.string().regex(/^[^*]*\*?$/, 'may have a "*" only at its end'),
  textSchema,
);
