// Slows the guessing of keys: counts failed credentials per address. Right keys are never affected, because they are
// looked at first.

/** Addresses remembered at once; the one that failed longest ago is forgotten first. */
const MAX_ADDRESSES = 10_000;
const WINDOW_MS = 1_000;

interface Failures {
  sinceMs: number;
  count: number;
}

/** Counts failures in windows of one second. */
export interface FailureThrottle {
  /** Notes one failure; true when this address has failed more often than allowed in this second. */
  exceeded(address: string, nowMs: number): boolean;
}

/** Makes a throttle that allows `perSecond` failures per address. */
export function createFailureThrottle(perSecond: number): FailureThrottle {
  const byAddress = new Map<string, Failures>();
  return {
    exceeded(address: string, nowMs: number): boolean {
      const known = byAddress.get(address);
      if (known !== undefined && nowMs - known.sinceMs < WINDOW_MS) {
        known.count++;
        return known.count > perSecond;
      }
      // Deleting first moves the address to the end of the map's order.
      byAddress.delete(address);
      if (byAddress.size >= MAX_ADDRESSES) {
        const oldest = byAddress.keys().next();
        if (oldest.done !== true) byAddress.delete(oldest.value);
      }
      byAddress.set(address, { sinceMs: nowMs, count: 1 });
      return false;
    },
  };
}
