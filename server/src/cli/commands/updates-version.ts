// Which of two versions is the newer one. https://semver.org/#spec-item-11

interface Version {
  readonly numbers: readonly number[];
  /** Parts of what follows the dash; none for a release. */
  readonly before: readonly string[];
}

function read(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(text.trim());
  if (found === null) return undefined;
  return { numbers: found.slice(1, 4).map(Number), before: found[4]?.split('.') ?? [] };
}

/** Below 0: the first is older; above 0: it is newer. undefined: one of them is no version. */
export function compareVersions(one: string, other: string): number | undefined {
  const left = read(one);
  const right = read(other);
  if (left === undefined || right === undefined) return undefined;
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // What comes before a release is older than the release.
  if (left.before.length === 0 || right.before.length === 0) return right.before.length - left.before.length;
  for (let index = 0; index < Math.max(left.before.length, right.before.length); index += 1) {
    const difference = comparePart(left.before[index], right.before[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePart(one: string | undefined, other: string | undefined): number {
  if (one === undefined) return other === undefined ? 0 : -1;
  if (other === undefined) return 1;
  const [left, right] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (left && right) return Number(one) - Number(other);
  if (left !== right) return left ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
