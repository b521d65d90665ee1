// When the day, week or month of a time zone begins and ends. Weeks begin on Monday (ISO 8601). The bounds are searched for
// in the dates of the zone, so that months in which clocks change are right, too.

import { type DateOf, dateReader, dayAt, firstOf } from '../routing/day.ts';
import type { BudgetPeriod } from './budget.ts';

/** Instants in ms since 1970; the end is the next period's start. */
export interface PeriodBounds {
  readonly startMs: number;
  readonly endMs: number;
}

const DAY_MS = 86_400_000;
const ALWAYS: PeriodBounds = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

/** The period that holds an instant. Throws a RangeError for a zone that does not exist. */
export function periodAt(period: BudgetPeriod, timeZone: string, epochMs: number): PeriodBounds {
  switch (period) {
    case 'day':
      return dayAt(timeZone, epochMs);
    case 'week':
      return between(epochMs, weekDates(timeZone, epochMs));
    case 'month':
      return between(epochMs, monthDates(timeZone, epochMs));
    case 'total':
      return ALWAYS;
  }
}

/** First dates of a period and of the next one, as days since 1970. */
interface Dates {
  readonly dateOf: DateOf;
  readonly first: number;
  readonly next: number;
  readonly days: number;
}

/** Dates are compared as days since 1970. */
function daysOf(timeZone: string): DateOf {
  const dateOf = dateReader(timeZone);
  // That zone's dates are such days already.
  if (timeZone === 'UTC') return dateOf;
  return (epochMs) => {
    const date = dateOf(epochMs);
    return daysSince1970(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
  };
}

function daysSince1970(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

function weekDates(timeZone: string, epochMs: number): Dates {
  const dateOf = daysOf(timeZone);
  const today = dateOf(epochMs);
  // 1970-01-01 was a Thursday.
  const first = today - ((today + 3) % 7);
  return { dateOf, first, next: first + 7, days: 7 };
}

function monthDates(timeZone: string, epochMs: number): Dates {
  const dateOf = daysOf(timeZone);
  const today = new Date(dateOf(epochMs) * DAY_MS);
  const year = today.getUTCFullYear();
  const month = today.getUTCMonth() + 1;
  const next = daysSince1970(year, month + 1, 1);
  return { dateOf, first: daysSince1970(year, month, 1), next, days: 31 };
}

/** Some days more than the period has: zones have skipped and repeated days. */
const SLACK_DAYS = 3;

function between(epochMs: number, { dateOf, first, next, days }: Dates): PeriodBounds {
  const reachMs = (days + SLACK_DAYS) * DAY_MS;
  return {
    startMs: firstOf((at) => dateOf(at) >= first, epochMs - reachMs, epochMs),
    endMs: firstOf((at) => dateOf(at) >= next, epochMs, epochMs + reachMs),
  };
}
