// Reads the times that providers write into headers and bodies: seconds, milliseconds, durations ("6m0s"), HTTP dates,
// RFC 3339 and epoch times. Whatever cannot be read is undefined; nothing here throws.

/** Longest text that is looked at; no time is longer. */
const TEXT_LIMIT = 64;

/** Numbers from here on are no spans (30 years of seconds) but moments: epoch seconds, then epoch milliseconds. */
const EPOCH_SECONDS_FROM = 1e9;
const EPOCH_MS_FROM = 1e11;

const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
};

/** A number with a unit. Bounded digits keep every result finite. */
const PART = /(\d{1,12}(?:\.\d{0,18})?)(ms|us|µs|ns|d|h|m|s)/y;

/** A plain number: "7", "1.5", "33011.382867097855". "-5", "1e9", "0x10", "soon" and "" are none. */
export function decimal(text: string | undefined): number | undefined {
  if (text === undefined || text.length > TEXT_LIMIT) return undefined;
  const trimmed = text.trim();
  return /^\d{1,15}(?:\.\d{1,18})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** "6m0s", "20ms", "1h2m3.5s" as milliseconds; each number has its unit. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || text.length > TEXT_LIMIT) return undefined;
  const trimmed = text.trim();
  let totalMs = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < trimmed.length) {
    const part = PART.exec(trimmed);
    if (part === null) return undefined;
    totalMs += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? 0);
  }
  return trimmed === '' ? undefined : totalMs;
}

/** "Sunday, 06-Nov-94 08:49:37 GMT" (RFC 850) and "Sun Nov  6 08:49:37 1994" (asctime): nobody should send them any more. */
const RFC_850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/;

/** An obsolete HTTP date in the form of today; any other text as it is. */
function inFormOfToday(text: string, epochNowMs: number): string {
  const [, day, month, shortYear, time] = RFC_850.exec(text) ?? [];
  if (day !== undefined) {
    // The last year with these digits that is no more than fifty years ahead.
    const latest = new Date(epochNowMs).getUTCFullYear() + 50;
    const year = latest - ((latest - Number(shortYear)) % 100);
    return `Day, ${day} ${month} ${year} ${time} GMT`;
  }
  return text.replace(
    ASCTIME,
    (_, name: string, inYear: string, date: string, at: string, year: string) =>
      `${name}, ${date.replace(' ', '0')} ${inYear} ${year} ${at} GMT`,
  );
}

/**
 * Epoch milliseconds of an HTTP date in any of its three forms ("Sun, 06 Nov 1994 08:49:37 GMT" is today's; RFC 9110
 * section 5.6.7) or of "1994-11-06T08:49:37.5Z" (RFC 3339). The time of now tells the century of a year of two digits.
 */
export function dateMs(text: string | undefined, epochNowMs: number): number | undefined {
  if (text === undefined || text.length > TEXT_LIMIT) return undefined;
  const trimmed = inFormOfToday(text.trim(), epochNowMs);
  const known =
    /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(trimmed) ||
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/.test(trimmed);
  if (!known) return undefined;
  const epochMs = Date.parse(trimmed);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/**
 * How long it is until the time that a text names, in milliseconds; negative for the past. A number is seconds, or epoch
 * seconds or milliseconds where it is too large for a span: a time in milliseconds that is taken for seconds would be
 * tens of thousands of years away.
 */
export function untilMs(text: string | undefined, epochNowMs: number): number | undefined {
  const number = decimal(text);
  if (number !== undefined) {
    if (number >= EPOCH_MS_FROM) return number - epochNowMs;
    return number >= EPOCH_SECONDS_FROM ? number * 1000 - epochNowMs : number * 1000;
  }
  const spanMs = durationMs(text);
  if (spanMs !== undefined) return spanMs;
  const epochMs = dateMs(text, epochNowMs);
  return epochMs === undefined ? undefined : epochMs - epochNowMs;
}

/** Clocks that differ by less are taken as equal: an HTTP date has no fraction of a second. */
const CLOCK_TOLERANCE_MS = 2000;

/**
 * The time by which moments in an answer are to be read: the answer's own `date`, where the local clock disagrees with it.
 * A clock that has been set wrongly then makes no rest too long or too short.
 */
export function answerEpochMs(dateHeader: string | undefined, epochNowMs: number): number {
  const theirsMs = dateMs(dateHeader, epochNowMs);
  return theirsMs === undefined || Math.abs(theirsMs - epochNowMs) <= CLOCK_TOLERANCE_MS
    ? epochNowMs
    : theirsMs;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds since the hands of the clock in a zone showed midnight. */
function sinceMidnightMs(epochMs: number, zone: string): number {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    const digits = '2-digit';
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      hour: digits,
      minute: digits,
      second: digits,
    });
    clocks.set(zone, clock);
  }
  let seconds = 0;
  for (const { type, value } of clock.formatToParts(epochMs)) {
    if (type === 'hour') seconds += Number(value) * 3600;
    else if (type === 'minute') seconds += Number(value) * 60;
    else if (type === 'second') seconds += Number(value);
  }
  return seconds * 1000 + (epochMs % 1000);
}

const DAY_MS = 86_400_000;
const HALF_DAY_MS = DAY_MS / 2;

/** How long it is until the next midnight in an IANA zone. The day on which its clocks change has 23 or 25 hours. */
export function untilMidnightMs(epochNowMs: number, zone: string): number {
  const plainMs = DAY_MS - sinceMidnightMs(epochNowMs, zone);
  const offMs = sinceMidnightMs(epochNowMs + plainMs, zone);
  // Just before midnight: an hour is missing. Just after it: there is one too many.
  return offMs > HALF_DAY_MS ? plainMs + (DAY_MS - offMs) : plainMs - offMs;
}
