// The picture of a time series: uPlot with our looks. React stays outside; what is drawn is told by a plan.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Buckets } from './buckets.ts';
import { type ChartColour, type Palette, paletteOf } from './palette.ts';
import { lonely, stacked } from './stacked.ts';
import type { TimeWords } from './time-words.ts';

/** How values are drawn. Bars and areas stand on each other; lines do not. */
export type ChartKind = 'bars' | 'areas' | 'lines';

/** One series. */
export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  readonly colour: ChartColour;
  /** One per bucket; undefined: nothing was measured. */
  readonly values: readonly (number | undefined)[];
  readonly dashed?: boolean;
}

/** What is drawn. */
export interface Plan {
  readonly kind: ChartKind;
  readonly buckets: Buckets;
  /** Those that are shown; the first stands at the bottom. */
  readonly series: readonly ChartSeries[];
  /** Values at the axis. */
  readonly axis: (value: number) => string;
  /** There is no half of it: no such marks at the axis. */
  readonly whole: boolean;
  readonly times: TimeWords;
}

/** What the picture tells. */
export interface PlotEvents {
  /** The pointer is over a bucket, or over none. */
  readonly onPoint: (index: number | undefined) => void;
  /** Somebody has drawn over a stretch. */
  readonly onDraw: (oneMs: number, otherMs: number) => void;
}

/** A picture in the page. */
export interface Plot {
  /** New values for the same series. */
  update(plan: Plan): void;
  resize(): void;
  /** Marks the buckets from one to another. */
  mark(first: number, last: number): void;
  unmark(): void;
  /** Where the middle of a bucket is, in pixels from the left edge of the element. */
  leftOf(index: number): number;
  destroy(): void;
}

const AXIS_WIDTH = 56;
const AXIS_HEIGHT = 38;
/** Above this the picture of bars is a picture of stripes: no gaps between them. */
const MANY_BARS = 120;
const LEAST_DRAWN_PX = 5;
const NICE_STEPS = [1, 2, 5];

/** Steps of an axis that has whole values only. */
const wholeSteps = Array.from({ length: 40 }, (_, index) => {
  return (NICE_STEPS[index % 3] ?? 1) * 10 ** Math.floor(index / 3);
});

/** Puts the picture into an element that has a size. */
export function makePlot(element: HTMLElement, first: Plan, { onPoint, onDraw }: PlotEvents): Plot {
  let plan = first;
  const palette = paletteOf(element);
  const options: uPlot.Options = {
    width: Math.max(1, element.clientWidth),
    height: Math.max(1, element.clientHeight),
    legend: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, range: () => rangeOf(plan.buckets) },
      y: { range: (_plot, _least, most) => [0, topOf(most, plan.whole)] },
    },
    axes: axesOf(palette, () => plan),
    series: [{}, ...drawn(plan).map((series) => seriesOptions(series, plan, palette))],
    cursor: {
      y: false,
      points: { show: plan.kind === 'lines' },
      drag: { x: true, y: false, setScale: false },
    },
    hooks: {
      setCursor: [(plot) => onPoint(plot.cursor.idx ?? undefined)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < LEAST_DRAWN_PX) return;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onDraw(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + width, 'x') * 1_000);
        },
      ],
    },
  };
  const picture = new uPlot(options, dataOf(plan), element);
  const left = (seconds: number): number => picture.valToPos(seconds, 'x');
  return {
    update(next) {
      plan = next;
      picture.setData(dataOf(plan));
    },
    resize() {
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0 && height > 0 && (width !== picture.width || height !== picture.height))
        picture.setSize({ width, height });
    },
    mark(firstIndex, lastIndex) {
      const { starts, bucketMs } = plan.buckets;
      const [from, to] = [starts[firstIndex], starts[lastIndex]];
      if (from === undefined || to === undefined) return;
      const edge = left(from / 1_000);
      const width = left((to + bucketMs) / 1_000) - edge;
      picture.setSelect({ left: edge, top: 0, width, height: picture.over.clientHeight }, false);
    },
    unmark: () => picture.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false),
    leftOf: (index) =>
      picture.over.offsetLeft + left(((plan.buckets.starts[index] ?? 0) + plan.buckets.bucketMs / 2) / 1_000),
    destroy: () => picture.destroy(),
  };
}

/** The series in the order in which they are drawn: of those that stand on each other the tallest first. */
function drawn({ kind, series }: Plan): readonly ChartSeries[] {
  return kind === 'lines' ? series : series.toReversed();
}

function dataOf({ kind, buckets, series }: Plan): uPlot.AlignedData {
  const middles = buckets.starts.map((start) => (start + buckets.bucketMs / 2) / 1_000);
  if (kind === 'lines') return [middles, ...series.map(({ values }) => values.map((value) => value ?? null))];
  return [
    middles,
    ...stacked(series.map(({ values }) => values))
      .map((values) => [...values])
      .toReversed(),
  ];
}

function rangeOf({ starts, bucketMs }: Buckets): uPlot.Range.MinMax {
  const [first] = starts;
  const last = starts.at(-1);
  if (first === undefined || last === undefined) return [0, 1];
  return [first / 1_000, (last + bucketMs) / 1_000];
}

/** Room above the greatest value; something to draw an axis for where there is none. */
function topOf(most: number | null, whole: boolean): number {
  const top = (most ?? 0) * 1.06;
  if (top > 0) return whole ? Math.max(top, 2) : top;
  return whole ? 2 : 1;
}

function axesOf(palette: Palette, plan: () => Plan): uPlot.Axis[] {
  const look = { stroke: palette.of('faint'), font: palette.font, ticks: { show: false } };
  return [
    {
      ...look,
      grid: { show: false },
      size: AXIS_HEIGHT,
      gap: 6,
      space: 72,
      values: (_plot, splits, _axis, _space, step) => plan().times.ticks(splits, step),
    },
    {
      ...look,
      grid: { stroke: palette.of('line'), width: 1 },
      size: AXIS_WIDTH,
      gap: 8,
      space: 38,
      ...(plan().whole ? { incrs: wholeSteps } : {}),
      values: (_plot, splits) => splits.map((value) => plan().axis(value)),
    },
  ];
}

function seriesOptions(series: ChartSeries, { kind, buckets }: Plan, palette: Palette): uPlot.Series {
  const colour = palette.of(series.colour);
  const common = { label: series.label, stroke: colour, spanGaps: false };
  if (kind === 'bars') {
    const share = buckets.starts.length > MANY_BARS ? 1 : 0.78;
    return {
      ...common,
      width: 0,
      fill: colour,
      points: { show: false },
      paths: builderOf(uPlot.paths.bars?.({ size: [share, 44], align: 0 })),
    };
  }
  if (kind === 'areas')
    return { ...common, width: 1.5, fill: palette.tint(series.colour, 35), points: { show: false } };
  return {
    ...common,
    width: 1.75,
    ...(series.dashed === true ? { dash: [5, 4] } : {}),
    points: {
      size: 5,
      width: 0,
      fill: colour,
      show: true,
      filter: (plot, index) => lonely([...(plot.data[index] ?? [])]),
    },
  };
}

/** Its types leave open whether the builders are there; the full build has them all. */
function builderOf(builder: uPlot.Series.PathBuilder | undefined): uPlot.Series.PathBuilder {
  if (builder === undefined) throw new Error('This build of uPlot draws no bars.');
  return builder;
}
