// A chart of values over time: bars or areas on each other, or lines. Its legend switches series; drawing over a stretch, or
// selecting it by keyboard, chooses it; screen readers get each bucket as words, and everybody the values as a table.

import { Table2 } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useEffect, useId, useMemo, useRef, useState } from 'react';
import { watchTheme } from '../app/theme.ts';
import { useMessages } from '../language/messages.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { type Buckets, chosenStretch } from './buckets.ts';
import { Legend, stretchWords, Tip, ValueTable, type ValueWords } from './chart-parts.tsx';
import { type Place, stepOf } from './keyboard.ts';
import { chartMessages } from './messages.ts';
import { type ChartKind, type ChartSeries, makePlot, type Plan, type Plot } from './plot.ts';
import { type TimeWords, timeWordsOf } from './time-words.ts';

export type { ChartSeries } from './plot.ts';

interface TimeSeriesProps {
  /** What is shown: "Requests". */
  readonly label: string;
  readonly kind: ChartKind;
  readonly buckets: Buckets;
  /** The first stands at the bottom. */
  readonly series: readonly ChartSeries[];
  /** A value in full, and at the axis (as in full where absent). */
  readonly words: ValueWords;
  readonly axis?: (value: number) => string;
  /** There is no half of it. */
  readonly whole?: boolean;
  /** Called with a stretch that somebody has chosen; without it nothing can be chosen. */
  readonly onChoose?: (fromMs: number, toMs: number) => void;
  /** Classes of the picture; it needs a height. */
  readonly className?: string;
}

/** The chart. */
export function TimeSeries(props: TimeSeriesProps): ReactElement {
  const { label, buckets, series, words } = props;
  const text = useMessages(chartMessages);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [asTable, setAsTable] = useState(false);
  const times = timeWordsOf(navigator.language);
  // Everything switched off shows everything: a chart of nothing helps nobody.
  const shown = useMemo(() => {
    const left = series.filter(({ id }) => !hidden.has(id));
    return left.length === 0 ? series : left;
  }, [series, hidden]);
  const toggle = (id: string): void => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(series.every((one) => next.has(one.id)) ? new Set() : next);
  };
  return (
    <div className="min-w-0">
      <Picture {...props} shown={shown} />
      <div className="flex flex-wrap items-center gap-2 px-3 pt-1 pb-2.5">
        <Legend series={series} hidden={hidden} onToggle={toggle} />
        <Button
          weight="quiet"
          size="small"
          className="ml-auto"
          aria-expanded={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          <Table2 aria-hidden="true" className="size-3.5" />
          {asTable ? text.hideTable : text.showTable}
        </Button>
      </div>
      {asTable && (
        <ValueTable
          label={text.chartOf(label)}
          buckets={buckets}
          series={shown}
          words={words}
          times={times}
        />
      )}
    </div>
  );
}

