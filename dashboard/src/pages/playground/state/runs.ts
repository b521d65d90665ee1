// The runs of both lanes. They go on while another page is looked at, and are there when one comes back.

import { ApiError } from '../../../api/http.ts';
import { createStore, type Store } from '../../../app/store.ts';
import { readHeaderLines } from '../wire/header-lines.ts';
import { bench, type Lane, outgoingOf } from './bench.ts';
import { openCapture } from './keep.ts';
import { beginRun, isRunning, type Run } from './run.ts';
import { send } from './send.ts';

/** What runs, or has run last. */
export type Runs = Readonly<Partial<Record<Lane, Run>>>;

/** The runs of this visit. */
export const runs: Store<Runs> = createStore<Runs>({});

const controllers = new Map<Lane, AbortController>();
let lastId = 0;

/** Sends what is on the bench, to both models where two are compared. What still runs is stopped. */
export async function sendAll(): Promise<void> {
  stopAll();
  const state = bench.get();
  const second = state.compareWith.trim();
  const kept = state.keep && state.ownKey === '';
  const asked = new Map([['first' as Lane, outgoingOf(state)]]);
  if (second !== '') asked.set('second', outgoingOf(state, second));
  const begun: Runs = Object.fromEntries(
    [...asked].map(([lane, outgoing]) => [lane, beginRun(++lastId, outgoing, kept)]),
  );
  runs.set(begun);
  for (const lane of asked.keys()) controllers.set(lane, new AbortController());
  if (kept && !(await prepared(begun, asked.size))) return;
  const { headers } = readHeaderLines(state.headers);
  const ownKey = state.ownKey.trim();
  await Promise.all(
    Object.values(begun).map((run, at) => {
      const lane: Lane = at === 0 ? 'first' : 'second';
      const signal = controllers.get(lane)?.signal ?? AbortSignal.abort();
      const tell = (change: Partial<Run>): void => tellOf(lane, run.id, change);
      return send({ asked: run.asked, headers, ownKey, signal, tell });
    }),
  );
}

/** Opens the capture; where that fails, nothing is sent, because the request would not be kept. */
async function prepared(begun: Runs, count: number): Promise<boolean> {
  try {
    await openCapture(count);
    return true;
  } catch (error) {
    const problem =
      error instanceof ApiError ? error : new ApiError(0, { code: 'unreachable', message: String(error) });
    for (const [lane, run] of [['first', begun.first] as const, ['second', begun.second] as const])
      if (run !== undefined) tellOf(lane, run.id, { state: 'failed', problem });
    return false;
  }
}

/** A run that was followed by another one is not heard any more. */
function tellOf(lane: Lane, id: number, change: Partial<Run>): void {
  const all = runs.get();
  const run = all[lane];
  if (run?.id === id) runs.set({ ...all, [lane]: { ...run, ...change } });
}

/** Stops what runs. */
export function stopAll(): void {
  for (const controller of controllers.values()) controller.abort();
  controllers.clear();
}

/** Whether something runs. */
export function anyRunning({ first, second }: Runs): boolean {
  return isRunning(first) || isRunning(second);
}
