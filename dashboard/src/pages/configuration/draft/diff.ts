// Differences of two texts, line by line: those that the gateway tells as a unified diff, and our own where it was not asked.

/** One line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
  /** Its number in the text before, and after. */
  readonly before?: number;
  readonly after?: number;
}

/** The lines of a unified diff, without the names of its files. */
export function parseUnified(unified: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [before, after] = [0, 0];
  let inHunk = false;
  for (const line of unified.split('\n')) {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (start !== null) {
      [before, after] = [Number(start[1]), Number(start[2])];
      inHunk = true;
      lines.push({ kind: 'gap', text: '' });
    } else if (inHunk && line.startsWith('+')) {
      lines.push({ kind: 'added', text: line.slice(1), after: after++ });
    } else if (inHunk && line.startsWith('-')) {
      lines.push({ kind: 'removed', text: line.slice(1), before: before++ });
    } else if (inHunk && line.startsWith(' ')) {
      lines.push({ kind: 'same', text: line.slice(1), before: before++, after: after++ });
    }
  }
  return lines;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Above this product of lines, what lies between the first and the last difference is told as a whole. */
const MOST_CELLS = 4_000_000;

/** What differs between two texts, each change with some lines around it. */
export function linesBetween(before: string, after: string): readonly DiffLine[] {
  return before === after ? [] : withContext(everyLine(before.split(/\r?\n/), after.split(/\r?\n/)));
}

function everyLine(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (from: number, to: number, shift: number): DiffLine[] =>
    before.slice(from, to).map((text, index) => ({
      kind: 'same',
      text,
      before: from + index + 1,
      after: from + index + 1 + shift,
    }));
  return [
    ...same(0, head, 0),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail), head),
    ...same(before.length - tail, before.length, after.length - before.length),
  ];
}

/** The longest common lines of what differs, by the table that every textbook has. */
function middle(before: readonly string[], after: readonly string[], offset: number): readonly DiffLine[] {
  const width = after.length + 1;
  const isLarge = before.length * after.length > MOST_CELLS;
  const common = new Uint32Array(isLarge ? 0 : (before.length + 1) * width);
  if (!isLarge)
    for (let i = before.length - 1; i >= 0; i--)
      for (let j = after.length - 1; j >= 0; j--)
        common[i * width + j] =
          before[i] === after[j]
            ? 1 + (common[(i + 1) * width + j + 1] ?? 0)
            : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const numbers = { before: offset + i + 1, after: offset + j + 1 };
    if (!isLarge && i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: 'same', text: before[i] ?? '', ...numbers });
      i++;
      j++;
    } else if (
      i < before.length &&
      (j >= after.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      lines.push({ kind: 'removed', text: before[i] ?? '', before: numbers.before });
      i++;
    } else {
      lines.push({ kind: 'added', text: after[j] ?? '', after: numbers.after });
      j++;
    }
  }
  return lines;
}

function withContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'same') for (let at = index - CONTEXT; at <= index + CONTEXT; at++) near.add(at);
  const shown: DiffLine[] = [];
  let last = -1;
  for (const [index, line] of lines.entries()) {
    if (!near.has(index)) continue;
    if (index !== last + 1 || shown.length === 0) shown.push({ kind: 'gap', text: '' });
    shown.push(line);
    last = index;
  }
  return shown;
}
