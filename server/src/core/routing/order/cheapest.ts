// cheapest: the lowest price, and turns among those who ask the same. Whoever names no price comes last.

import { type Chooser, type Contender, MEMBER, OUT } from './contender.ts';
import { roundRobin } from './turns.ts';

function priceOf(contender: Contender | undefined): number {
  return contender?.price ?? Number.POSITIVE_INFINITY;
}

/** See the head of this file. */
export const cheapest: Chooser = (field) => {
  const { contenders, parts } = field;
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < contenders.length; at++)
    if (parts[at] === MEMBER) lowest = Math.min(lowest, priceOf(contenders[at]));
  for (let at = 0; at < contenders.length; at++) if (priceOf(contenders[at]) !== lowest) parts[at] = OUT;
  return roundRobin(field);
};
