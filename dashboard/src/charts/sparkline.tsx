// A line without axes, for cards and rows: the shape of something over time.

import type { ReactElement } from 'react';

interface SparklineProps {
  /** Undefined: nothing happened then; the line has a gap. */
  readonly values: readonly (number | undefined)[];
  /** What it shows, for screen readers. */
  readonly label: string;
  readonly className?: string;
  /** Gaps are bridged: for the shape of something that is measured only now and then. */
  readonly joined?: boolean;
}

const WIDTH = 120;
const HEIGHT = 28;

/** The line; from nought to the greatest value. */
export function Sparkline({
  values,
  label,
  className = 'h-7 w-full text-water',
  joined = false,
}: SparklineProps): ReactElement {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={className}
    >
      <path
        d={pathOf(values, joined)}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** The line as an SVG path. A value alone between gaps becomes a dot; `joined` bridges the gaps. */
export function pathOf(values: readonly (number | undefined)[], joined = false): string {
  const most = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  let path = '';
  let isDrawing = false;
  for (const [index, value] of values.entries()) {
    if (value === undefined) {
      isDrawing = joined && isDrawing;
      continue;
    }
    const x = (index * step).toFixed(1);
    const y = (HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1);
    path += isDrawing ? `L${x} ${y}` : `M${x} ${y}h0`;
    isDrawing = true;
  }
  return path;
}
