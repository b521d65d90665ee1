// Finds the name that was probably meant.

/** Letters and digits only, lower case: "base_url" and "baseUrl" are the same to a person. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Number of single-character edits, a swap of neighbours counting as one (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let least = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) least = Math.min(least, (older[column - 2] ?? 0) + 1);
      current.push(least);
    }
    older = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
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
    const distance = Math.min(editDistance(wanted, name), contained && name.length >= 3 ? 1.5 : Infinity);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
