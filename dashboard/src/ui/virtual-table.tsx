// A table of any length: only the rows that can be seen are there. It scrolls with the window, its heading stays in sight, and
// on phones a row is two lines instead of columns.

import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import {
  memo,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { classes } from './classes.ts';
import { useRowKeys } from './row-keys.ts';

/** One column. */
export interface VirtualColumn<Row> {
  readonly id: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
  /** Its width, and from which width of the window on it is there. */
  readonly className?: string;
}

interface VirtualTableProps<Row> {
  readonly label: string;
  readonly columns: readonly VirtualColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What a phone shows instead of the columns, in `phoneHeight` pixels. */
  readonly phone: (row: Row) => ReactNode;
  readonly isPhone: boolean;
  readonly phoneHeight?: number;
  readonly rowHeight?: number;
  /** The last rows are nearly in sight; called again and again while they are. */
  readonly onNearEnd?: (() => void) | undefined;
  /** Rows that appear do so gently. */
  readonly gentle?: boolean;
  /** The row stands out. */
  readonly isMarked?: (row: Row) => boolean;
}

const OVERSCAN = 12;
/** So many rows before the end the next ones are asked for: two high screens. */
const NEAR_ROWS = 80;
const ROW_PX = 40;
const PHONE_ROW_PX = 64;

/** The table. The link of a row carries `ROW_LINK`; j, k and the arrow keys go from one to the next. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>): ReactElement {
  const { label, columns, rows, keyOf, phone, isPhone, onNearEnd } = props;
  const height = isPhone ? (props.phoneHeight ?? PHONE_ROW_PX) : (props.rowHeight ?? ROW_PX);
  const table = useRef<HTMLTableElement>(null);
  const scrollMargin = useTop(table);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin,
  });
  useLayoutEffect(() => {
    // Rows are all as high as they are said to be; when that changes, what was known of them is wrong.
    virtualizer.measure();
    void height;
  }, [virtualizer, height]);
  useRowKeys(table, rows.length, (at) => virtualizer.scrollToIndex(at, { align: 'auto' }));
  const items = virtualizer.getVirtualItems();
  useNearEnd(items, rows.length, onNearEnd);
  const first = items[0];
  const last = items.at(-1);
  const above = first === undefined ? 0 : first.start - scrollMargin;
  const below = last === undefined ? 0 : virtualizer.getTotalSize() - (last.end - scrollMargin);
  const shown = isPhone ? undefined : columns;
  return (
    <table
      ref={table}
      data-row-table=""
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className="w-full table-fixed border-separate border-spacing-0 text-sm"
    >
      <Heading columns={columns} isPhone={isPhone} />
      <Space height={above} />
      <tbody>
        {items.map(({ index }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <BodyRow
              key={keyOf(row)}
              row={row}
              at={index}
              height={height}
              columns={shown}
              phone={phone}
              gentle={props.gentle === true}
              marked={props.isMarked?.(row) === true}
            />
          );
        })}
      </tbody>
      <Space height={below} />
    </table>
  );
}

/** Where an element begins in the document; what stands above it may change its height. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  const frame = useRef(0);
  useLayoutEffect(() => {
    setTop((before) => topOf(element.current) ?? before);
    return () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    };
  }, [element]);
  // After every drawing, because anything above may have grown, but with the next frame: asked at once, the browser would
  // lay everything out for the answer alone, several times a second. A value that stays draws nothing again.
  useEffect(() => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      setTop((before) => topOf(element.current) ?? before);
    });
  });
  return top;
}

function topOf(element: HTMLElement | null): number | undefined {
  if (element === null) return undefined;
  return Math.round(element.getBoundingClientRect().top + window.scrollY);
}

function useNearEnd(items: readonly VirtualItem[], count: number, tell: (() => void) | undefined): void {
  const last = items.at(-1)?.index ?? -1;
  // No list of dependencies: after a page without rows there is nothing new to see, and still more to ask for.
  useLayoutEffect(() => {
    if (last >= count - NEAR_ROWS) tell?.();
  });
}

function Space({ height }: { readonly height: number }): ReactElement | null {
  if (height <= 0) return null;
  return (
    <tbody aria-hidden="true">
      <tr>
        <td style={{ height }} className="p-0" />
      </tr>
    </tbody>
  );
}

const cellLook = 'overflow-hidden text-ellipsis whitespace-nowrap px-2 first:pl-4 last:pr-4';

function columnLook<Row>({ align, className }: VirtualColumn<Row>): string {
  return classes(align === 'right' && 'text-right tabular-nums', className);
}

function Heading<Row>({
  columns,
  isPhone,
}: {
  readonly columns: readonly VirtualColumn<Row>[];
  readonly isPhone: boolean;
}): ReactElement {
  return (
    <thead className={isPhone ? 'sr-only' : 'sticky top-13 z-10'}>
      <tr aria-rowindex={1} className="text-left text-faint text-xs">
        {columns.map((column) => (
          <th
            key={column.id}
            scope="col"
            className={classes(
              cellLook,
              'h-9 border-line border-b bg-surface font-medium',
              columnLook(column),
            )}
          >
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface BodyRowProps<Row> {
  readonly row: Row;
  readonly at: number;
  readonly height: number;
  /** Absent: as on a phone. */
  readonly columns: readonly VirtualColumn<Row>[] | undefined;
  readonly phone: (row: Row) => ReactNode;
  readonly gentle: boolean;
  readonly marked: boolean;
}

const rowLook =
  'relative hover:bg-sunken/60 has-[a:focus-visible]:bg-water-soft/50 [&:last-child>td]:border-b-0';
const gentleLook = 'motion-safe:transition-opacity motion-safe:duration-300 motion-safe:starting:opacity-40';

function PlainRow<Row>({ row, at, height, columns, phone, gentle, marked }: BodyRowProps<Row>): ReactElement {
  const look = classes(rowLook, gentle && gentleLook, marked && 'bg-water-soft/40');
  return (
    <tr aria-rowindex={at + 2} data-row={at} className={look}>
      {columns === undefined ? (
        <td style={{ height }} className="overflow-hidden border-line border-b px-4 py-0">
          {phone(row)}
        </td>
      ) : (
        columns.map((column) => (
          <td
            key={column.id}
            style={{ height }}
            className={classes(cellLook, 'border-line border-b py-0', columnLook(column))}
          >
            {column.cell(row)}
          </td>
        ))
      )}
    </tr>
  );
}

// `memo` forgets that the component takes rows of any kind; the cast says so again.
const BodyRow = memo(PlainRow) as typeof PlainRow;
