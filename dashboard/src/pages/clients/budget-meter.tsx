// One budget: how much of it is used, when it begins anew, and how long it lasts at the pace so far.

import type { ReactElement } from 'react';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { classes } from '../../ui/classes.ts';
import { Meter } from '../../ui/meter.tsx';
import { type Budget, type Pace, paceOf, type Recent, takenNanoUsd } from './budget-pace.ts';
import { type ClientText, clientMessages } from './messages.ts';

interface BudgetMeterProps {
  readonly budget: Budget;
  /** What the client spent in the period of the page. */
  readonly recent: Recent;
  /** With everything that can be said; otherwise what a row of a list has room for. */
  readonly full?: boolean;
}

const PERIODS = ['day', 'week', 'month', 'total'] as const;

/** What a period is called. */
function periodWords(per: string, text: ClientText): string {
  const known = PERIODS.find((one) => one === per);
  return known === undefined ? per : text[known];
}

/** The meter. */
export function BudgetMeter({ budget, recent, full = false }: BudgetMeterProps): ReactElement {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const nowMs = Date.now();
  const { per, limitNanoUsd, reservedNanoUsd, resetsAtMs } = budget;
  const name = periodWords(per, text);
  const taken = takenNanoUsd(budget);
  const pace = paceOf(budget, nowMs, recent);
  const isUrgent = pace.is === 'over' || pace.is === 'runsOut';
  const resets =
    resetsAtMs === null ? text.neverResets : text.resetsIn(format.duration(roundedMs(resetsAtMs - nowMs)));
  return (
    <div className="min-w-0">
      <Meter
        label={name}
        name={text.meterName(name)}
        used={taken}
        limit={limitNanoUsd}
        words={text.spentOf(format.money(taken), format.money(limitNanoUsd))}
      />
      {(full || isUrgent) && (
        <p
          className={classes(
            'mt-1 text-xs',
            pace.is === 'over' ? 'text-bad' : isUrgent ? 'text-caution' : 'text-soft',
          )}
        >
          {paceWords(pace, budget, text, format)}
        </p>
      )}
      {full && (
        <p className="text-faint text-xs">
          {resets}
          {reservedNanoUsd > 0 && ` · ${text.reserved(format.money(reservedNanoUsd))}`}
        </p>
      )}
    </div>
  );
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Seconds would only flicker. */
function roundedMs(ms: number): number {
  const step = ms > 2 * HOUR_MS ? HOUR_MS : MINUTE_MS;
  return Math.max(step, Math.round(ms / step) * step);
}

function paceWords(pace: Pace, { per, resetsAtMs }: Budget, text: ClientText, format: Format): string {
  switch (pace.is) {
    case 'over':
      return text.paceOver;
    case 'early':
      return text.paceEarly;
    case 'idle':
      return text.paceIdle;
    case 'long':
      return text.paceLong;
    case 'lasts':
      return text.paceLasts(format.money(pace.byEndNanoUsd));
    case 'runsOut': {
      // Of a day the hour is of interest, of a month the day.
      const when = per === 'day' ? format.dateTime(pace.atMs) : format.date(pace.atMs);
      return resetsAtMs === null ? text.paceRunsOutRecent(when) : text.paceRunsOut(when);
    }
  }
}
