// Numbers, money, times and sizes as the viewer writes them: digits and dates by the browser's region, words by the
// language of the page, times in the viewer's zone.

import { useMemo } from 'react';
import { type Language, useLanguage } from './language.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NANO_PER_USD = 1e9;

/** How values are written. `undefined` is written as a dash: not known is not nought. */
export interface Format {
  /** 12,345 */
  integer(value: number | undefined): string;
  /** 12.3K, for cards and axes. */
  compact(value: number | undefined): string;
  /** 0.1234 → 12.3 %. `digits` after the point, 1 where absent. */
  percent(share: number | undefined, digits?: number): string;
  /** Nano-US-dollars; small sums keep two significant digits. */
  money(nanoUsd: number | undefined): string;
  /** 850 ms, 1.2 s, 3 min 5 s, 2 h 10 min. */
  duration(ms: number | undefined): string;
  /** Binary units. */
  bytes(value: number | undefined): string;
  /** 45.2 */
  decimal(value: number | undefined, digits?: number): string;
  /** 15:04:05 */
  time(epochMs: number): string;
  /** Date and time to the minute. */
  dateTime(epochMs: number): string;
  /** Date and time to the millisecond, with the zone. */
  exact(epochMs: number): string;
  /** The day. */
  date(epochMs: number): string;
  /** "3 minutes ago", "in 2 hours". */
  ago(epochMs: number, nowMs?: number): string;
  /** Names joined as a list of words. */
  list(words: readonly string[]): string;
}

/** What stands for a value that is not known. */
export const UNKNOWN = '–';

const formats = new Map<string, Format>();

/** The format of a language in a region, made once. */
export function formatOf(language: Language, region: string): Format {
  const name = `${language} ${region}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = makeFormat(language, region);
    formats.set(name, format);
  }
  return format;
}

/** The viewer's format. */
export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => formatOf(language, navigator.language), [language]);
}

function makeFormat(language: Language, region: string): Format {
  const numbers = numbersOf(region);
  const times = timesOf(region);
  const words = language === 'zh' ? 'zh-Hans' : 'en';
  const relative = new Intl.RelativeTimeFormat(words, { numeric: 'auto' });
  const list = new Intl.ListFormat(words, { type: 'conjunction' });
  return {
    ...numbers,
    ...times,
    ago: (epochMs, nowMs = Date.now()) => {
      const [value, unit] = distanceOf(epochMs - nowMs);
      return relative.format(value, unit);
    },
    list: (names) => list.format(names),
  };
}

type Numbers = Pick<Format, 'integer' | 'compact' | 'percent' | 'money' | 'duration' | 'bytes' | 'decimal'>;

function numbersOf(region: string): Numbers {
  const integer = new Intl.NumberFormat(region, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(region, { notation: 'compact', maximumFractionDigits: 1 });
  const digits = (most: number): Intl.NumberFormat =>
    new Intl.NumberFormat(region, { minimumFractionDigits: 0, maximumFractionDigits: most });
  const byDigits = [digits(0), digits(1), digits(2), digits(3)];
  const decimal = (value: number, most: number): string => (byDigits[most] ?? integer).format(value);
  return {
    integer: (value) => (value === undefined ? UNKNOWN : integer.format(value)),
    compact: (value) =>
      value === undefined ? UNKNOWN : (Math.abs(value) < 10_000 ? integer : compact).format(value),
    percent: (share, most = 1) =>
      share === undefined || !Number.isFinite(share) ? UNKNOWN : `${decimal(share * 100, most)} %`,
    money: (nanoUsd) => (nanoUsd === undefined ? UNKNOWN : moneyOf(region, nanoUsd / NANO_PER_USD)),
    duration: (ms) => (ms === undefined ? UNKNOWN : durationOf(ms, decimal)),
    bytes: (value) => (value === undefined ? UNKNOWN : bytesOf(value, decimal)),
    decimal: (value, most = 1) => (value === undefined ? UNKNOWN : decimal(value, most)),
  };
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

function moneyOf(region: string, usd: number): string {
  const size = Math.abs(usd);
  const [least, most] =
    size === 0 || size >= 1_000 ? [0, 0] : size >= 0.1 ? [2, 2] : size >= 0.001 ? [4, 4] : [6, 6];
  const name = `${region} ${most}`;
  let format = moneyFormats.get(name);
  if (format === undefined) {
    format = new Intl.NumberFormat(region, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
    moneyFormats.set(name, format);
  }
  return format.format(usd);
}

function durationOf(ms: number, decimal: (value: number, most: number) => string): string {
  const size = Math.abs(ms);
  if (size < SECOND_MS) return `${decimal(ms, size < 10 ? 1 : 0)} ms`;
  if (size < 10 * SECOND_MS) return `${decimal(ms / SECOND_MS, 2)} s`;
  if (size < MINUTE_MS) return `${decimal(ms / SECOND_MS, 1)} s`;
  if (size < HOUR_MS) return pair(ms, MINUTE_MS, 'min', SECOND_MS, 's');
  if (size < DAY_MS) return pair(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return pair(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function pair(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const bigs = Math.floor(ms / bigMs);
  const smalls = Math.floor((ms - bigs * bigMs) / smallMs);
  return smalls === 0 ? `${bigs} ${big}` : `${bigs} ${big} ${smalls} ${small}`;
}

function bytesOf(bytes: number, decimal: (value: number, most: number) => string): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${decimal(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit] ?? ''}`;
}

type Times = Pick<Format, 'time' | 'dateTime' | 'exact' | 'date'>;

function timesOf(region: string): Times {
  const time = new Intl.DateTimeFormat(region, { timeStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(region, { dateStyle: 'short', timeStyle: 'short' });
  const date = new Intl.DateTimeFormat(region, { dateStyle: 'short' });
  const exact = new Intl.DateTimeFormat(region, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  });
  return {
    time: (epochMs) => time.format(epochMs),
    dateTime: (epochMs) => dateTime.format(epochMs),
    exact: (epochMs) => exact.format(epochMs),
    date: (epochMs) => date.format(epochMs),
  };
}

function distanceOf(ms: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return [Math.round(ms / SECOND_MS), 'second'];
  if (size < HOUR_MS) return [Math.round(ms / MINUTE_MS), 'minute'];
  if (size < DAY_MS) return [Math.round(ms / HOUR_MS), 'hour'];
  return [Math.round(ms / DAY_MS), 'day'];
}
