// Names near to one that does not exist, for "did you mean". The work is bounded, whatever a client sends.

const LONGEST_NAME = 128;
const MOST_NAMES = 2000;

/**
 * Edit distance (insert, delete, replace, swap of neighbours) of two texts, or `limit + 1` as soon as it is known to be
 * above the limit.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    // A swap reaches back two rows, so a row is hopeless only together with the one before it.
    if (least > limit && Math.min(...previous) > limit) return limit + 1;
    older = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? 0, limit + 1);
}

/** Up to `most` of the names that differ from `asked` in no more than a third of its letters, nearest first. Case is ignored. */
export function nearest(asked: string, names: Iterable<string>, most = 3): string[] {
  if (asked.length === 0 || asked.length > LONGEST_NAME) return [];
  const wanted = asked.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const found: { name: string; distance: number }[] = [];
  let seen = 0;
  for (const name of new Set(names)) {
    if (++seen > MOST_NAMES) break;
    if (name === asked || name.length > LONGEST_NAME) continue;
    const distance = editDistance(wanted, name.toLowerCase(), limit);
    if (distance <= limit) found.push({ name, distance });
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return found.slice(0, most).map(({ name }) => name);
}
