// The health of an upstream, of a key, or of a key for one model, as a pure reduction of verdicts. No standing (undefined)
// is a good standing. Times are milliseconds on the monotonic clock.

import { isObject, parseJson } from '../model/json.ts';
import { BARRED, FREE, type Grade, PROBE, SUSPECT } from './grade.ts';
import type { HealthPolicy } from './policy.ts';
import { consequence, isReason, type Reason, SENTENCES } from './reason.ts';
import type { Verdict } from './verdict.ts';

export { BARRED, FREE, type Grade, PROBE, SUSPECT } from './grade.ts';

/** What is held against one of them. */
export interface Standing {
  /**
   * closed: failures are counted, nothing more. cooling: it rests, and is free afterwards. open: it failed too often in a
   * row; after its time one request finds out whether it is back. quarantined: it was refused; likewise.
   */
  readonly state: 'closed' | 'cooling' | 'open' | 'quarantined';
  /** Of the failure that led to this state. */
  readonly reason: Reason;
  /** When this state began, or this rest of it. */
  readonly sinceMs: number;
  /** Until when it is left alone; its past means that its time is over. */
  readonly untilMs: number;
  /** HTTP status of that failure, where it had one. */
  readonly status: number | undefined;
  /** What was said of it. */
  readonly message: string | undefined;
  /** In a row, those that counted: a limit whose end the provider names is no sign of ill health. */
  readonly failures: number;
  /** How often in a row it was opened or quarantined: each time doubles the next one. */
  readonly openings: number;
  /** The rest is the provider's own word: nothing is sent before its end. Otherwise it is our suspicion. */
  readonly firm: boolean;
}

/** Doublings beyond this make no difference, and must not run into infinity. */
const MOST_DOUBLINGS = 30;

/** `baseMs`, doubled for each time before this one, up to the longest rest. */
function doubled(baseMs: number, openings: number, { cooldown }: HealthPolicy): number {
  const longestMs = Math.max(baseMs, cooldown.maxMs);
  return Math.min(baseMs * 2 ** Math.min(openings, MOST_DOUBLINGS), longestMs);
}

/**
 * The standing after one more attempt, which was sent at `sentMs`. A good answer clears it, but one to a request from before
 * it began proves nothing. A failure that is nobody's fault changes nothing. No rest cuts short a longer one, except that
 * the provider's own word replaces a guess of ours.
 */
export function applyVerdict(
  standing: Standing | undefined,
  verdict: Verdict,
  nowMs: number,
  health: HealthPolicy,
  sentMs: number = nowMs,
): Standing | undefined {
  const before = standing !== undefined && sentMs < standing.sinceMs;
  if (verdict.reason === 'answered') return before ? standing : undefined;
  const late = before && standing.state !== 'closed';
  if (verdict.scope === undefined) return standing;
  if (verdict.quarantine) return quarantined(standing, verdict, nowMs, health, late);
  if (verdict.told) return told(standing, verdict, nowMs);
  // It went out before the rest began: the same trouble once more.
  return late ? standing : suspected(standing, verdict, nowMs, health);
}

/** A standing whose time is not over. */
function resting(standing: Standing | undefined, nowMs: number): Standing | undefined {
  return standing !== undefined && standing.state !== 'closed' && standing.untilMs > nowMs
    ? standing
    : undefined;
}

function of(
  verdict: Verdict,
  nowMs: number,
  rest: Pick<Standing, 'state' | 'untilMs' | 'failures' | 'openings' | 'firm'>,
): Standing {
  const { reason, status, message } = verdict;
  return { ...rest, reason, status, message, sinceMs: nowMs };
}

/** It was refused: left alone until it is tested again. */
function quarantined(
  standing: Standing | undefined,
  verdict: Verdict,
  nowMs: number,
  health: HealthPolicy,
  late: boolean,
): Standing {
  const openings = standing?.openings ?? 0;
  const base = health.quarantine.retestMs;
  const rest = resting(standing, nowMs);
  if (rest?.state === 'quarantined') {
    // A refusal of what was on its way is no news; one of a test by hand begins the same time again.
    const untilMs = late ? 0 : nowMs + doubled(base, openings - 1, health);
    return untilMs > rest.untilMs ? { ...rest, untilMs } : rest;
  }
  return of(verdict, nowMs, {
    state: 'quarantined',
    untilMs: Math.max(nowMs + doubled(base, openings, health), rest?.firm === true ? rest.untilMs : 0),
    failures: (standing?.failures ?? 0) + 1,
    openings: openings + 1,
    firm: true,
  });
}

/** The provider has said when to come back. */
function told(standing: Standing | undefined, verdict: Verdict, nowMs: number): Standing | undefined {
  if (verdict.coolMs <= 0) return standing;
  const untilMs = nowMs + verdict.coolMs;
  const rest = resting(standing, nowMs);
  if (rest?.firm === true && rest.untilMs >= untilMs) return rest;
  if (rest?.state === 'quarantined') return { ...rest, untilMs };
  return of(verdict, nowMs, {
    // What was open has still to show that it works.
    state: standing?.state === 'open' ? 'open' : 'cooling',
    untilMs,
    failures: standing?.failures ?? 0,
    openings: standing?.openings ?? 0,
    firm: true,
  });
}

