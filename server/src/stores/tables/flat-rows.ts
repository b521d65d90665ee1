// Rows as they cross from the main thread to the writer: every row a fixed number of texts and a fixed number of numbers,
// one after the other. Flat lists of primitives cross between threads in a third of the time that objects take, and most
// texts stand in row after row: each crosses once.

import { Buffer } from 'node:buffer';
import type { Usage } from '../../core/model/usage.ts';
import type { Cost } from '../../core/pricing/cost.ts';
import type { StoreValue } from './driver.ts';

/** Rows of one table. */
export interface FlatRows {
  readonly rows: number;
  readonly texts: FlatTexts;
  readonly numbers: Float64Array;
}

/** Texts, row after row. */
export interface FlatTexts {
  /** Every text that there is, once. */
  readonly words: readonly string[];
  /** For each text its place among them, -1 where there is none. */
  readonly places: Int32Array;
}

/** Lays down texts so that each crosses once. */
export function layTexts(texts: readonly (string | null)[]): FlatTexts {
  const words: string[] = [];
  const known = new Map<string, number>();
  const places = new Int32Array(texts.length);
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at] ?? null;
    let place = text === null ? -1 : known.get(text);
    if (place === undefined && text !== null) {
      place = words.push(text) - 1;
      known.set(text, place);
    }
    places[at] = place ?? -1;
  }
  return { words, places };
}

/** A number that is not known: null in the database. */
export const UNKNOWN: number = Number.NaN;

/** The columns that layUsage fills, in its order. */
export const USAGE_COLUMNS = [
  'usage_clamped',
  'input_uncached',
  'input_cache_read',
  'input_cache_write_5m',
  'input_cache_write_1h',
  'input_cache_write_other',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
  'web_searches',
  'output_image_tokens',
] as const;

/** The columns that layCost fills, in its order: nano-US-dollars. */
export const COST_COLUMNS = [
  'cost_nano_usd',
  'cost_input_uncached',
  'cost_cache_read',
  'cost_cache_write',
  'cost_input_audio',
  'cost_output_text',
  'cost_output_reasoning',
  'cost_output_audio',
  'cost_other',
] as const;

/** Lays down what was used, from `at` on. */
export function layUsage(numbers: Float64Array, at: number, usage: Usage | undefined): void {
  if (usage === undefined) {
    numbers.fill(UNKNOWN, at, at + USAGE_COLUMNS.length);
    return;
  }
  const { input, output } = usage;
  numbers[at] = usage.clamped ? 1 : 0;
  numbers[at + 1] = input.uncached;
  numbers[at + 2] = input.cacheRead;
  numbers[at + 3] = input.cacheWrite5m;
  numbers[at + 4] = input.cacheWrite1h;
  numbers[at + 5] = input.cacheWriteOther;
  numbers[at + 6] = input.audio;
  numbers[at + 7] = output.text;
  numbers[at + 8] = output.reasoning;
  numbers[at + 9] = output.audio;
  numbers[at + 10] = usage.extras?.webSearches ?? UNKNOWN;
  numbers[at + 11] = usage.extras?.outputImageTokens ?? UNKNOWN;
}

/** Lays down what it cost, from `at` on. */
export function layCost(numbers: Float64Array, at: number, cost: Cost | undefined): void {
  if (cost === undefined) {
    numbers.fill(UNKNOWN, at, at + COST_COLUMNS.length);
    return;
  }
  const { parts } = cost;
  numbers[at] = cost.totalNanoUsd;
  numbers[at + 1] = parts.inputUncached;
  numbers[at + 2] = parts.cacheRead;
  numbers[at + 3] = parts.cacheWrite;
  numbers[at + 4] = parts.inputAudio;
  numbers[at + 5] = parts.outputText;
  numbers[at + 6] = parts.outputReasoning;
  numbers[at + 7] = parts.outputAudio;
  numbers[at + 8] = parts.other;
}

/**
 * What is bound to a statement for one row: its texts, each cut to its limit in bytes of UTF-8, then its numbers as
 * integers.
 */
export function boundValues(
  { texts, numbers }: FlatRows,
  row: number,
  textLimits: readonly number[],
  numbersPerRow: number,
): StoreValue[] {
  const values: StoreValue[] = [];
  const first = row * textLimits.length;
  for (let i = 0; i < textLimits.length; i++)
    values.push(cut(texts.words[texts.places[first + i] ?? -1], textLimits[i] ?? 0));
  for (let i = row * numbersPerRow; i < (row + 1) * numbersPerRow; i++) values.push(integer(numbers[i]));
  return values;
}

/** A text cut to so many bytes of UTF-8, at a whole character. */
export function cut(text: string | null | undefined, maxBytes: number): StoreValue {
  if (text === null || text === undefined) return null;
  // A UTF-16 unit takes at most three bytes of UTF-8, so most texts need no counting.
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return bytes.toString('utf8', 0, maxBytes).replace(/\uFFFD+$/, '');
}

function integer(value: number | undefined): StoreValue {
  if (value === undefined || !Number.isFinite(value)) return null;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(value)));
}
