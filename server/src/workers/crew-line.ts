// What processes that relay report to the one that answers the operator, and what that one asks of them.

import type { CaptureWindow } from '../exchange/detail/capture-control.ts';
import type { LedgerClosing, LedgerOpening, Observer } from '../exchange/ports.ts';
import type { CrewReport } from '../exchange/shared/crew.ts';
import type { Line } from './line.ts';

/** What is over is told together, a few times a second. */
const TELL_EVERY_MS = 50;
/** Nobody is interested in more than this at once; what is over counts in the ledger all the same. */
const TOLD_AT_ONCE = 5_000;
const REPORT_EVERY_MS = 500;
const UNWATCHED_EVERY_MS = 2_000;
const REPORT_WITHIN_MS = 2_000;
/** Who has looked lately is about to look again. */
const WATCHED_MS = 10_000;

type Over = readonly [LedgerOpening, LedgerClosing];

/** Tells of every exchange that is over. */
export function observerOver(line: Line): Observer & { flush(): void } {
  let over: Over[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (over.length === 0) return;
    line.tell('crew.closed', over);
    over = [];
  };
  return {
    closed(opening, closing) {
      if (over.length < TOLD_AT_ONCE) over.push([opening, closing]);
      timer ??= setTimeout(flush, TELL_EVERY_MS).unref();
    },
    flush,
  };
}

/** Hears what is over in a process. */
export function hearClosed(line: Line, closed: Observer['closed']): void {
  line.hear('crew.closed', (body) => {
    for (const [opening, closing] of body as readonly Over[]) closed(opening, closing);
  });
}

/** What can be asked of a process that relays. */
export interface CrewMember {
  report(): CrewReport;
  openCapture(window: CaptureWindow): void;
  closeCapture(): void;
  admit(keyHash: string): void;
  setLevel(level: string): void;
  reload(): void;
}

/** Does what the keeper asks. */
export function serveMember(line: Line, member: CrewMember): void {
  line.answer('crew.report', () => member.report());
  line.hear('crew.capture', (window) => {
    if (window === undefined) member.closeCapture();
    else member.openCapture(window as CaptureWindow);
  });
  line.hear('crew.admit', (keyHash) => member.admit(String(keyHash)));
  line.hear('crew.level', (level) => member.setLevel(String(level)));
  line.hear('crew.reload', () => member.reload());
}

/** What the processes have on their hands: asked for now and then, and more often while somebody looks. */
export class CrewReports {
  readonly #lines: () => readonly Line[];
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #reports: readonly CrewReport[] = [];
  #askedAtMs: number = Number.NEGATIVE_INFINITY;
  #lookedAtMs: number = Number.NEGATIVE_INFINITY;
  #asking = false;

  /** `nowMs` is monotonic. */
  constructor(lines: () => readonly Line[], nowMs: () => number) {
    this.#lines = lines;
    this.#nowMs = nowMs;
    this.#timer = setInterval(() => void this.#ask(), REPORT_EVERY_MS).unref();
  }

  /** As of a moment ago. */
  get(): readonly CrewReport[] {
    this.#lookedAtMs = this.#nowMs();
    return this.#reports;
  }

  async #ask(): Promise<void> {
    const nowMs = this.#nowMs();
    const isWatched = nowMs - this.#lookedAtMs < WATCHED_MS;
    if (this.#asking || (!isWatched && nowMs - this.#askedAtMs < UNWATCHED_EVERY_MS)) return;
    this.#asking = true;
    this.#askedAtMs = nowMs;
    const asked = this.#lines().map((line) => line.ask('crew.report', undefined, REPORT_WITHIN_MS));
    const reports = await Promise.all(asked);
    // One that is too busy to answer is left out; what the others say is what they themselves have made.
    this.#reports = reports.flatMap((report) => (report === undefined ? [] : [report as CrewReport]));
    this.#asking = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
