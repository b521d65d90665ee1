// The health of an upstream and key, as a pure reduction of verdicts. No standing (undefined) is a good standing.

import type { Reason, Verdict } from './verdict.ts';

/** What is held against an upstream and key. Times are on the monotonic clock. */
export interface Standing {
  /** It is left alone until then. */
  readonly coolUntilMs: number;
  /** Why, in a word. */
  readonly reason: Reason;
  /** When the unbroken run of failures began. */
  readonly sinceMs: number;
  /** HTTP status of the failure that set coolUntilMs, where it had one. */
  readonly status: number | undefined;
}

/**
 * The standing after one more attempt. A good answer (no verdict, or one that says so) clears it; a shorter rest never
 * cuts a longer one; a failure that nobody's key is to blame for changes nothing.
 */
export function applyVerdict(
  standing: Standing | undefined,
  verdict: Verdict | undefined,
  nowMs: number,
): Standing | undefined {
  if (verdict === undefined || verdict.reason === 'answered') return undefined;
  if (verdict.coolMs <= 0) return standing;
  const coolUntilMs = nowMs + verdict.coolMs;
  if (standing !== undefined && standing.coolUntilMs >= coolUntilMs) return standing;
  return { coolUntilMs, reason: verdict.reason, sinceMs: standing?.sinceMs ?? nowMs, status: verdict.status };
}

/** True while it should be left alone. */
export function isCooling(standing: Standing | undefined, nowMs: number): boolean {
  return standing !== undefined && standing.coolUntilMs > nowMs;
}
