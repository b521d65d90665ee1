// Which exchanges a window takes, and for how long.

import { matchesGlob } from '../../core/routing/glob.ts';
import type { CaptureFilter, CaptureWindow } from '../../exchange/detail/capture-control.ts';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';

/** How long a window is open where nothing is said, in milliseconds. */
const DEFAULT_WINDOW_MS = 30_000;
/** The most that is kept of one body where nothing is said, in bytes. */
export const DEFAULT_BODY_BYTES: number = 256 * 1024;
/** The most that can be asked for, in bytes. */
const LARGEST_BODY_BYTES: number = 16 * 1024 * 1024;

/** A window that was opened. Times are epoch milliseconds. */
export interface OpenWindow {
  readonly openedAtMs: number;
  /** Infinity where only the number ends it. */
  readonly untilMs: number;
  readonly maxBytes: number;
  readonly filter: CaptureFilter;
  /** Whether an exchange fits shows only at its end. */
  readonly decidesLate: boolean;
  /** Infinity where only the time ends it. */
  requestsLeft: number;
  captured: number;
}

/** Opens a window. What makes no sense is brought within bounds. */
export function openWindow(asked: CaptureWindow, nowMs: number): OpenWindow {
  const { requests, filter = {} } = asked;
  const untilMs = asked.untilMs ?? (requests === undefined ? nowMs + DEFAULT_WINDOW_MS : Infinity);
  const { model, upstream, route, errorsOnly } = filter;
  return {
    openedAtMs: nowMs,
    untilMs,
    maxBytes: Math.max(0, Math.min(asked.maxBytes ?? DEFAULT_BODY_BYTES, LARGEST_BODY_BYTES)),
    filter,
    decidesLate: model !== undefined || upstream !== undefined || route !== undefined || errorsOnly === true,
    requestsLeft: requests === undefined ? Infinity : Math.max(0, Math.floor(requests)),
    captured: 0,
  };
}

/** Whether a window still takes exchanges. */
export function isOpen(window: OpenWindow, nowMs: number): boolean {
  return nowMs < window.untilMs && window.requestsLeft > 0;
}

/** What is known at the beginning of an exchange does not speak against it. */
export function mayFit({ client, conversation }: CaptureFilter, opening: LedgerOpening): boolean {
  if (client !== undefined && opening.clientId !== client) return false;
  return conversation === undefined || opening.conversationId === conversation;
}

/** An exchange that may fit, and is over, does. */
export function fits(filter: CaptureFilter, opening: LedgerOpening, closing: LedgerClosing): boolean {
  const { model, upstream, route, errorsOnly } = filter;
  if (errorsOnly === true && closing.errorCode === undefined) return false;
  if (route !== undefined && opening.route !== route && closing.policy !== route) return false;
  if (upstream !== undefined && !upstreamsOf(closing).includes(upstream)) return false;
  return model === undefined || modelsOf(closing).some((name) => matchesGlob(model, name));
}

function upstreamsOf({ upstreamId, tries = [] }: LedgerClosing): readonly (string | undefined)[] {
  return [upstreamId, ...tries.map((one) => one.upstreamId)];
}

function modelsOf({ modelAsked, modelServed, tries = [] }: LedgerClosing): readonly string[] {
  return [modelAsked, modelServed, ...tries.map(({ model }) => model)].filter((name) => name !== undefined);
}
