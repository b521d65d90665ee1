// Reads --since and --until: a length of time before now, a day, or a moment.

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Which end of a period a text names: a day begins one and ends the other. */
export type PeriodEnd = 'since' | 'until';

/**
 * Epoch milliseconds of "90m", "24h", "7d", "2w" (before now), "2026-11-01" (the beginning of that local day, or as the
 * end of a period its end), "today", or an ISO moment ("2026-11-01T12:00", local without a zone). undefined: none of these.
 */
export function parseMoment(text: string, end: PeriodEnd, nowMs: number): number | undefined {
  const ago = /^(\d{1,6})([mhdw])$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0);
  if (text === 'today') return localDay(new Date(nowMs), end);
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day !== null) {
    const date = new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
    // 2026-02-30 would silently become a day in March.
    const real = date.getMonth() === Number(day[2]) - 1 && date.getDate() === Number(day[3]);
    return real ? localDay(date, end) : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

function localDay(date: Date, end: PeriodEnd): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + (end === 'until' ? 1 : 0)).getTime();
}
