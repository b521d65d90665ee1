// How the context of a conversation grows: the input tokens of every turn as a bar, in what the cache knew, what was written
// to it, and the rest.

import type { ReactElement } from 'react';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { conversationMessages } from './messages.ts';
import type { Turn } from './turns.ts';

const HEIGHT = 100;

/** One part of a bar, from below. */
export interface BarPart {
  readonly part: 'fromCache' | 'toCache' | 'uncached';
  readonly y: number;
  readonly height: number;
}

/** The parts of one bar in a space of 100; those of nothing are left out. */
export function barOf({ tokens }: Pick<Turn, 'tokens'>, most: number): readonly BarPart[] {
  if (tokens === undefined || most <= 0) return [];
  const parts = [
    ['fromCache', tokens.cached],
    ['toCache', tokens.written],
    ['uncached', Math.max(0, tokens.input - tokens.cached - tokens.written)],
  ] as const;
  let y = HEIGHT;
  return parts.flatMap(([part, count]) => {
    const height = (count / most) * HEIGHT;
    y -= height;
    return count > 0 ? [{ part, y, height }] : [];
  });
}

const fills: Readonly<Record<BarPart['part'], string>> = {
  fromCache: 'fill-series-1',
  toCache: 'fill-series-2',
  uncached: 'fill-series-3',
};
const swatches: Readonly<Record<BarPart['part'], string>> = {
  fromCache: 'bg-series-1',
  toCache: 'bg-series-2',
  uncached: 'bg-series-3',
};

/** The chart; the same numbers stand in the table of turns. */
export function ContextChart({ turns }: { readonly turns: readonly Turn[] }): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const told = turns.filter(({ tokens }) => tokens !== undefined);
  const inputs = told.map(({ tokens }) => tokens?.input ?? 0);
  const most = Math.max(0, ...inputs);
  const all = inputs.reduce((sum, count) => sum + count, 0);
  const cached = told.reduce((sum, { tokens }) => sum + (tokens?.cached ?? 0), 0);
  const words = text.contextWords(
    format.integer(told.length),
    format.compact(inputs[0] ?? 0),
    format.compact(most),
    format.percent(all === 0 ? 0 : cached / all, 0),
  );
  // A single bar over the whole width would say nothing but its colour.
  const places = Math.max(told.length, 12);
  return (
    <figure className="flex flex-col gap-2">
      <div className="relative h-36 border-line border-b">
        <span className="absolute -top-1 left-0 text-2xs text-faint tabular-nums">
          {format.compact(most)}
        </span>
        <svg
          role="img"
          aria-label={words}
          viewBox={`0 0 ${places} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="absolute inset-x-0 top-3 bottom-0 h-[calc(100%-0.75rem)] w-full"
        >
          {told.map((turn, at) => (
            <Bar key={turn.id} turn={turn} at={at} most={most} />
          ))}
        </svg>
      </div>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-faint text-xs">
        {(['fromCache', 'toCache', 'uncached'] as const).map((part) => (
          <span key={part} className="inline-flex items-center gap-1.5">
            <span aria-hidden="true" className={`size-2.5 rounded-sm ${swatches[part]}`} />
            {text[part]}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function Bar({
  turn,
  at,
  most,
}: {
  readonly turn: Turn;
  readonly at: number;
  readonly most: number;
}): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const { tokens } = turn;
  const title = [
    text.turn(format.integer(at + 1)),
    `${text.fromCache}: ${format.integer(tokens?.cached)}`,
    `${text.toCache}: ${format.integer(tokens?.written)}`,
    `${text.uncached}: ${format.integer((tokens?.input ?? 0) - (tokens?.cached ?? 0) - (tokens?.written ?? 0))}`,
  ].join('\n');
  return (
    <g>
      <title>{title}</title>
      {/* Where the pointer finds the bar, however low it is. */}
      <rect x={at} y={0} width={1} height={HEIGHT} className="fill-transparent" />
      {barOf(turn, most).map(({ part, y, height }) => (
        <rect key={part} x={at + 0.1} y={y} width={0.8} height={height} className={fills[part]} />
      ))}
    </g>
  );
}
