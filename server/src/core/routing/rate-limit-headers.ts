// What an answer says of its provider's limits, in the headers of every family that is known: OpenAI (and those who copy
// it), Anthropic, Groq, Mistral, Cerebras, OpenRouter, and the IETF's RateLimit fields. Hostile values are left out.

import { headerOf } from '../model/header-list.ts';
import { answerEpochMs, decimal, untilMs } from './duration.ts';

/** One limit as its provider sees it. What was not said, or cannot be read, is absent. */
export interface ReportedLimit {
  limit?: number;
  remaining?: number;
  /** From now until it is whole again, not negative. */
  resetMs?: number;
}

/** Limits by what they count. `requests` and `tokens` are those of a minute or another short window. */
export interface ReportedLimits {
  requests?: ReportedLimit;
  tokens?: ReportedLimit;
  requestsPerDay?: ReportedLimit;
  tokensPerDay?: ReportedLimit;
}

/** Anything about limits in a name. */
const FAMILY = /^(?:x-|anthropic-)?ratelimit/i;

/** Everything that can be read, before it is decided what counts. */
interface Readings {
  plain?: ReportedLimit;
  requests?: ReportedLimit;
  tokens?: ReportedLimit;
  inputTokens?: ReportedLimit;
  outputTokens?: ReportedLimit;
  requestsPerDay?: ReportedLimit;
  tokensPerDay?: ReportedLimit;
}

/** The words of which names consist; a name with another one is about something else (images, money, one project). */
const WORDS: Readonly<Record<string, 'attribute' | 'quantity' | 'side' | 'day' | 'minute'>> = {
  limit: 'attribute',
  remaining: 'attribute',
  reset: 'attribute',
  requests: 'quantity',
  req: 'quantity',
  tokens: 'quantity',
  bysize: 'quantity',
  input: 'side',
  output: 'side',
  day: 'day',
  minute: 'minute',
};

/** Which limit a name is about, and which number of it; undefined: neither. `name` is lower-case. */
function meaning(name: string): { slot: keyof Readings; attribute: keyof ReportedLimit } | undefined {
  let attribute = '';
  let quantity = '';
  let side = '';
  let day = false;
  const words = name.slice(name.indexOf('ratelimit') + 'ratelimit'.length).split('-');
  for (const word of words) {
    if (word === '') continue;
    switch (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined) {
      case 'attribute':
        attribute = word;
        break;
      case 'quantity':
        quantity = word === 'requests' || word === 'req' ? 'requests' : 'tokens';
        break;
      case 'side':
        side = word;
        break;
      case 'day':
        day = true;
        break;
      case 'minute':
        break;
      default:
        return undefined;
    }
  }
  if (attribute === '') return undefined;
  return {
    slot: slotOf(quantity, side, day),
    attribute: attribute === 'reset' ? 'resetMs' : attribute === 'limit' ? 'limit' : 'remaining',
  };
}

function slotOf(quantity: string, side: string, day: boolean): keyof Readings {
  if (quantity === 'tokens') {
    if (day) return 'tokensPerDay';
    return side === 'input' ? 'inputTokens' : side === 'output' ? 'outputTokens' : 'tokens';
  }
  if (day) return 'requestsPerDay';
  return quantity === 'requests' ? 'requests' : 'plain';
}

/** The number that a value begins with: "100, 100;w=60" is 100. */
function leading(value: string): number | undefined {
  return decimal(/^\s{0,8}\d{1,15}(?:\.\d{1,9})?/.exec(value)?.[0]);
}

function note(readings: Readings, name: string, value: string, epochNowMs: number): void {
  const found = meaning(name);
  if (found === undefined) return;
  const resets = found.attribute === 'resetMs';
  const number = resets ? untilMs(value, epochNowMs) : leading(value);
  if (number === undefined) return;
  const reading: ReportedLimit = readings[found.slot] ?? {};
  readings[found.slot] = reading;
  reading[found.attribute] = resets ? Math.max(0, number) : number;
}

/**
 * `ratelimit: "default";r=50;t=30` beside `ratelimit-policy: "default";q=100;w=60`, or the older
 * `limit=100, remaining=50, reset=30` (draft-ietf-httpapi-ratelimit-headers). Of several, the one with the least left.
 */
