// Gives out names that nobody else has, the same ones for the same request every time.

import { digest } from '../../../model/digest.ts';

/** Characters of the digest that make a name one of its kind. */
export const DIGEST_LENGTH = 8;

/** The beginning of a fingerprint, as it is put behind names. */
export function shortDigest(text: string): string {
  return digest(text).slice(0, DIGEST_LENGTH);
}

/**
 * The first of the candidates that is not taken yet, and takes it. `make` is asked for the candidate number 0, 1, 2, …
 * and must give different ones.
 */
export function takeName(taken: Set<string>, make: (attempt: number) => string): string {
  let attempt = 0;
  let name = make(attempt);
  while (taken.has(name)) {
    attempt += 1;
    name = make(attempt);
  }
  taken.add(name);
  return name;
}
