// Finds the field name that was probably meant.

import { editDistance } from '../core/near.ts';

/** Letters and digits only, lower case: "base_url" and "baseUrl" are the same to a person. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The candidate most like `word`, or undefined where none is like it. Long words are not compared. */
export function nearestName(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = bare(word);
  if (wanted === '' || wanted.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const name = bare(candidate);
    const contained = wanted.length >= 3 && (name.startsWith(wanted) || wanted.startsWith(name));
    const distance = Math.min(
      editDistance(wanted, name, wanted.length),
      contained && name.length >= 3 ? 1.5 : Infinity,
    );
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
