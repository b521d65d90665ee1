// One figure of the overview: its value, how it compares with the period before, and its shape over time.

import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Sparkline } from '../../charts/sparkline.tsx';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { classes } from '../../ui/classes.ts';
import type { Figure } from './figures.ts';
import { overviewMessages } from './messages.ts';

interface FigureCardProps {
  readonly figure: Figure;
  /** Under the value. */
  readonly children?: ReactNode;
  readonly title?: string;
  readonly className?: string;
}

/** The card. Its height does not depend on what it says. */
export function FigureCard({ figure, children, title, className }: FigureCardProps): ReactElement {
  const text = useMessages(overviewMessages);
  const { label, value, shape } = figure;
  return (
    <li
      title={title}
      className={classes(
        'flex min-w-0 flex-col rounded-xl border border-line bg-surface px-3.5 pt-3 pb-2',
        className,
      )}
    >
      <p className="truncate text-faint text-xs">{label}</p>
      <div className="flex h-8 items-baseline gap-2">
        <p className="truncate font-semibold text-xl tabular-nums leading-8 tracking-tight">{value}</p>
        <ChangeSign figure={figure} />
      </div>
      <div className="min-h-8 text-2xs text-faint leading-4">{children}</div>
      <div className="mt-auto h-7 pt-1">
        {shape.some((one) => one !== undefined && one > 0) && (
          <Sparkline joined values={shape} label={text.overTime(label)} className="h-6 w-full text-water" />
        )}
      </div>
    </li>
  );
}

function ChangeSign({ figure }: { readonly figure: Figure }): ReactElement {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const { change, asPoints, before } = figure;
  const look = 'ml-auto inline-flex shrink-0 items-center gap-0.5 text-2xs tabular-nums';
  const title = before === undefined ? undefined : text.before(before);
  if (change.kind === 'no-data' || change.kind === 'same' || change.kind === 'new') {
    const words = { 'no-data': text.noDataBefore, same: text.sameAsBefore, new: text.noneBefore }[
      change.kind
    ];
    return (
      <span title={title} className={classes(look, 'text-faint')}>
        {words}
      </span>
    );
  }
  const Arrow = change.kind === 'up' ? ArrowUpRight : ArrowDownRight;
  const by = format.percent(change.by, change.by >= 0.1 ? 0 : 1);
  const points = text.points(format.decimal(change.by * 100));
  return (
    <span
      title={title}
      className={classes(
        look,
        change.good === undefined ? 'text-soft' : change.good ? 'text-good' : 'text-bad',
      )}
    >
      <Arrow aria-hidden="true" className="size-3" />
      <span className="sr-only">{change.kind === 'up' ? text.up : text.down} </span>
      {asPoints ? points : by}
    </span>
  );
}
