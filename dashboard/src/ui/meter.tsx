// How much of something is used, as a bar with words.

import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

interface MeterProps {
  readonly label: ReactNode;
  /** The same for screen readers. */
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  /** "12 of 60". */
  readonly words: string;
}

const NEARLY = 0.8;

/** The bar; amber from four fifths, red when it is full. */
export function Meter({ label, name, used, limit, words }: MeterProps): ReactElement {
  const share = limit <= 0 ? 1 : Math.min(1, Math.max(0, used / limit));
  const colour = share >= 1 ? 'bg-bad' : share >= NEARLY ? 'bg-caution' : 'bg-water';
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-baseline justify-between gap-3 text-xs">
        <span className="truncate text-soft">{label}</span>
        <span className="whitespace-nowrap text-faint tabular-nums">{words}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in its own way. */}
      <div
        role="meter"
        aria-label={name}
        aria-valuenow={used}
        aria-valuemin={0}
        aria-valuemax={Math.max(limit, used)}
        aria-valuetext={words}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div className={classes('h-full rounded-full', colour)} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