function noteStructured(readings: Readings, value: string, policies: string): void {
  const old = /^\s{0,8}limit=(\d{1,15}),\s{0,8}remaining=(\d{1,15}),\s{0,8}reset=(\d{1,9})/.exec(value);
  if (old !== null) {
    readings.plain = { limit: Number(old[1]), remaining: Number(old[2]), resetMs: Number(old[3]) * 1000 };
    return;
  }
  let least = Number.POSITIVE_INFINITY;
  for (const item of value.slice(0, 1024).split(',')) {
    const [, name = '', rest = ''] = /^\s{0,8}("[^"]{0,100}")((?:;[^;]{0,100}){1,8})$/.exec(item) ?? [];
    const remaining = parameter(rest, 'r');
    if (remaining === undefined || remaining >= least) continue;
    const policy = policies.split(',').find((text) => text.trim().startsWith(`${name};`)) ?? '';
    if (/;qu=/.test(policy) && !policy.includes(';qu="requests"')) continue;
    least = remaining;
    const limit = parameter(policy, 'q');
    const seconds = parameter(rest, 't');
    const reading: ReportedLimit = { remaining };
    if (limit !== undefined) reading.limit = limit;
    if (seconds !== undefined) reading.resetMs = seconds * 1000;
    if ((parameter(policy, 'w') ?? 0) >= 86_400) readings.requestsPerDay = reading;
    else readings.plain = reading;
  }
}

function parameter(text: string, name: string): number | undefined {
  return decimal(new RegExp(`;\\s?${name}=(\\d{1,15})(?:[;\\s]|$)`).exec(text)?.[1]);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * OpenAI and Groq report the requests of a minute and those of a day under one name. Their buckets fill evenly, so the
 * reset tells: what was used comes back in `resetMs`, and the whole of a day's limit takes a day.
 */
function isOfDay({ limit, remaining, resetMs }: ReportedLimit): boolean {
  if (resetMs === undefined) return false;
  if (resetMs > HOUR_MS) return true;
  if (limit === undefined || remaining === undefined || remaining >= limit) return false;
  const wholeMs = (resetMs * limit) / (limit - remaining);
  return Math.abs(wholeMs - DAY_MS) < DAY_MS / 20;
}

/** Of two limits the one that is nearer to its end. */
function tighter(a: ReportedLimit | undefined, b: ReportedLimit | undefined): ReportedLimit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.remaining === 0 && b.remaining === 0) return (a.resetMs ?? 0) >= (b.resetMs ?? 0) ? a : b;
  const left = ({ limit, remaining }: ReportedLimit): number => (remaining ?? 1) / (limit ?? 1);
  return left(b) < left(a) ? b : a;
}

function settled(readings: Readings, groq: boolean): ReportedLimits | undefined {
  const limits: ReportedLimits = {};
  const requests = readings.requests ?? readings.plain;
  if (readings.requestsPerDay !== undefined) limits.requestsPerDay = readings.requestsPerDay;
  if (readings.tokensPerDay !== undefined) limits.tokensPerDay = readings.tokensPerDay;
  if (requests !== undefined) {
    if (limits.requestsPerDay === undefined && (groq || isOfDay(requests))) limits.requestsPerDay = requests;
    else limits.requests = requests;
  }
  const tokens = readings.tokens ?? tighter(readings.inputTokens, readings.outputTokens);
  if (tokens !== undefined) limits.tokens = tokens;
  return Object.keys(limits).length === 0 ? undefined : limits;
}

/**
 * The limits that an answer of any status reports, or undefined when it reports none (which is found out without any
 * allocation). Times are relative to now.
 */
export function reportedLimits(headers: readonly string[], epochNowMs: number): ReportedLimits | undefined {
  let readings: Readings | undefined;
  let nowMs = epochNowMs;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (!FAMILY.test(name)) continue;
    if (readings === undefined) {
      readings = {};
      nowMs = answerEpochMs(headerOf(headers, 'date'), epochNowMs);
    }
    const value = headers[i + 1] ?? '';
    if (name.length === 'ratelimit'.length)
      noteStructured(readings, value, (headerOf(headers, 'ratelimit-policy') ?? '').slice(0, 1024));
    else note(readings, name.toLowerCase(), value, nowMs);
  }
  if (readings === undefined) return undefined;
  return settled(readings, headerOf(headers, 'x-groq-region') !== undefined);
}

/** Less than this part of a limit is little, and so is less than LITTLE of anything. */
const LITTLE_PART = 0.1;
const LITTLE = 100;

/** True when much is left of every limit that is reported. */
export function areAmple(limits: ReportedLimits): boolean {
  for (const { limit, remaining } of Object.values(limits) as ReportedLimit[])
    if (limit === undefined || remaining === undefined || remaining < Math.max(LITTLE, limit * LITTLE_PART))
      return false;
  return true;
}
