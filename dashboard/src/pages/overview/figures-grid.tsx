// All figures of the overview, side by side.

import { Link } from '@tanstack/react-router';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import type { Overview, Series } from '../../../../server/src/admin/contract.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { bucketsOf } from '../../charts/buckets.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { useTokenRate } from '../../live/token-rate.ts';
import { classes } from '../../ui/classes.ts';
import { Skeleton } from '../../ui/states.tsx';
import { FigureCard } from './figure-card.tsx';
import { type FigureId, figuresOf, hintsOf } from './figures.ts';
import { overviewMessages } from './messages.ts';
import { TokenBar } from './token-bar.tsx';

/** As wide as two where that fills the rows. */
const WIDE: FigureId = 'tokens';
const COUNT = 9;
const grid = 'grid grid-flow-row-dense grid-cols-2 gap-3 md:grid-cols-4 xl:grid-cols-5';
const wide = 'col-span-2 md:col-span-4 xl:col-span-2';

/** The figures; grey places of the same size while they are on their way. */
export function FiguresGrid({
  overview,
  series,
}: {
  readonly overview: Overview | undefined;
  readonly series: Series | undefined;
}): ReactElement {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const shapes = useMemo(
    () => (series === undefined ? undefined : { points: series.points, buckets: bucketsOf(series) }),
    [series],
  );
  if (overview === undefined) return <Places />;
  const { totals } = overview;
  return (
    <section aria-label={text.figures}>
      <ul className={grid}>
        {figuresOf(overview, shapes, format, text).map((figure) => (
          <FigureCard
            key={figure.id}
            figure={figure}
            {...(figure.id === 'pace' ? { title: text.paceHint } : {})}
            {...(figure.id === WIDE ? { className: wide } : {})}
          >
            {figure.id === WIDE ? (
              <TokenBar totals={totals} />
            ) : (
              <>
                {hintsOf(figure.id, totals, format, text).map((hint) => (
                  <p key={hint} className="sm:truncate">
                    {hint}
                  </p>
                ))}
                <Extra id={figure.id} overview={overview} />
              </>
            )}
          </FigureCard>
        ))}
      </ul>
    </section>
  );
}

function Places(): ReactElement {
  return (
    <div className={grid}>
      {Array.from({ length: COUNT }, (_, place) => (
        <Skeleton
          // biome-ignore lint/suspicious/noArrayIndexKey: the places are all alike.
          key={place}
          className={classes('h-[8.75rem] rounded-xl', place === 5 && wide)}
        />
      ))}
    </div>
  );
}

/** What leads further from a figure, and what is true at this moment. */
function Extra({
  id,
  overview: { totals },
}: {
  readonly id: FigureId;
  readonly overview: Overview;
}): ReactNode {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const look = 'block truncate underline decoration-line-strong underline-offset-2 hover:text-ink';
  if (id === 'errors' && totals.errors > 0)
    return (
      <Link to="/requests" search={{ ...periodQuery(period), outcome: 'error' }} className={look}>
        {text.errorsShow}
      </Link>
    );
  if (id === 'cost') {
    const { estimatedNanoUsd, unpriced } = totals;
    return (
      <>
        {estimatedNanoUsd > 0 && <p className="truncate">{text.estimated(format.money(estimatedNanoUsd))}</p>}
        {unpriced > 0 && (
          <Link to="/models" search={{ ...period, tab: 'unpriced' }} className={look}>
            {text.unpricedCount(format.compact(unpriced))}
          </Link>
        )}
        {estimatedNanoUsd === 0 && unpriced === 0 && totals.requests > 0 && <p>{text.exact}</p>}
      </>
    );
  }
  return id === 'pace' ? <RateNow /> : null;
}

function RateNow(): ReactElement | null {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const rate = useTokenRate(true);
  if (rate === undefined || Math.round(rate.input + rate.output) === 0) return null;
  return (
    <p className="truncate tabular-nums">
      {text.now(format.compact(Math.round(rate.input)), format.compact(Math.round(rate.output)))}
    </p>
  );
}
