// Finds the known path that a mistyped one was probably meant to be, for the hint of a 404.

/** Longer paths get no hint, so that the work stays bounded. */
const MAX_LENGTH = 64;

/** Edit distance (insert, delete, replace) of two short strings. */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** The closest of the known paths, or undefined when none is close (more than a third of it would have to change). */
export function nearestPath(path: string, known: Iterable<string>): string | undefined {
  if (path.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const away = distance(path, candidate);
    if (away < bestDistance && away <= candidate.length / 3) {
      best = candidate;
      bestDistance = away;
    }
  }
  return best;
}
