// What happens to provider keys, for the log of keys: never the key itself, only its id.

/**
 * cooling: it rests. set-aside: it failed too often in a row. quarantined: it was refused. reactivated: it has answered
 * again. reset: the operator has forgotten what was held against it. rotated: another key was asked in its place.
 */
export type KeyEventKind =
  | 'cooling'
  | 'set-aside'
  | 'quarantined'
  | 'reactivated'
  | 'reset'
  | 'rotated'
  | 'enabled'
  | 'disabled'
  | 'added'
  | 'removed';

/** One event. Times are epoch milliseconds. */
export interface KeyEvent {
  readonly event: KeyEventKind;
  readonly atMs: number;
  readonly upstreamId: string;
  /** Absent: it is about the upstream as a whole. */
  readonly keyId?: string;
  /** Only for this model. */
  readonly model?: string;
  readonly reason?: string;
  /** HTTP status that led to it. */
  readonly status?: number;
  readonly untilAtMs?: number;
  /** Of `rotated`: who was asked instead, and for which exchange. */
  readonly toUpstreamId?: string;
  readonly toKeyId?: string;
  readonly exchangeId?: string;
}