/** Draws, and keeps what is drawn up to date; answers the element, the plot and where the pointer is. */
function usePlot(plan: Plan, onDraw: (oneMs: number, otherMs: number) => void) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const latest = useRef({ plan, onDraw });
  latest.current = { plan, onDraw };
  const [pointed, setPointed] = useState<number | undefined>();
  const [theme, setTheme] = useState(0);
  useEffect(() => watchTheme(() => setTheme((count) => count + 1)), []);
  const { kind, whole, series, buckets } = plan;
  // What a picture is made of; with the same of it new values are only put in.
  const made = JSON.stringify([
    kind,
    whole,
    theme,
    buckets.starts.length > 0,
    series.map(({ id, colour, dashed }) => [id, colour, dashed]),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture only where it is made of something else.
  useEffect(() => {
    const place = element.current;
    if (place === null) return;
    const picture = makePlot(place, latest.current.plan, {
      onPoint: setPointed,
      onDraw: (one, other) => latest.current.onDraw(one, other),
    });
    plot.current = picture;
    const observer = new ResizeObserver(() => picture.resize());
    observer.observe(place);
    return () => {
      observer.disconnect();
      plot.current = undefined;
      picture.destroy();
    };
  }, [made]);
  useEffect(() => plot.current?.update(plan), [plan]);
  return { element, plot, pointed };
}

interface PictureProps extends TimeSeriesProps {
  readonly shown: readonly ChartSeries[];
}

function Picture(props: PictureProps): ReactElement {
  const { label, kind, buckets, shown, words, axis, whole = false, onChoose, className = 'h-64' } = props;
  const text = useMessages(chartMessages);
  const hintId = useId();
  const times = timeWordsOf(navigator.language);
  const plan = useMemo<Plan>(() => {
    return { kind, buckets, series: shown, axis: axis ?? words, whole, times };
  }, [kind, buckets, shown, axis, words, whole, times]);
  const choose = (oneMs: number, otherMs: number): void => {
    const stretch = chosenStretch(buckets, oneMs, otherMs);
    if (stretch !== undefined) onChoose?.(stretch.fromMs, stretch.toMs);
  };
  const { element, plot, pointed } = usePlot(plan, choose);
  const { place, onKeyDown, leave } = useKeys(buckets, plot, onChoose === undefined ? undefined : choose);
  const index = place?.index ?? pointed;
  const count = buckets.starts.length;
  const said = index === undefined ? undefined : saidOf(props, times, text.selected, index, place?.anchor);
  return (
    <div className="relative px-2">
      <div
        // A slider over the buckets: the one role whose value screen readers tell while arrow keys change it.
        role="slider"
        tabIndex={0}
        aria-label={text.chartOf(label)}
        aria-describedby={hintId}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, count - 1)}
        aria-valuenow={index ?? Math.max(0, count - 1)}
        aria-valuetext={said ?? text.chartOf(label)}
        onKeyDown={onKeyDown}
        onBlur={leave}
        onPointerMove={() => {
          if (place !== undefined) leave();
        }}
        className={classes('rounded-md', onChoose !== undefined && 'cursor-crosshair', className)}
      >
        <div
          ref={element}
          className="h-full w-full overflow-hidden [&_.u-cursor-x]:border-line-strong! [&_.u-select]:bg-water/15!"
        />
      </div>
      <p id={hintId} className="sr-only">
        {onChoose === undefined ? text.keysPlain : text.keys}
      </p>
      {index !== undefined && plot.current !== undefined && (
        <Tip
          buckets={buckets}
          index={index}
          series={shown}
          words={words}
          times={times}
          total={kind !== 'lines'}
          left={plot.current.leftOf(index) + 8}
          width={(element.current?.clientWidth ?? 0) + 16}
        />
      )}
    </div>
  );
}

/** A bucket in words: when, the values, and what is selected. */
function saidOf(
  { buckets, shown, words }: PictureProps,
  times: TimeWords,
  selected: (stretch: string) => string,
  index: number,
  anchor: number | undefined,
): string {
  const said = [
    stretchWords(buckets, index, times),
    ...shown.map(({ label, values }) => `${label}: ${words(values[index])}`),
  ];
  const [first, last] = [
    buckets.starts[Math.min(index, anchor ?? index)],
    buckets.starts[Math.max(index, anchor ?? index)],
  ];
  if (anchor !== undefined && first !== undefined && last !== undefined)
    said.push(selected(times.stretch(first, last + buckets.bucketMs)));
  return said.join(', ');
}

/** The keys of a chart; `choose` where something can be chosen. */
function useKeys(
  buckets: Buckets,
  plot: { readonly current: Plot | undefined },
  choose: ((oneMs: number, otherMs: number) => void) | undefined,
) {
  const [place, setPlace] = useState<Place | undefined>();
  const leave = (): void => {
    setPlace(undefined);
    plot.current?.unmark();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = stepOf(event.key, event.shiftKey, place, buckets.starts.length, choose !== undefined);
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if ('leave' in step) {
      leave();
      return;
    }
    if ('choose' in step) {
      const [first, last] = step.choose;
      const [from, to] = [buckets.starts[first], buckets.starts[last]];
      leave();
      if (from !== undefined && to !== undefined) choose?.(from, to + buckets.bucketMs);
      return;
    }
    setPlace(step.to);
    const { index, anchor = index } = step.to;
    if (step.to.anchor === undefined) plot.current?.unmark();
    else plot.current?.mark(Math.min(index, anchor), Math.max(index, anchor));
  };
  return { place, onKeyDown, leave };
}
