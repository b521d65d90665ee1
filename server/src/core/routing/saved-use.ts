// What a meter keeps over a restart, as a line of JSON: the uses of the day, and what the provider said is left. Minutes
// are not kept: they are over sooner than most restarts. Times are in ms since 1970, for a new process has new clocks.

import type { Moment } from './limit-words.ts';
import { mostMs, REPORTED_KINDS, Reported } from './reported.ts';

/** Uses of a day that ends at `untilMs` (epoch). */
export interface DayUse {
  readonly untilMs: number;
  readonly requests: number;
  readonly tokens: number;
}

/** What was read: uses of a day that is not over, and what is left of reported limits. */
export interface SavedUse {
  readonly requests: number;
  readonly tokens: number;
  readonly reported: Reported | undefined;
}

/** The text, or undefined where nothing is worth keeping. */
export function writeSaved(day: DayUse, reported: Reported | undefined, now: Moment): string | undefined {
  const saved: Record<string, unknown> = {};
  if (day.requests > 0 || day.tokens > 0) {
    saved['day'] = { untilAt: day.untilMs, requests: day.requests, tokens: day.tokens };
  }
  for (const kind of REPORTED_KINDS) {
    const balance = reported?.balance(kind, now.ms);
    if (balance === undefined || balance.guess) continue;
    const untilAt = Math.ceil(balance.untilMs - now.ms + now.epochMs);
    saved[kind] = { limit: balance.limit, said: balance.said, left: balance.left, untilAt };
  }
  return Object.keys(saved).length === 0 ? undefined : JSON.stringify(saved);
}

/** Reads such a text; undefined where it is none. Members that make no sense are passed over. */
export function readSaved(text: string, now: Moment): SavedUse | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(json)) return undefined;
  let reported: Reported | undefined;
  for (const kind of REPORTED_KINDS) {
    const said = json[kind];
    if (!isRecord(said)) continue;
    const lastsMs = numberIn(said, 'untilAt') - now.epochMs;
    const left = numberIn(said, 'left');
    const word = numberIn(said, 'said');
    const limit = numberIn(said, 'limit');
    if (!(lastsMs > 0) || Number.isNaN(left) || Number.isNaN(word)) continue;
    reported ??= new Reported();
    const untilMs = now.ms + Math.min(lastsMs, mostMs(kind));
    const told = limit > 0 ? limit : undefined;
    reported.put(kind, { limit: told, said: word, left, explained: false }, now, untilMs);
  }
  const day = isRecord(json['day']) ? json['day'] : {};
  const current = numberIn(day, 'untilAt') > now.epochMs;
  return {
    requests: current ? countIn(day, 'requests') : 0,
    tokens: current ? countIn(day, 'tokens') : 0,
    reported,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** NaN where there is no finite number. */
function numberIn(record: Record<string, unknown>, name: string): number {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

/** A count that sums stay exact with; 0 where there is none. */
function countIn(record: Record<string, unknown>, name: string): number {
  const value = numberIn(record, name);
  return value > 0 ? Math.min(Math.ceil(value), 1e15) : 0;
}
