// How values become what is drawn: put on top of each other, and the dots of lines that are only one value long.

/** Values that are not there. */
type Values = readonly (number | undefined)[];

/**
 * Each series on top of those before it. Bars and areas are drawn from the last one, which is the tallest, to the first:
 * each covers the lower part of the one behind it.
 */
export function stacked(series: readonly Values[]): readonly (readonly number[])[] {
  const length = Math.max(0, ...series.map((values) => values.length));
  const sums = new Array<number>(length).fill(0);
  return series.map((values) => {
    for (let index = 0; index < length; index += 1)
      sums[index] = (sums[index] ?? 0) + Math.max(0, values[index] ?? 0);
    return [...sums];
  });
}

/** Where a value stands alone between gaps: a line would not show it. */
export function lonely(values: readonly (number | null | undefined)[]): number[] {
  const is = (index: number): boolean => values[index] !== null && values[index] !== undefined;
  return [...values.keys()].filter((index) => is(index) && !is(index - 1) && !is(index + 1));
}

/** The sum of the series in each bucket. */
export function sumOf(series: readonly Values[], index: number): number {
  return series.reduce((sum, values) => sum + (values[index] ?? 0), 0);
}
