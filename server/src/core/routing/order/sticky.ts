// sticky: all requests stay with one contender until it rests, then go to the one that was used longest ago.

import { foremost, restedBefore } from './compare.ts';
import { type Chooser, MEMBER, OUT } from './contender.ts';

/** The one used last, whether it rests or not; when it can be chosen, it is. */
export const sticky: Chooser = (field) => {
  const { contenders, parts } = field;
  let latestMs = Number.NEGATIVE_INFINITY;
  let latestAt = -1;
  for (let at = 0; at < contenders.length; at++) {
    const part = parts[at];
    const contender = contenders[at];
    if (part === OUT || contender === undefined) continue;
    // Two of the same moment: one has failed and the other has taken over.
    const takesOver = contender.lastUsedMs === latestMs && part === MEMBER && parts[latestAt] !== MEMBER;
    if (contender.lastUsedMs <= latestMs && !takesOver) continue;
    latestMs = contender.lastUsedMs;
    latestAt = at;
  }
  return parts[latestAt] === MEMBER ? latestAt : foremost(field, restedBefore);
};
