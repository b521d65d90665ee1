// Rows of cells as lines whose columns stand one below the other.

/** The lines of a table, and how wide the widest can be, in characters. */
export interface AlignedRows {
  readonly lines: readonly string[];
  readonly width: number;
}

const GAP = '  ';

/** Aligns cells to the left, or to the right in the columns of numbers. Every row has as many cells as the first. */
export function aligned(
  rows: readonly (readonly string[])[],
  isNumber: (column: number) => boolean = () => false,
): AlignedRows {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(GAP)
      .trimEnd(),
  );
  const gaps = GAP.length * Math.max(0, widths.length - 1);
  return { lines, width: widths.reduce((sum, width) => sum + width, gaps) };
}
