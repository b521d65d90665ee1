// The machine's clocks, as the gateway reads them.

import type { Clock } from './exchange/ports.ts';

/** performance.now for durations, Date.now for the ledger. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
};
