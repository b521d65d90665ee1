// Which lines of a body are marked: those that the other body does not have, and those that a loss is about.

import type { BodyLine } from './lines.ts';

/** Above so many pairs of lines, the order of lines no longer counts. */
const MOST_PAIRS = 4_000_000;

/** Places of the lines that only one side has. */
export interface Differences {
  readonly left: ReadonlySet<number>;
  readonly right: ReadonlySet<number>;
}

/** What the two do not have in common; how far lines are set in, and the comma at their end, do not count. */
export function differencesOf(left: readonly BodyLine[], right: readonly BodyLine[]): Differences {
  const one = left.map(keyOf);
  const other = right.map(keyOf);
  let begin = 0;
  while (begin < one.length && begin < other.length && one[begin] === other[begin]) begin += 1;
  let end = 0;
  while (
    end < one.length - begin &&
    end < other.length - begin &&
    one[one.length - 1 - end] === other[other.length - 1 - end]
  )
    end += 1;
  const inner = [one.slice(begin, one.length - end), other.slice(begin, other.length - end)] as const;
  const { left: onlyOne, right: onlyOther } =
    inner[0].length * inner[1].length > MOST_PAIRS ? unordered(...inner) : ordered(...inner);
  const moved = (places: readonly number[]): ReadonlySet<number> =>
    new Set(places.map((place) => place + begin));
  return { left: moved(onlyOne), right: moved(onlyOther) };
}

function keyOf({ text, event }: BodyLine): string {
  return `${event ?? ''} ${text.trim().replace(/,$/, '')}`;
}

interface Places {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** By the longest common subsequence. */
function ordered(one: readonly string[], other: readonly string[]): Places {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row -= 1)
    for (let column = other.length - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        one[row] === other[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const left: number[] = [];
  const right: number[] = [];
  let row = 0;
  let column = 0;
  while (row < one.length || column < other.length) {
    if (row < one.length && column < other.length && one[row] === other[column]) {
      row += 1;
      column += 1;
    } else if (column >= other.length || (row < one.length && at(row + 1, column) >= at(row, column + 1))) {
      left.push(row);
      row += 1;
    } else {
      right.push(column);
      column += 1;
    }
  }
  return { left, right };
}

/** By how often each line is there. */
function unordered(one: readonly string[], other: readonly string[]): Places {
  return { left: surplus(one, other), right: surplus(other, one) };
}

function surplus(lines: readonly string[], others: readonly string[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...lines.keys()].filter((index) => {
    const line = lines[index] ?? '';
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

/** What is said of each line that a loss is about: of the line at its path, or of the nearest one around it. */
export function lossesByLine<Loss extends { readonly path?: string }>(
  lines: readonly BodyLine[],
  losses: readonly Loss[],
): ReadonlyMap<number, readonly Loss[]> {
  const places = new Map<string, number>();
  for (const [index, { path }] of lines.entries())
    if (path !== undefined && path !== '' && !places.has(path)) places.set(path, index);
  const marked = new Map<number, Loss[]>();
  for (const loss of losses) {
    const place = placeOf(loss.path ?? '', places);
    if (place === undefined) continue;
    const list = marked.get(place) ?? [];
    list.push(loss);
    marked.set(place, list);
  }
  return marked;
}

function placeOf(path: string, places: ReadonlyMap<string, number>): number | undefined {
  for (let rest = path; rest !== ''; rest = rest.replace(/(?:^|\.)[^.[\]]+$|\[[^[\]]*\]$/, '')) {
    const place = places.get(rest);
    if (place !== undefined) return place;
    if (!/[.\]]/.test(rest)) return undefined;
  }
  return undefined;
}