/** A failure whose end nobody has named: counted, and a reason to prefer others for a while. */
function suspected(
  standing: Standing | undefined,
  verdict: Verdict,
  nowMs: number,
  health: HealthPolicy,
): Standing {
  const failures = (standing?.failures ?? 0) + 1;
  const openings = standing?.openings ?? 0;
  const rest = resting(standing, nowMs);
  const restUntilMs = nowMs + verdict.coolMs;
  const { breaker } = health;
  const isAside = rest?.state === 'open' || rest?.state === 'quarantined';

  if (breaker.failures > 0 && failures >= breaker.failures && !isAside) {
    // Always the same time: what it costs to find out is one request, which another candidate then serves.
    const openUntilMs = nowMs + breaker.openMs;
    return of(verdict, nowMs, {
      state: 'open',
      untilMs: Math.max(openUntilMs, restUntilMs, rest?.untilMs ?? openUntilMs),
      failures,
      openings: openings + 1,
      firm: rest?.firm === true,
    });
  }
  if (rest !== undefined) {
    // Asked although it rests, because nothing else was there.
    if (rest.firm || restUntilMs <= rest.untilMs) return { ...rest, failures };
    const { state } = rest;
    return of(verdict, nowMs, { state, untilMs: restUntilMs, failures, openings, firm: false });
  }
  if (verdict.coolMs > 0)
    return of(verdict, nowMs, { state: 'cooling', untilMs: restUntilMs, failures, openings, firm: false });
  const sinceMs = standing?.state === 'closed' ? standing.sinceMs : nowMs;
  return {
    ...of(verdict, nowMs, { state: 'closed', untilMs: nowMs, failures, openings, firm: false }),
    sinceMs,
  };
}

/** How good it is for one more request. */
export function grade(standing: Standing | undefined, nowMs: number): Grade {
  if (standing === undefined || standing.state === 'closed') return FREE;
  if (standing.untilMs <= nowMs) return standing.state === 'cooling' ? FREE : PROBE;
  return standing.firm ? BARRED : SUSPECT;
}

/** True while others are to be preferred. */
export function isCooling(standing: Standing | undefined, nowMs: number): boolean {
  return grade(standing, nowMs) >= SUSPECT;
}

/** A standing in words, for pages and commands. Times are epoch milliseconds. */
export interface StandingDescription {
  /** half-open: one request may find out whether it works again. */
  readonly state: Standing['state'] | 'half-open';
  readonly reason: Reason;
  /** Sentences: what happened, and what follows. */
  readonly why: string;
  readonly sinceAtMs: number;
  /** undefined: it is not left alone. */
  readonly untilAtMs: number | undefined;
  readonly status: number | undefined;
  /** What the provider said. May hold secrets. */
  readonly message: string | undefined;
}

/** Says what the standing is, why, since when and until when. */
export function describe(standing: Standing, nowMs: number, epochNowMs: number): StandingDescription {
  const found = grade(standing, nowMs);
  const state = found === FREE ? 'closed' : found === PROBE ? 'half-open' : standing.state;
  const { reason, status, message } = standing;
  const happened = status === undefined ? SENTENCES[reason] : `${SENTENCES[reason]} (status ${status})`;
  return {
    state,
    reason,
    why: `${happened}. ${consequence(state, standing.failures, standing.firm)}`,
    sinceAtMs: epochNowMs + standing.sinceMs - nowMs,
    untilAtMs: found === BARRED || found === SUSPECT ? epochNowMs + standing.untilMs - nowMs : undefined,
    status,
    message,
  };
}

/** No rest that is read back is longer: 32 days. */
const LONGEST_MS = 32 * 86_400_000;
const MESSAGE_LIMIT = 200;
const STATES: readonly Standing['state'][] = ['closed', 'cooling', 'open', 'quarantined'];

/**
 * Writes a standing down, to be known again after a restart. The monotonic clock begins anew then, so its times become epoch
 * milliseconds.
 */
export function save(standing: Standing, nowMs: number, epochMs: number): string {
  const { sinceMs, untilMs, ...rest } = standing;
  return JSON.stringify({
    ...rest,
    sinceAtMs: epochMs + sinceMs - nowMs,
    untilAtMs: epochMs + untilMs - nowMs,
    savedAtMs: epochMs,
  });
}

/** The standing that was written down, by the clocks of now; undefined when the text is none. */
export function restore(text: string, nowMs: number, epochMs: number): Standing | undefined {
  const json = parseJson(text);
  if (!isObject(json)) return undefined;
  const state = STATES.find((known) => known === json['state']);
  const reason = json['reason'];
  const firm = json['firm'];
  const status = json['status'];
  const message = json['message'];
  const sinceAtMs = numberOf(json['sinceAtMs']);
  const untilAtMs = numberOf(json['untilAtMs']);
  const savedAtMs = numberOf(json['savedAtMs']);
  const failures = countOf(json['failures']);
  const openings = countOf(json['openings']);
  if (state === undefined || !isReason(reason) || typeof firm !== 'boolean') return undefined;
  if (sinceAtMs === undefined || untilAtMs === undefined || savedAtMs === undefined) return undefined;
  if (failures === undefined || openings === undefined) return undefined;
  // Time only goes on: where the clock says otherwise it was set back, and no rest grows by that.
  const passedMs = Math.max(0, epochMs - savedAtMs);
  const untilMs = nowMs + Math.min(untilAtMs - savedAtMs - passedMs, LONGEST_MS);
  const sinceMs = nowMs - Math.max(0, savedAtMs - sinceAtMs) - passedMs;
  return {
    state,
    reason,
    sinceMs,
    untilMs,
    status: typeof status === 'number' && Number.isInteger(status) ? status : undefined,
    message: typeof message === 'string' ? message.slice(0, MESSAGE_LIMIT) : undefined,
    failures,
    openings,
    firm: firm || state === 'quarantined',
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e9
    ? value
    : undefined;
}
