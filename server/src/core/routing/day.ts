// When the calendar day of a time zone begins and ends. Days have 23 or 25 hours where clocks change, and do not always
// begin at midnight, so both ends are searched for in what Intl knows; once a day for each zone.

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A day: instants in ms since 1970, the end is the next day's start. */
export interface Day {
  readonly startMs: number;
  readonly endMs: number;
}

/** Reads the date of a zone as a number that grows from day to day (20261121). */
export type DateOf = (epochMs: number) => number;

interface Zone {
  readonly dateOf: DateOf;
  /** The day that was asked for last. */
  day: Day;
}

/** There are only as many as a configuration names. */
const zones = new Map<string, Zone>();

/** Whether it is a zone that days can be counted in: an IANA name such as "Europe/Berlin". */
export function isTimeZone(name: string): boolean {
  try {
    dateReader(name);
    return true;
  } catch {
    return false;
  }
}

/** The day that holds an instant. Throws a RangeError for a zone that does not exist (see isTimeZone). */
export function dayAt(timeZone: string, epochMs: number): Day {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    zone = { dateOf: dateReader(timeZone), day: { startMs: 0, endMs: 0 } };
    zones.set(timeZone, zone);
  }
  if (epochMs < zone.day.startMs || epochMs >= zone.day.endMs) zone.day = findDay(zone.dateOf, epochMs);
  return zone.day;
}

/** Reads dates of a zone. Throws a RangeError for a zone that does not exist. */
export function dateReader(timeZone: string): DateOf {
  // What Intl takes to begin with would be felt by the first request.
  if (timeZone === 'UTC') return (epochMs) => Math.floor(epochMs / DAY_MS);
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return (epochMs) => {
    let year = 0;
    let month = 0;
    let day = 0;
    for (const { type, value } of format.formatToParts(epochMs)) {
      if (type === 'year') year = Number(value);
      else if (type === 'month') month = Number(value);
      else if (type === 'day') day = Number(value);
    }
    return year * 10_000 + month * 100 + day;
  };
}

function findDay(dateOf: DateOf, epochMs: number): Day {
  const today = dateOf(epochMs);
  let before = epochMs - HOUR_MS;
  while (dateOf(before) >= today) before -= HOUR_MS;
  let after = epochMs + HOUR_MS;
  while (dateOf(after) <= today) after += HOUR_MS;
  return {
    startMs: firstOf((at) => dateOf(at) >= today, before, Math.min(epochMs, before + HOUR_MS)),
    endMs: firstOf((at) => dateOf(at) > today, after - HOUR_MS, after),
  };
}

/** The first whole millisecond for which it holds; it does not for `no`, and does for `yes`. */
export function firstOf(holds: (at: number) => boolean, no: number, yes: number): number {
  let low = Math.floor(no);
  let high = Math.floor(yes);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
