// What the operator may ask of the capture of exchanges: to open a window, to close it, and how it stands. Types alone, so
// that a browser may read them too.

/** Which exchanges are captured; all that is given must fit. */
export interface CaptureFilter {
  /** Id of the client. */
  readonly client?: string;
  /** Glob of the model's name, as the client asked for it or as it was served. */
  readonly model?: string;
  /** Id of an upstream that was asked. */
  readonly upstream?: string;
  /** Name of the route of the ledger ("messages") or id of the configured route that served it. */
  readonly route?: string;
  /** Conversation as the client names it. */
  readonly conversation?: string;
  /** Only exchanges that end in an error. */
  readonly errorsOnly?: boolean;
}

/** What the operator asks for. It ends at the time or after the number of exchanges, whichever comes first. */
export interface CaptureWindow {
  /** Epoch milliseconds. Where neither this nor `requests` is given, the window is open for 30 seconds. */
  readonly untilMs?: number;
  /** How many exchanges are captured at most. */
  readonly requests?: number;
  /** The most that is kept of one body, in bytes; 256 KiB unless told otherwise, 16 MiB at most. */
  readonly maxBytes?: number;
  readonly filter?: CaptureFilter;
}

/** How the capture stands. Times are epoch milliseconds. */
export interface CaptureStatus {
  readonly open: boolean;
  /** Of the window that is open, or of the last one; undefined while there was none. */
  readonly openedAtMs?: number;
  readonly untilMs?: number;
  /** How many more exchanges it takes; undefined where their number is not limited. */
  readonly requestsLeft?: number;
  readonly maxBytes: number;
  readonly filter: CaptureFilter;
  /** Exchanges that it has kept so far. */
  readonly captured: number;
  /** Exchanges that are being looked at. */
  readonly running: number;
  /** Ids of the last ones that were kept, newest first. */
  readonly recent: readonly string[];
}

/** The switch of the capture. Nothing here throws. */
export interface CaptureControl {
  status(): CaptureStatus;
  /** Opens a window, in place of one that is open. */
  open(window: CaptureWindow): CaptureStatus;
  /** Takes no more exchanges; those that are being looked at are kept when they end. */
  close(): CaptureStatus;
}
