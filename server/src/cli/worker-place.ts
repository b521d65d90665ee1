// What a process that relays is told by the one that started it, in its environment.

/** The socket of the process that answers operators. */
export const DOOR_VARIABLE = 'SLUICE_WORKER_DOOR';
/** Which of how many it is: "2/4". */
export const PLACE_VARIABLE = 'SLUICE_WORKER_PLACE';

/** Where a process stands among those that relay. */
export interface WorkerPlace {
  readonly door: string;
  /** From 1. */
  readonly place: number;
  readonly count: number;
}

/** The place of this process; undefined for one that was started by a person. */
export function workerPlace(env: NodeJS.ProcessEnv): WorkerPlace | undefined {
  const door = env[DOOR_VARIABLE];
  const [, place, count] = /^(\d+)\/(\d+)$/.exec(env[PLACE_VARIABLE] ?? '') ?? [];
  if (door === undefined || place === undefined || process.send === undefined) return undefined;
  return { door, place: Number(place), count: Number(count) };
}
