// Which of the prices of a row holds at a moment: prices change at dates, and some at times of the day.

import type { ConditionalPrice } from '@pydantic/genai-prices';

const DAY_MS = 86_400_000;
const CLOCK = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** The place of the price in force: the last one whose condition holds, else the first. */
export function inForce(row: string, prices: readonly ConditionalPrice[], atMs: number): number {
  const isRestDay = row.startsWith('deepseek/deepseek-v4') && isWeekendInBeijing(atMs);
  for (let at = prices.length - 1; at > 0; at--)
    if (holds(prices[at]?.constraint, atMs, isRestDay)) return at;
  return 0;
}

/**
 * Since then DeepSeek V4 has no dear hours on weekends in Beijing, which the catalogue cannot say.
 * https://github.com/pydantic/genai-prices/issues/582
 */
const WEEKENDS_SINCE_MS = Date.UTC(2026, 7, 23) - 8 * 3_600_000;

function isWeekendInBeijing(atMs: number): boolean {
  const day = new Date(atMs + 8 * 3_600_000).getUTCDay();
  return atMs >= WEEKENDS_SINCE_MS && (day === 0 || day === 6);
}

function holds(constraint: ConditionalPrice['constraint'], atMs: number, isRestDay: boolean): boolean {
  if (constraint === undefined) return true;
  if (constraint.type === 'start_date') return atMs >= Date.parse(constraint.start_date);
  if (isRestDay) return false;
  const start = timeOfDay(constraint.start_time);
  const end = timeOfDay(constraint.end_time);
  if (start === undefined || end === undefined) return false;
  const now = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
  return end < start ? now >= start || now < end : now >= start && now < end;
}

/** Milliseconds since midnight UTC. */
function timeOfDay(text: string): number | undefined {
  const read = CLOCK.exec(text);
  if (read === null) return undefined;
  const [, hours, minutes, seconds, sign, offHours = '0', offMinutes = '0'] = read;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000;
  const off = (Number(offHours) * 60 + Number(offMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return (ms - off + DAY_MS) % DAY_MS;
}
