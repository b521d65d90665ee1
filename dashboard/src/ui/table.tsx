// A table of some dozens or hundreds of rows that can be sorted by their columns. The list of requests, which may be
// millions, is another: pages/requests.

import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactElement, type ReactNode, useMemo, useState } from 'react';
import { useMessages } from '../language/messages.ts';
import { classes } from './classes.ts';
import { uiMessages } from './messages.ts';

/** One column. */
export interface Column<Row> {
  readonly id: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** What the rows are sorted by; without it the column cannot be sorted by. */
  readonly by?: (row: Row) => number | string | undefined;
  readonly align?: 'left' | 'right';
  /** Left out on windows narrower than this. */
  readonly from?: 'sm' | 'md' | 'lg' | 'xl';
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Sorted by this column at first; a minus before it: the greatest first. As given where absent. */
  readonly sort?: string;
  readonly empty?: ReactNode;
}

const hiding: Readonly<Record<NonNullable<Column<unknown>['from']>, string>> = {
  sm: 'hidden sm:table-cell',
  md: 'hidden md:table-cell',
  lg: 'hidden lg:table-cell',
  xl: 'hidden xl:table-cell',
};

function look<Row>(column: Column<Row>): string {
  return classes(
    column.align === 'right' && 'text-right tabular-nums',
    column.from !== undefined && hiding[column.from],
  );
}

/** The table. */
export function Table<Row>({ label, columns, rows, keyOf, sort = '', empty }: TableProps<Row>): ReactElement {
  const [order, setOrder] = useState(sort);
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
    <section aria-label={label} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr className="border-line border-b text-left text-faint text-xs">
            {columns.map((column) => (
              <Heading key={column.id} column={column} order={order} onOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)} className="border-line border-b last:border-b-0 hover:bg-sunken/60">
              {columns.map((column) => (
                <td key={column.id} className={classes('px-3 py-2 first:pl-4 last:pr-4', look(column))}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly order: string;
  readonly onOrder: (order: string) => void;
}

function Heading<Row>({ column, order, onOrder }: HeadingProps<Row>): ReactElement {
  const text = useMessages(uiMessages);
  const down = order === `-${column.id}`;
  const up = order === column.id;
  const sorted = up ? 'ascending' : down ? 'descending' : undefined;
  return (
    <th
      scope="col"
      aria-sort={sorted}
      className={classes('whitespace-nowrap px-3 py-2 font-medium first:pl-4 last:pr-4', look(column))}
    >
      {column.by === undefined ? (
        column.title
      ) : (
        <button
          type="button"
          className="inline-flex items-center gap-1 font-medium hover:text-ink"
          title={typeof column.title === 'string' ? text.sortBy(column.title) : undefined}
          onClick={() => onOrder(down ? column.id : `-${column.id}`)}
        >
          {column.title}
          {up && <ArrowUp aria-hidden="true" className="size-3" />}
          {down && <ArrowDown aria-hidden="true" className="size-3" />}
        </button>
      )}
    </th>
  );
}

/** The rows in the order that is wanted; what has no value comes last either way. */
function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: string): readonly Row[] {
  const down = order.startsWith('-');
  const by = columns.find(({ id }) => id === (down ? order.slice(1) : order))?.by;
  if (by === undefined) return rows;
  return [...rows].sort((one, other) => {
    const [left, right] = [by(one), by(other)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    const difference =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left).localeCompare(String(right));
    return down ? -difference : difference;
  });
}
