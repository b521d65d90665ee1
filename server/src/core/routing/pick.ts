// Whom one attempt asks: the best of those who could serve the request, found without sorting and without allocating
// anything per contender, since there may be a thousand of them and every request asks.

import { BARRED, FREE, type Grade, PROBE } from './grade.ts';
import { type Contender, MEMBER, OUT, RESTING, TRIED } from './order/contender.ts';
import { CHOOSERS } from './order/index.ts';
import type { Order } from './policy.ts';

export type { Contender } from './order/contender.ts';

/** What a choice depends on besides the contenders. */
export interface PickOptions<C> {
  readonly order: Order;
  /** Among equals in priority, those that speak the client's own format come first. */
  readonly preferNative: boolean;
  /** Monotonic clock. */
  readonly nowMs: number;
  readonly random: () => number;
  /**
   * The turn of this request, the same number for all its attempts (any integer from 0). Whoever counts should not count
   * requests that went to their favourite: they have taken nobody's turn.
   */
  readonly cursor: number;
  /** How good it is for one more request. Only one request at a time may be told PROBE. Must not call `pick`. */
  readonly grade: (contender: C) => Grade;
  /** True when this request has asked it before. */
  readonly tried: (contender: C) => boolean;
  /** Where the conversation went the last time. */
  readonly favourite: C | undefined;
  /** The request belongs to a conversation, which will stay where it goes now. */
  readonly settling?: boolean;
  /** Only asks what would be chosen: no contender is changed. */
  readonly rehearsal?: boolean;
}

/** The grades of the contenders, or TRIED_MARK; then the parts they play. Kept between choices. */
let marks = new Uint8Array(1024);

const TRIED_MARK = 4;

/** What those among whom the order chooses have in common. */
interface Class {
  grade: Grade;
  priority: number;
  native: boolean;
}

/**
 * True when a contender of this grade comes before the class. FREE and PROBE come before SUSPECT; then priority and format
 * decide; and where a PROBE could take its turn if it were FREE, it takes it now: else it would never come back.
 */
function isBefore(contender: Contender, grade: Grade, best: Class, preferNative: boolean): boolean {
  const usable = grade <= PROBE;
  if (usable !== best.grade <= PROBE) return usable;
  if (contender.priority !== best.priority) return contender.priority > best.priority;
  if (preferNative && contender.native !== best.native) return contender.native;
  return grade === PROBE && best.grade === FREE;
}

/** Marks every contender with its grade and answers with the best class, or undefined when there is nobody. */
function look<C extends Contender>(contenders: readonly C[], options: PickOptions<C>): Class | undefined {
  const { grade, tried, preferNative } = options;
  let best: Class | undefined;
  for (let at = 0; at < contenders.length; at++) {
    const contender = contenders[at];
    if (contender === undefined) continue;
    if (tried(contender)) {
      marks[at] = TRIED_MARK;
      continue;
    }
    // Whatever its grade: somebody of a higher priority can be asked.
    const beaten = best !== undefined && best.grade <= PROBE && contender.priority < best.priority;
    const found = beaten ? BARRED : grade(contender);
    marks[at] = found;
    if (found === BARRED) continue;
    if (best === undefined) best = { grade: found, priority: contender.priority, native: contender.native };
    else if (isBefore(contender, found, best, preferNative)) {
      best.grade = found;
      best.priority = contender.priority;
      best.native = contender.native;
    }
  }
  return best;
}

/** The favourite, where it is one of the best, or FREE and of no lower priority than they are. */
function favoured<C extends Contender>(
  contenders: readonly C[],
  best: Class,
  favourite: C | undefined,
): C | undefined {
  if (favourite === undefined || favourite.priority !== best.priority) return undefined;
  const mark = marks[contenders.indexOf(favourite)];
  // Of a class that can be asked at all: one that is merely suspect has no claim to come before the order.
  const stays = mark === FREE || (mark === PROBE && best.grade === PROBE);
  return stays ? favourite : undefined;
}

/** Turns the marks into the parts that the contenders play before an order. */
function assignParts(contenders: readonly Contender[], best: Class, preferNative: boolean): void {
  for (let at = 0; at < contenders.length; at++) {
    const contender = contenders[at];
    const belongs =
      contender !== undefined &&
      contender.priority === best.priority &&
      (!preferNative || contender.native === best.native);
    const mark = marks[at];
    if (!belongs) marks[at] = OUT;
    else if (mark === TRIED_MARK) marks[at] = TRIED;
    else marks[at] = mark === best.grade ? MEMBER : RESTING;
  }
}

/**
 * Chooses whom to ask next, or undefined when everybody was tried or is barred. The favourite of the conversation comes
 * first while it is FREE and nobody of a higher priority can be asked; then it is the order's choice among the best.
 */
export function pick<C extends Contender>(contenders: readonly C[], options: PickOptions<C>): C | undefined {
  if (marks.length < contenders.length) marks = new Uint8Array(contenders.length * 2);
  const best = look(contenders, options);
  if (best === undefined) return undefined;
  const stays = favoured(contenders, best, options.favourite);
  if (stays !== undefined) return stays;
  assignParts(contenders, best, options.preferNative);
  const { order, nowMs, random, cursor, settling = false, rehearsal = false } = options;
  const field = { contenders, parts: marks, nowMs, random, cursor, settling, rehearsal };
  return contenders[CHOOSERS[order](field)];
}
