// A reset takes with it what the other side has not read yet. Where both sides are in this process it can be waited for.

/**
 * Acts so many milliseconds later, when this process has looked twice at what its sockets hold. After a timer alone it may
 * not have looked at all: a machine that stands still for that long runs timers first.
 */
export function afterReading(delayMs: number, action: () => void): void {
  setTimeout(() => setImmediate(() => setImmediate(action)), delayMs);
}
