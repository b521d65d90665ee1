// What a client has spent, as a line of JSON that outlives the process. Times are in ms since 1970.

import { isObject, parseJson } from '../model/json.ts';
import { BUDGET_PERIODS, type BudgetPeriod } from './budget.ts';

/** What was spent in a period. */
export interface Spent {
  readonly period: BudgetPeriod;
  /** Infinity for a period without an end. */
  readonly endMs: number;
  readonly nanoUsd: number;
}

/** The text, or undefined where nothing was spent. */
export function writeSpent(spent: readonly Spent[]): string | undefined {
  const saved: Record<string, unknown> = {};
  for (const { period, endMs, nanoUsd } of spent)
    if (nanoUsd > 0) saved[period] = { untilAt: Number.isFinite(endMs) ? endMs : null, nanoUsd };
  return Object.keys(saved).length === 0 ? undefined : JSON.stringify(saved);
}

/** Reads such a text; members that make no sense are passed over. */
export function readSpent(text: string): Spent[] {
  const json = parseJson(text);
  if (!isObject(json)) return [];
  const found: Spent[] = [];
  for (const period of BUDGET_PERIODS) {
    const member = Object.hasOwn(json, period) ? json[period] : undefined;
    if (!isObject(member)) continue;
    const { untilAt, nanoUsd } = member;
    if (typeof nanoUsd !== 'number' || !Number.isSafeInteger(nanoUsd) || nanoUsd < 0) continue;
    const endMs = untilAt === null && period === 'total' ? Number.POSITIVE_INFINITY : untilAt;
    if (typeof endMs !== 'number' || Number.isNaN(endMs)) continue;
    found.push({ period, endMs, nanoUsd });
  }
  return found;
}
