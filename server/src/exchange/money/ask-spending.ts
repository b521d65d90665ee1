// What a client has spent is counted here and saved; the ledger may know of more, as when a budget is new or the saved
// state was lost. It is asked once for each client, before the first request that a budget concerns.

import { BUDGET_PERIODS } from '../../core/budgets/budget.ts';
import type { Purse } from '../../core/budgets/purse.ts';
import type { LedgerQueries } from '../ledger-queries.ts';
import type { Pool } from '../pool/pool.ts';
import type { Deadline, Ledger, Ports, Spending } from '../ports.ts';
import { budgetedClient, purseOf } from './budget.ts';

/** No request waits longer for the ledger; what it says later still counts. */
const WITHIN_MS = 1_000;
/** A ledger that has not answered is asked again after this time. */
const AGAIN_MS = 30_000;

const asking = new WeakMap<Purse, Promise<void>>();

/** Resolves when the ledger has told what the client has spent, or is not to be waited for; undefined: nothing is to be asked. */
export function informed(
  ports: Pick<Ports, 'spending' | 'clock' | 'deadlines'>,
  pool: Pool,
  purse: Purse,
  clientId: string,
  timeZone: string,
): Promise<void> | undefined {
  const { spending } = ports;
  if (spending === undefined || purse.informed) return undefined;
  let asked = asking.get(purse);
  if (asked === undefined) {
    asked = within(ports, ask(spending, pool, purse, clientId, timeZone));
    asking.set(purse, asked);
    const forget: Deadline = {
      dueMs: ports.clock.monotonicMs() + AGAIN_MS,
      place: -1,
      expired: () => {
        ports.deadlines.remove(forget);
        asking.delete(purse);
      },
    };
    ports.deadlines.add(forget);
  }
  return asked;
}

/** Asks for every client that has budgets, so that what they have spent can be shown before they come. Nobody waits for it. */
export function informAll(
  ports: Pick<Ports, 'spending' | 'clock' | 'deadlines' | 'settings'>,
  pool: Pool,
): void {
  const { clients, limits } = ports.settings();
  for (const client of clients)
    if (budgetedClient(client) !== undefined)
      void informed(ports, pool, purseOf(pool, client.id), client.id, limits.timeZone);
}

async function ask(
  spending: Spending,
  pool: Pool,
  purse: Purse,
  clientId: string,
  timeZone: string,
): Promise<void> {
  const startsMs = purse.begins(timeZone, pool.now().epochMs);
  const sums = await spending.since(clientId, startsMs);
  if (sums?.length === BUDGET_PERIODS.length) purse.inform(startsMs, sums);
}

function within(
  { clock, deadlines }: Pick<Ports, 'clock' | 'deadlines'>,
  work: Promise<void>,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      deadlines.remove(deadline);
      resolve();
    };
    const deadline: Deadline = { dueMs: clock.monotonicMs() + WITHIN_MS, place: -1, expired: done };
    deadlines.add(deadline);
    work.then(done, done);
  });
}

/** A ledger, and where it tells, how many rows wait for its database. */
interface Flushed extends Pick<Ledger, 'flush'> {
  stats?(): { readonly waiting: number };
}

/** The ledger's knowledge of spending, by its questions. Rows that are not on disk yet are waited for: they cost, too. */
export function spendingFrom(queries: LedgerQueries, ledger: Flushed): Spending {
  return {
    since: async (clientId, sinceMs) => {
      await ledger.flush();
      // What is safe elsewhere, because the database is away, is in no sum yet.
      if ((ledger.stats?.().waiting ?? 0) > 0) return undefined;
      const clients = sinceMs.map((since) => ({ id: clientId, sinceMs: since }));
      const told = await queries.ask('spending', { clients });
      return told.ok ? told.answer : undefined;
    },
  };
}
