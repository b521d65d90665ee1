// Which order chooses how.

import type { Order } from '../policy.ts';
import { cheapest } from './cheapest.ts';
import { fillFirst, leastInFlight, leastRecentlyUsed, leastUsed, lowestLatency } from './compare.ts';
import type { Chooser } from './contender.ts';
import { anybody } from './random.ts';
import { sticky } from './sticky.ts';
import { roundRobin } from './turns.ts';
import { weighted } from './weighted.ts';

/** Every order by its name. */
export const CHOOSERS: Readonly<Record<Order, Chooser>> = {
  fill_first: fillFirst,
  round_robin: roundRobin,
  random: anybody,
  sticky,
  lru: leastRecentlyUsed,
  least_used: leastUsed,
  least_in_flight: leastInFlight,
  lowest_latency: lowestLatency,
  weighted,
  cheapest,
};
