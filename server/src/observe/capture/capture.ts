// The capture of exchanges: a lens that is blind until the operator opens a window, and the switch for it.

import type { CaptureControl, CaptureStatus } from '../../exchange/detail/capture-control.ts';
import type {
  Clock,
  Details,
  LedgerClosing,
  LedgerOpening,
  Lens,
  Log,
  Look,
  Seen,
} from '../../exchange/ports.ts';
import type { Redactor } from '../redact.ts';
import { BodyTape, Holding } from './body-tape.ts';
import { captureText } from './capture-text.ts';
import { WatchedInbound } from './watched-inbound.ts';
import { type SentRequest, watchedTransport } from './watched-transport.ts';
import { DEFAULT_BODY_BYTES, fits, isOpen, mayFit, type OpenWindow, openWindow } from './window.ts';

/** What all exchanges that are being captured may hold together, in bytes; what comes beyond it is only counted. */
const HOLDING_BYTES: number = 256 * 1024 * 1024;
/** How many ids are remembered for the operator. */
const RECENT = 50;

/** What a capture needs. */
export interface CaptureParts {
  readonly details: Details;
  readonly redactor: Redactor;
  readonly clock: Pick<Clock, 'epochMs'>;
  readonly log?: Pick<Log, 'error'>;
  readonly holdingBytes?: number;
}

/** A capture: its eye and its switch. */
export interface Capture {
  readonly lens: Lens;
  readonly control: CaptureControl;
}

/** Makes a capture; no window is open. */
export function createCapture(parts: CaptureParts): Capture {
  const { clock } = parts;
  const holding = new Holding(parts.holdingBytes ?? HOLDING_BYTES);
  let window: OpenWindow | undefined;
  let last: OpenWindow | undefined;
  let running = 0;
  let recent: readonly string[] = [];

  const status = (): CaptureStatus => statusOf(window ?? last, window, { running, recent }, clock.epochMs());

  /** Whether an exchange that is over is kept. */
  const kept = (within: OpenWindow, opening: LedgerOpening, closing: LedgerClosing): boolean => {
    if (!within.decidesLate) return true;
    if (within.requestsLeft <= 0 || !fits(within.filter, opening, closing)) return false;
    within.requestsLeft -= 1;
    return true;
  };

  const look = (opening: LedgerOpening, seen: Seen, within: OpenWindow): Look => {
    const newTape = (): BodyTape => new BodyTape(within.maxBytes, holding);
    const nowMs = (): number => clock.epochMs();
    const sent: SentRequest[] = [];
    const request = newTape();
    const reply = newTape();
    const inbound = new WatchedInbound(seen.inbound, { request, reply, nowMs });
    running += 1;
    return {
      inbound,
      transport: watchedTransport(seen.transport, { newTape, nowMs, sent }),
      asksWhy: true,
      closed: (closing, choices) => {
        running -= 1;
        try {
          if (!kept(within, opening, closing)) return;
          const notes = { opening, inbound, request, reply, sent };
          const text = captureText(notes, closing, choices(), (raw) => parts.redactor.redactContent(raw));
          parts.details.put({ id: opening.id, atMs: closing.endedAtMs, kind: 'capture', text });
          within.captured += 1;
          recent = [opening.id, ...recent].slice(0, RECENT);
        } catch (defect) {
          parts.log?.error('An exchange could not be captured.', {
            requestId: opening.id,
            error: String(defect),
          });
        } finally {
          for (const tape of [request, reply]) tape.release();
          for (const one of sent) for (const tape of [one.sent, one.received]) tape.release();
        }
      },
    };
  };

  return {
    lens: {
      look: (opening, seen) => {
        if (window === undefined) return undefined;
        if (!isOpen(window, clock.epochMs())) {
          window = undefined;
          return undefined;
        }
        if (!mayFit(window.filter, opening)) return undefined;
        if (!window.decidesLate) window.requestsLeft -= 1;
        return look(opening, seen, window);
      },
    },
    control: {
      status,
      open: (asked) => {
        window = openWindow(asked, clock.epochMs());
        last = window;
        recent = [];
        return status();
      },
      close: () => {
        window = undefined;
        return status();
      },
    },
  };
}

function statusOf(
  shown: OpenWindow | undefined,
  open: OpenWindow | undefined,
  { running, recent }: Pick<CaptureStatus, 'running' | 'recent'>,
  nowMs: number,
): CaptureStatus {
  if (shown === undefined)
    return { open: false, maxBytes: DEFAULT_BODY_BYTES, filter: {}, captured: 0, running, recent };
  const { openedAtMs, untilMs, requestsLeft, maxBytes, filter, captured } = shown;
  return {
    open: open !== undefined && isOpen(open, nowMs),
    openedAtMs,
    ...(Number.isFinite(untilMs) ? { untilMs } : {}),
    ...(Number.isFinite(requestsLeft) ? { requestsLeft } : {}),
    maxBytes,
    filter,
    captured,
    running,
    recent,
  };
}
