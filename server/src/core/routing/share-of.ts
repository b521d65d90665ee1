// What one of several gateways may use of what is left while they cannot ask each other.

/** How many gateways there are, and which of them this one is: from 0, undefined where it does not know. */
export interface Fellowship {
  readonly fellows: number;
  readonly rank: number | undefined;
}

/**
 * The whole units of `room` that are this gateway's: an equal part, and what cannot be parted goes to the first ones, one
 * each. The parts of all make up the room, never more: of a room of 1 and three gateways the first has 1 and the others
 * nothing. Who does not know its rank gets none of the rest.
 */
export function shareOf(room: number, { fellows, rank }: Fellowship): number {
  if (room <= 0) return 0;
  const whole = Math.floor(room);
  const part = Math.floor(whole / fellows);
  return rank !== undefined && rank < whole - part * fellows ? part + 1 : part;
}
