// Changes of standings as events for the log of keys.

import type { Moment } from '../../core/routing/limits.ts';
import type { Standing } from '../../core/routing/standing.ts';
import type { KeyEvent, KeyEventKind } from '../../core/telemetry/key-event.ts';
import type { Place } from './places.ts';

/** A change of what is held against a place. `byHand`: the operator has forgotten it. */
export interface StandingChange {
  readonly place: Place;
  readonly before: Standing | undefined;
  readonly after: Standing | undefined;
  readonly byHand: boolean;
}

/** The event of a change; undefined where it is none: one more failure that changes nothing yet. */
export function keyEventOf(
  { place, before, after, byHand }: StandingChange,
  now: Moment,
): KeyEvent | undefined {
  const event = kindOf(before, after, byHand);
  if (event === undefined) return undefined;
  const [, upstreamId = '', keyId, ...model] = place.name.split('\n');
  const { reason, status, untilMs } = after ?? {};
  return {
    event,
    atMs: Math.round(now.epochMs),
    upstreamId,
    ...(keyId === undefined ? {} : { keyId }),
    ...(place.kind === 'lane' ? { model: model.join('\n') } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(status === undefined ? {} : { status }),
    ...(untilMs === undefined ? {} : { untilAtMs: Math.round(now.epochMs + untilMs - now.ms) }),
  };
}

const RESTS: Readonly<Record<Standing['state'], KeyEventKind | undefined>> = {
  closed: undefined,
  cooling: 'cooling',
  open: 'set-aside',
  quarantined: 'quarantined',
};

/** A rest that grows by less is no news. */
const NEWS_MS = 1_000;

function kindOf(
  before: Standing | undefined,
  after: Standing | undefined,
  byHand: boolean,
): KeyEventKind | undefined {
  const wasHeld = before !== undefined && before.state !== 'closed';
  if (after === undefined) return wasHeld ? (byHand ? 'reset' : 'reactivated') : undefined;
  // The same rest, hardly longer: several requests were on their way when it began.
  const longerMs = after.untilMs - (before?.untilMs ?? 0);
  if (before?.state === after.state && before.reason === after.reason && longerMs < NEWS_MS) return undefined;
  return RESTS[after.state];
}
