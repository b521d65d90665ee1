// An exact log of what was admitted, written down without buckets or sums: what the meters are judged by.

import type { LimitKind, Moment, Shortage } from '../../src/core/routing/limits.ts';
import type { LimitPolicy, Limits } from '../../src/core/routing/policy.ts';

/** One admission; `tokens` as far as they are known by now. */
export interface Entry {
  readonly at: Moment;
  tokens: number;
  running: boolean;
  givenBack: boolean;
}

const dates = new Map<string, Intl.DateTimeFormat>();

/** The date of a zone, asked of Intl anew for every instant: "2026-11-21". */
export function dateOf(timeZone: string, epochMs: number): string {
  let format = dates.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    dates.set(timeZone, format);
  }
  return format.format(epochMs);
}

/** Everything that one thing has admitted, and what its limits say of it. */
export class AdmissionLog {
  private readonly entries: Entry[] = [];
  private readonly limits: Limits;
  private readonly policy: LimitPolicy;

  constructor(limits: Limits, policy: LimitPolicy) {
    this.limits = limits;
    this.policy = policy;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
  }

  /** The limits that one more admission would break. A request too large for a limit may go where nothing else counts. */
  broken(tokens: number, now: Moment): LimitKind[] {
    const { rpm, rpd, tpm, tpd, concurrency } = this.limits;
    const minute = this.inMinute(now, 0);
    const day = this.inDay(now);
    const broken: LimitKind[] = [];
    if (rpm !== undefined && minute.length + 1 > rpm) broken.push('rpm');
    if (rpd !== undefined && day.length + 1 > rpd) broken.push('rpd');
    if (isOver(tpm, minute, tokens)) broken.push('tpm');
    if (isOver(tpd, day, tokens)) broken.push('tpd');
    const running = this.entries.filter((entry) => entry.running).length;
    if (concurrency !== undefined && running + 1 > concurrency) broken.push('concurrency');
    return broken;
  }

  /** Whether refusing for such a reason is right: half a second after it was, at the latest, it would not be. */
  isJustified(shortage: Shortage, tokens: number, now: Moment): boolean {
    const { rpm, tpm } = this.limits;
    const late = this.policy.window === 'sliding' ? 500 : 0;
    const minute = this.inMinute(now, late);
    if (shortage.kind === 'rpm') return rpm !== undefined && minute.length + 1 > rpm;
    if (shortage.kind === 'tpm') return isOver(tpm, minute, tokens);
    return this.broken(tokens, now).includes(shortage.kind);
  }

  private inMinute(now: Moment, lateMs: number): Entry[] {
    const minute = Math.floor(now.epochMs / 60_000);
    return this.entries.filter(({ at, givenBack }) => {
      if (givenBack) return false;
      if (this.policy.window === 'fixed') return Math.floor(at.epochMs / 60_000) === minute;
      return at.ms >= now.ms - 60_000 - lateMs;
    });
  }

  private inDay(now: Moment): Entry[] {
    if (this.limits.rpd === undefined && this.limits.tpd === undefined) return [];
    const { timeZone } = this.policy;
    const today = dateOf(timeZone, now.epochMs);
    return this.entries.filter((entry) => !entry.givenBack && dateOf(timeZone, entry.at.epochMs) === today);
  }
}

function isOver(limit: number | undefined, entries: readonly Entry[], tokens: number): boolean {
  if (limit === undefined) return false;
  if (limit === 0) return true;
  const used = entries.reduce((sum, entry) => sum + entry.tokens, 0);
  return tokens > limit ? used > 0 : used + tokens > limit;
}
