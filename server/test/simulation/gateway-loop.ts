// The smallest gateway that meters and a waiting line make: whoever arrives waits in the line, is sent with the first key
// that has room, and waits again when the provider refuses. Runs on a fake clock in steps of ten milliseconds.

import { Meter, type Moment } from '../../src/core/routing/limits.ts';
import type { LimitPolicy, Limits, QueuePolicy } from '../../src/core/routing/policy.ts';
import { type Waiting, WaitingLine } from '../../src/core/routing/queue.ts';
import { chance, type ProviderKey } from './simulated-provider.ts';

const STEP_MS = 10;
/** In the middle of a minute of the clock. */
export const EPOCH_MS: number = Date.parse('2026-11-21T09:00:17Z');

/** One request of a client. */
export interface Job extends Waiting {
  readonly arrivesMs: number;
  attempts: number;
  /** When the provider let it in. */
  startedMs: number | undefined;
  outcome: 'served' | 'full' | 'expired' | undefined;
}

export function job(client: string, arrivesMs: number, maxWaitMs: number): Job {
  const dueMs = arrivesMs + maxWaitMs;
  return { client, arrivesMs, dueMs, notBeforeMs: 0, attempts: 0, startedMs: undefined, outcome: undefined };
}

interface Options {
  readonly keys: readonly ProviderKey[];
  readonly limits: Limits;
  readonly policy: LimitPolicy;
  readonly queue: QueuePolicy;
  readonly seed: number;
  /** Something else that happens at a moment, such as another program that uses the same keys. */
  readonly meanwhile?: (nowMs: number) => void;
}

/** Runs until every job has its outcome. */
export function runGateway(jobs: readonly Job[], options: Options): void {
  const random = chance(options.seed);
  const line = new WaitingLine<Job>(options.queue);
  const keys = options.keys.map((provider) => ({ provider, meter: new Meter(options.policy) }));
  const agenda = new Map<number, (() => void)[]>();
  const arriving = [...jobs].sort((a, b) => a.arrivesMs - b.arrivesMs);
  let open = jobs.length;
  let nowMs = 0;
  let turn = 0;
  const moment = (): Moment => ({ ms: nowMs, epochMs: EPOCH_MS + nowMs });
  const later = (delayMs: number, act: () => void): void => {
    const atMs = nowMs + Math.max(STEP_MS, Math.round(delayMs / STEP_MS) * STEP_MS);
    const acts = agenda.get(atMs) ?? [];
    acts.push(act);
    agenda.set(atMs, acts);
  };
  const finish = (one: Job, outcome: Job['outcome']): void => {
    one.outcome = outcome;
    open -= 1;
  };
  const wait = (one: Job): void => {
    one.notBeforeMs = nowMs;
    if (line.join(one) === 'full') finish(one, 'full');
  };
  const send = (one: Job, { provider, meter }: (typeof keys)[number]): void => {
    const takenAt = moment();
    one.attempts += 1;
    meter.take(0, takenAt);
    later(5 + random() * 195, () => {
      const { ok, said } = provider.ask(EPOCH_MS + nowMs);
      if (!ok) {
        // What the provider refused it did not count. Given back first, so that its word is news.
        later(20, () => {
          meter.giveBack(0, takenAt, moment());
          meter.correct({ requests: said }, moment());
          line.wake();
          wait(one);
        });
        return;
      }
      one.startedMs = nowMs;
      // The head of a stream comes soon, that of a whole answer with its end.
      const servingMs = 100 + random() * 2_900;
      const headMs = random() < 0.5 ? servingMs : Math.min(servingMs, 300);
      later(headMs, () => {
        if (meter.correct({ requests: said }, moment())) line.wake();
      });
      later(servingMs, () => {
        meter.settle(0, 0, takenAt, moment());
        if (options.limits.concurrency !== undefined) line.wake();
        finish(one, 'served');
      });
    });
  };
  const serve = (one: Job): true | number => {
    let freeInMs = Number.POSITIVE_INFINITY;
    for (let n = 0; n < keys.length; n += 1) {
      const key = keys[(turn + n) % keys.length];
      if (key === undefined) continue;
      const shortage = key.meter.shortage(options.limits, 0, moment());
      if (shortage === undefined) {
        turn = (turn + n + 1) % keys.length;
        send(one, key);
        return true;
      }
      freeInMs = Math.min(freeInMs, shortage.freeInMs);
    }
    return nowMs + freeInMs;
  };
  for (; open > 0; nowMs += STEP_MS) {
    options.meanwhile?.(nowMs);
    for (; (arriving[0]?.arrivesMs ?? Number.POSITIVE_INFINITY) <= nowMs; ) {
      const next = arriving.shift();
      if (next !== undefined) wait(next);
    }
    for (const act of agenda.get(nowMs) ?? []) act();
    agenda.delete(nowMs);
    for (const one of line.expired(nowMs)) finish(one, 'expired');
    line.serve(nowMs, serve);
  }
}
