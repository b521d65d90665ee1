// How long a provider asks to be left alone, read from what it answered: its headers first, then the words of its error.
// Only answers that refuse are read here: a retry-after beside a success says nothing of a limit.

import { headerOf } from '../model/header-list.ts';
import { answerEpochMs, decimal, durationMs, untilMidnightMs, untilMs } from './duration.ts';
import type { HealthPolicy } from './policy.ts';
import { type ReportedLimit, reportedLimits } from './rate-limit-headers.ts';

/** No rest that a provider names is shorter: zero would be a loop without a pause. */
const FLOOR_MS = 250;
/** A day on which the clocks are set back. No daily reset is further away. */
const LONGEST_DAY_MS = 25 * 3_600_000;
const HOUR_MS = 3_600_000;

/** A rest that a provider has named. */
export interface NamedRest {
  /** Unbounded; not positive when the named moment is over. */
  readonly ms: number;
  /** It is a day's quota that is used up, so the rest may be longer than the usual cap. */
  readonly daily: boolean;
}

/** Where the day of a provider's quotas ends. */
const GEMINI_ZONE = 'America/Los_Angeles'; // ai.google.dev/gemini-api/docs/rate-limits
const OPENROUTER_ZONE = 'UTC'; // openrouter.ai/docs/api/reference/limits

/** Google names the quota that was met. */
const GEMINI_DAILY = /"quotaId"\s{0,8}:\s{0,8}"[^"]{0,200}PerDay/;
const OPENROUTER_DAILY = /free-models-per-day/;
const DAILY_WORDS = /\bper[ -]day\b|\bdaily\b|\b[RT]PD\b|PerDay|per_day/i;

/** The rest that a refusal names, or undefined. `headers` is a flat list; `text` is the error's body or sentence. */
export function namedRest(
  headers: readonly string[],
  text: string,
  epochNowMs: number,
): NamedRest | undefined {
  const nowMs = answerEpochMs(headerOf(headers, 'date'), epochNowMs);
  if (GEMINI_DAILY.test(text)) {
    // The seconds that come with a day's quota are those of the minute's: it is not over after them.
    const delayMs = retryDelayMs(text) ?? 0;
    return { ms: delayMs > HOUR_MS ? delayMs : untilMidnightMs(nowMs, GEMINI_ZONE), daily: true };
  }
  const daily = DAILY_WORDS.test(text);
  const ms =
    decimal(headerOf(headers, 'retry-after-ms')) ??
    untilMs(headerOf(headers, 'retry-after'), nowMs) ??
    memberMs(text, nowMs);
  if (ms !== undefined) return { ms, daily };
  const spent = spentLimit(headers, epochNowMs);
  if (spent !== undefined) return { ms: spent.ms, daily: daily || spent.daily };
  const sentenceMs = wordedMs(text);
  if (sentenceMs !== undefined) return { ms: sentenceMs, daily };
  return OPENROUTER_DAILY.test(text)
    ? { ms: untilMidnightMs(nowMs, OPENROUTER_ZONE), daily: true }
    : undefined;
}

/** A named rest within the bounds of the policy. Only that of a daily quota may be longer than `maxMs`. */
export function boundedRest({ ms, daily }: NamedRest, { maxMs }: HealthPolicy['cooldown']): number {
  return Math.min(Math.max(ms, FLOOR_MS), daily ? Math.max(maxMs, LONGEST_DAY_MS) : maxMs);
}

/** The delay of a google.rpc.RetryInfo: "retryDelay": "48s". */
function retryDelayMs(text: string): number | undefined {
  return durationMs(/"retryDelay"\s{0,8}:\s{0,8}"([0-9a-z.]{1,32})"/.exec(text)?.[1]);
}

/** Times in members of an error body: RetryInfo, ChatGPT's usage limits, the headers that OpenRouter repeats there. */
function memberMs(text: string, epochNowMs: number): number | undefined {
  const delayMs = retryDelayMs(text);
  if (delayMs !== undefined) return delayMs;
  const seconds = decimal(/"resets_in_seconds"\s{0,8}:\s{0,8}(\d{1,12})/.exec(text)?.[1]);
  if (seconds !== undefined) return seconds * 1000;
  const moment =
    /"resets_at"\s{0,8}:\s{0,8}(\d{9,16})/.exec(text)?.[1] ??
    /"x-ratelimit-reset"\s{0,8}:\s{0,8}"?(\d{1,16})/i.exec(text)?.[1];
  return untilMs(moment, epochNowMs);
}

/** The limit that is used up, by the headers; the longest wait where several are. */
function spentLimit(headers: readonly string[], epochNowMs: number): NamedRest | undefined {
  const limits = reportedLimits(headers, epochNowMs);
  if (limits === undefined) return undefined;
  let longest: NamedRest | undefined;
  const consider = (limit: ReportedLimit | undefined, daily: boolean): void => {
    if (limit?.resetMs === undefined || (limit.remaining ?? 0) > 0) return;
    if (longest === undefined || limit.resetMs > longest.ms) longest = { ms: limit.resetMs, daily };
  };
  consider(limits.requests, false);
  consider(limits.tokens, false);
  consider(limits.requestsPerDay, true);
  consider(limits.tokensPerDay, true);
  return longest;
}

const AGAIN = '(?:try(?:ing)? again|retry(?:ing)?|wait|reset) (?:in|after|for) ';
const SHORT = new RegExp(`${AGAIN}((?:\\d{1,9}(?:\\.\\d{0,12})?(?:ms|[smhd])(?![a-z]) ?){1,5})`, 'i');
const LONG = new RegExp(`${AGAIN}(\\d{1,9}(?:\\.\\d{1,12})?) (millisecond|second|minute|hour|day)s?\\b`, 'i');
const LONG_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
};

/** "Please try again in 6m0s.", "Please retry after 6 seconds." */
function wordedMs(text: string): number | undefined {
  const short = SHORT.exec(text)?.[1];
  if (short !== undefined) return durationMs(short.replaceAll(' ', '').toLowerCase());
  const [, count, unit = ''] = LONG.exec(text) ?? [];
  const number = decimal(count);
  return number === undefined ? undefined : number * (LONG_MS[unit.toLowerCase()] ?? 1000);
}
