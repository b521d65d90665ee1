// The fault matrix as text: a row for each fault, a column for each format of clients and way of asking.

import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { CellRun } from './fault-cell.ts';
import type { FaultRow } from './fault-rows.ts';

/** One column: clients of a format, of upstreams that speak the same one or others. */
export interface Column {
  readonly from: DialectId;
  readonly converted: boolean;
  readonly stream: boolean;
}

const SHORT_NAMES: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'anthropic-messages': 'messages',
  gemini: 'gemini',
};

/** Every column that something was run for. */
export function columnsOf(runs: readonly CellRun[]): Column[] {
  return DIALECT_IDS.flatMap((from) =>
    [false, true].flatMap((converted) =>
      [true, false].map((stream): Column => ({ from, converted, stream })),
    ),
  ).filter((column) => runs.some((run) => isIn(run, column)));
}

function isIn(run: CellRun, { from, converted, stream }: Column): boolean {
  return run.from === from && (run.to !== from) === converted && run.stream === stream;
}

/** What a cell shows: ✓ with the number of pairs of formats, · where there is nothing to run, or how many went wrong. */
function shown(runs: readonly CellRun[]): string {
  if (runs.length === 0) return '·';
  const wrong = runs.filter((run) => run.wrong !== undefined);
  if (wrong.length === 0) return runs.length === 1 ? '✓' : `✓${runs.length}`;
  return `✗${wrong.length}/${runs.length}`;
}

const columnWidth = 5;

/** The table, and below it what went wrong. */
export function tableOf(
  rows: readonly FaultRow[],
  columns: readonly Column[],
  runs: readonly CellRun[],
): string {
  const wide = Math.max(...rows.map(({ name }) => name.length)) + 1;
  const cell = (text: string): string => text.padEnd(columnWidth);
  const groups = DIALECT_IDS.map((from) => {
    const own = columns.filter((column) => column.from === from).length;
    return own === 0 ? '' : `│ ${SHORT_NAMES[from].padEnd(own * columnWidth)}`;
  });
  const lines = rows.map(({ name }) => {
    const own = runs.filter((run) => run.row === name);
    const cells = columns.map((column, index) => {
      const isFirst = columns[index - 1]?.from !== column.from;
      return (isFirst ? '│ ' : '') + cell(shown(own.filter((run) => isIn(run, column))));
    });
    return `${name.padEnd(wide)}${cells.join('')}`.trimEnd();
  });
  const heads = columns.map(({ from, converted, stream }, index) => {
    const isFirst = columns[index - 1]?.from !== from;
    return (isFirst ? '│ ' : '') + cell(`${converted ? '→' : '='} ${stream ? 'S' : 'J'}`);
  });
  const wrong = runs.flatMap((run) =>
    run.wrong === undefined
      ? []
      : [`✗ ${run.row}: ${run.from} of ${run.to}, ${run.stream ? 'stream' : 'whole'}: ${run.wrong}`],
  );
  const count = `${runs.length - wrong.length} of ${runs.length} as they should be (= same format, → converted, S stream, J whole)`;
  return [
    `${' '.repeat(wide)}${groups.join('')}`.trimEnd(),
    `${' '.repeat(wide)}${heads.join('')}`.trimEnd(),
    ...lines,
    count,
    ...wrong,
  ].join('\n');
}
