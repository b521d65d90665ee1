// How long an upstream asks to be left alone, read from what it answered. Times are milliseconds.

/** Shortest and longest time a key cools, and the time when the upstream names none. */
const COOL_FLOOR_MS = 250;
const COOL_CAP_MS = 3_600_000;
export const COOL_DEFAULT_MS = 15_000;

/** Reads a header of the answer by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

const bounded = (ms: number): number => Math.min(Math.max(ms, COOL_FLOOR_MS), COOL_CAP_MS);

/** A plain decimal number, or undefined: "-5", "1e9", "soon" and "" are none. */
function decimal(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^\d{1,15}(\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** "Sun, 06 Nov 1994 08:49:37 GMT" as epoch milliseconds (IMF-fixdate, RFC 9110 section 5.6.7), or undefined. */
function httpDate(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(trimmed)) return undefined;
  const epochMs = Date.parse(trimmed);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function fromRetryAfterMs(header: HeaderReader): number | undefined {
  return decimal(header('retry-after-ms'));
}

function fromRetryAfter(header: HeaderReader, epochNowMs: number): number | undefined {
  const text = header('retry-after');
  const seconds = decimal(text);
  if (seconds !== undefined) return seconds * 1000;
  const dateMs = httpDate(text);
  return dateMs === undefined ? undefined : dateMs - epochNowMs;
}

/** The sources, most precise first; the first one that says something is believed. */
const SOURCES: readonly ((header: HeaderReader, epochNowMs: number) => number | undefined)[] = [
  fromRetryAfterMs,
  fromRetryAfter,
];

/** The wait that the answer's headers ask for, between floor and cap; undefined when they say nothing readable. */
export function coolFromHeaders(header: HeaderReader, epochNowMs: number): number | undefined {
  for (const source of SOURCES) {
    const ms = source(header, epochNowMs);
    if (ms !== undefined) return bounded(ms);
  }
  return undefined;
}

/** Google names the limit that was met; a day's is not over after the seconds that it says to wait. */
const DAILY_QUOTA = /"quotaId"\s{0,8}:\s{0,8}"[^"]{0,200}PerDay/;

/**
 * The wait in a google.rpc.RetryInfo of an error body ("retryDelay": "48s"), between floor and cap; the cap where a daily
 * quota is used up.
 */
export function coolFromBody(text: string): number | undefined {
  if (DAILY_QUOTA.test(text)) return COOL_CAP_MS;
  const seconds = /"retryDelay"\s{0,8}:\s{0,8}"(\d{1,9}(?:\.\d{1,9})?)s"/.exec(text)?.[1];
  return seconds === undefined ? undefined : bounded(Number(seconds) * 1000);
}
