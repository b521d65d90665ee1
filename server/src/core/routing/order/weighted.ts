// weighted: shares by weight, and evenly mixed (smooth weighted round robin): with 3 to 1 it is a b a a, not a a a b.

import { type Chooser, type Field, MEMBER } from './contender.ts';
import { roundRobin } from './turns.ts';

function totalWeight({ contenders, parts }: Field): number {
  let total = 0;
  for (let at = 0; at < contenders.length; at++)
    if (parts[at] === MEMBER) total += Math.max(0, contenders[at]?.weight ?? 0);
  return total;
}

/**
 * Each choice gives every member its weight as credit and takes the total from the chosen one. Whoever is away gets
 * nothing, so that it neither floods the others nor is flooded when it comes back; and since a credit from a larger
 * company would keep somebody away for long in a smaller one, it is held within what is possible among these members.
 */
export const weighted: Chooser = (field) => {
  const { contenders, parts, rehearsal } = field;
  const total = totalWeight(field);
  if (total === 0) return roundRobin(field);
  let chosen = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < contenders.length; at++) {
    const contender = contenders[at];
    if (parts[at] !== MEMBER || contender === undefined || !(contender.weight > 0)) continue;
    const credit = Math.min(total, Math.max(-total, contender.credit)) + contender.weight;
    if (!rehearsal) contender.credit = credit;
    if (credit <= most) continue;
    most = credit;
    chosen = at;
  }
  const contender = contenders[chosen];
  if (!rehearsal && contender !== undefined) contender.credit -= total;
  return chosen;
};
