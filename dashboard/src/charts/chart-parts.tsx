// What stands around the picture of a time series: its legend, the tip at the pointer, and the same values as a table.

import type { ReactElement } from 'react';
import { useMessages } from '../language/messages.ts';
import { classes } from '../ui/classes.ts';
import { type Buckets, stretchOf } from './buckets.ts';
import { chartMessages } from './messages.ts';
import { swatches } from './palette.ts';
import type { ChartSeries } from './plot.ts';
import { sumOf } from './stacked.ts';
import type { TimeWords } from './time-words.ts';

/** How a value is written. */
export type ValueWords = (value: number | undefined) => string;

interface LegendProps {
  readonly series: readonly ChartSeries[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

/** The names of the series; each switches its own. */
export function Legend({ series, hidden, onToggle }: LegendProps): ReactElement {
  const text = useMessages(chartMessages);
  return (
    <ul aria-label={text.legend} className="flex min-w-0 flex-1 basis-64 flex-wrap gap-x-1 gap-y-0.5">
      {series.map(({ id, label, colour }) => {
        const shown = !hidden.has(id);
        return (
          <li key={id} className="min-w-0">
            <button
              type="button"
              aria-pressed={shown}
              onClick={() => onToggle(id)}
              className={classes(
                'flex max-w-56 items-center gap-1.5 rounded-md px-1.5 py-0.5 text-xs hover:bg-sunken',
                shown ? 'text-soft' : 'text-faint line-through',
              )}
            >
              <span
                aria-hidden="true"
                className={classes(
                  'size-2.5 shrink-0 rounded-[3px]',
                  shown ? swatches[colour] : 'border border-line-strong',
                )}
              />
              <span className="truncate">{label}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

interface TipProps {
  readonly buckets: Buckets;
  readonly index: number;
  readonly series: readonly ChartSeries[];
  readonly words: ValueWords;
  readonly times: TimeWords;
  readonly total: boolean;
  /** Pixels from the left edge of the chart, and how wide that is. */
  readonly left: number;
  readonly width: number;
}

/** The values of one bucket, beside the pointer; on its left where the right edge is near. */
export function Tip({
  buckets,
  index,
  series,
  words,
  times,
  total,
  left,
  width,
}: TipProps): ReactElement | null {
  const text = useMessages(chartMessages);
  const stretch = stretchOf(buckets, index);
  if (stretch === undefined) return null;
  const before = left > width / 2;
  // What is nothing is not worth a line, unless there is nothing else.
  const some = series.filter(({ values }) =>
    total ? (values[index] ?? 0) !== 0 : values[index] !== undefined,
  );
  const shown = some.length === 0 ? series : some;
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-2 z-10 max-w-[min(18rem,70%)] rounded-lg border border-line bg-raised px-2.5 py-2 text-xs shadow-lift"
      style={before ? { right: width - left + 12 } : { left: left + 12 }}
    >
      <p className="mb-1 text-faint tabular-nums">{times.stretch(stretch.fromMs, stretch.toMs)}</p>
      {shown.toReversed().map(({ id, label, colour, values }) => (
        <p key={id} className="flex items-center gap-1.5">
          <span className={classes('size-2 shrink-0 rounded-[2px]', swatches[colour])} />
          <span className="min-w-0 truncate text-soft">{label}</span>
          <span className="ml-auto pl-3 tabular-nums">{words(values[index])}</span>
        </p>
      ))}
      {total && series.length > 1 && (
        <p className="mt-1 flex border-line border-t pt-1">
          <span className="text-soft">{text.total}</span>
          <span className="ml-auto pl-3 font-medium tabular-nums">
            {words(
              sumOf(
                series.map(({ values }) => values),
                index,
              ),
            )}
          </span>
        </p>
      )}
    </div>
  );
}

interface ValuesProps {
  readonly label: string;
  readonly buckets: Buckets;
  readonly series: readonly ChartSeries[];
  readonly words: ValueWords;
  readonly times: TimeWords;
}

/** All values, newest first. */
export function ValueTable({ label, buckets, series, words, times }: ValuesProps): ReactElement {
  const text = useMessages(chartMessages);
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
      className="mx-4 mb-4 max-h-72 overflow-auto rounded-lg border border-line"
    >
      <table className="w-full border-collapse text-xs tabular-nums">
        <thead className="sticky top-0 bg-sunken text-faint">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              {text.time}
            </th>
            {series.map(({ id, label: name }) => (
              <th key={id} scope="col" className="whitespace-nowrap px-3 py-1.5 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...buckets.starts.keys()].toReversed().map((index) => (
            <tr key={buckets.starts[index]} className="border-line border-t">
              <th scope="row" className="whitespace-nowrap px-3 py-1 text-left font-normal text-soft">
                {stretchWords(buckets, index, times)}
              </th>
              {series.map(({ id, values }) => (
                <td key={id} className="whitespace-nowrap px-3 py-1 text-right">
                  {words(values[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** When a bucket is. */
export function stretchWords(buckets: Buckets, index: number, times: TimeWords): string {
  const stretch = stretchOf(buckets, index);
  return stretch === undefined ? '' : times.stretch(stretch.fromMs, stretch.toMs);
}
