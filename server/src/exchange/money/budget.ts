// The budgets of the caller: the most that a request may cost is reserved before any upstream is asked, and what it did
// cost takes the place of that when it is over. Nothing of this is done for clients without budgets.

import type { Client } from '../../config/settings.ts';
import type { Budget, BudgetPeriod } from '../../core/budgets/budget.ts';
import { type BudgetState, type Hold, Purse, type Shortfall, type Wish } from '../../core/budgets/purse.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { usdText } from '../../core/pricing/money.ts';
import type { Exchange } from '../context.ts';
import type { Place } from '../pool/places.ts';
import type { Pool, Selection } from '../pool/pool.ts';
import type { BudgetUse } from './budget-use.ts';
import { worstCost } from './worst-cost.ts';

/** A request that may be paid for by the members that are left, or why not. */
export type Granted =
  | { readonly ok: true; readonly use: BudgetUse; readonly members: Selection['members'] }
  | { readonly ok: false; readonly error: SluiceError };

/** A client that has budgets. */
type Budgeted = Client & { readonly budgets: readonly Budget[] };

/** The client, where it has budgets. */
export function budgetedClient(client: Client | undefined): Budgeted | undefined {
  return client?.budgets === undefined || client.budgets.length === 0 ? undefined : (client as Budgeted);
}

/** The purse of a client; made when it is first needed. */
export function purseOf(pool: Pool, clientId: string): Purse {
  const place = pool.places.at('client', clientId);
  place.purse ??= new Purse();
  return place.purse;
}

/** How the budgets of a client stand; empty where it has none. */
export function budgetsOf(pool: Pool, client: Client, timeZone: string): readonly BudgetState[] {
  const { budgets } = client;
  if (budgets === undefined) return [];
  return purseOf(pool, client.id).look(budgets, timeZone, pool.now().epochMs);
}

/** Headers of an answer that nothing was held for; none while it is not known what the client has spent before. */
export function unchangedBudget({ inbound, memory, ports, settings }: Exchange): string[] {
  const client = budgetedClient(inbound.client);
  if (client === undefined) return [];
  const purse = purseOf(memory.pool, client.id);
  if (ports.spending !== undefined && !purse.informed) return [];
  return budgetHeaders(purse.look(client.budgets, settings.limits.timeZone, memory.pool.now().epochMs), 0);
}

/** Reserves for a request of a client with budgets. */
export function reserve(exchange: Exchange, client: Budgeted, selection: Selection): Granted {
  const { memory, settings } = exchange;
  const worst = worstCost(exchange, selection, client.unpricedModels === 'allow');
  if ('code' in worst) return { ok: false, error: worst };
  const { timeZone } = settings.limits;
  const place = memory.pool.places.at('client', client.id);
  const purse = purseOf(memory.pool, client.id);
  const { epochMs } = memory.pool.now();
  const hold = purse.reserve(client.budgets, worst, timeZone, epochMs);
  if ('why' in hold)
    return { ok: false, error: refusal(client, hold, worst.worstNanoUsd, epochMs, timeZone) };
  changed(memory.pool, place);
  return { ok: true, use: useOf(exchange, client, purse, hold), members: worst.members };
}

/** Notes what all gateways that share the budgets have let in; `spentNanoUsd`: what they have spent, where that is known. */
export function held(
  exchange: Exchange,
  client: Budgeted,
  wish: Wish,
  spentNanoUsd: readonly number[] | undefined,
): BudgetUse {
  const { pool } = exchange.memory;
  const { timeZone } = exchange.settings.limits;
  const purse = purseOf(pool, client.id);
  const { epochMs } = pool.now();
  if (spentNanoUsd !== undefined) purse.hear(spentNanoUsd, timeZone, epochMs);
  const hold = purse.hold(wish.worstNanoUsd, timeZone, epochMs);
  changed(pool, pool.places.at('client', client.id));
  return useOf(exchange, client, purse, hold);
}

/** The error where all gateways together have no money left. */
export function noMoney(
  { memory, settings }: Exchange,
  client: Client,
  short: Omit<Shortfall, 'resetAtMs'>,
  worstNanoUsd: number,
): SluiceError {
  const { timeZone } = settings.limits;
  const { epochMs } = memory.pool.now();
  const [state] = purseOf(memory.pool, client.id).look([short.budget], timeZone, epochMs);
  const resetAtMs = state?.resetAtMs ?? Number.POSITIVE_INFINITY;
  return refusal(client, { ...short, resetAtMs }, worstNanoUsd, epochMs, timeZone);
}

function useOf({ memory, settings }: Exchange, client: Budgeted, purse: Purse, hold: Hold): BudgetUse {
  const { timeZone } = settings.limits;
  return {
    headers: (costNanoUsd) => {
      const states = purse.look(client.budgets, timeZone, memory.pool.now().epochMs);
      return budgetHeaders(states, costNanoUsd);
    },
    end: (costNanoUsd) => {
      // What belongs to a period that is over is not booked in the new one.
      purse.look([], timeZone, memory.pool.now().epochMs);
      purse.settle(hold, costNanoUsd);
      changed(memory.pool, memory.pool.places.at('client', client.id));
    },
  };
}

function changed(pool: Pool, place: Place): void {
  pool.standings.unsaved.add(place, 'use');
}

// ------------------------------------------------------------------------------------------ words

const PERIODS: Readonly<Record<BudgetPeriod, string>> = {
  day: ' per day',
  week: ' per week',
  month: ' per month',
  total: ' in all',
};

const nameOf = ({ nanoUsd, period }: Budget): string => `${usdText(nanoUsd)} USD${PERIODS[period]}`;

/** When another request will be over cannot be known. */
const SOON_MS = 1_000;

function refusal(
  { id }: Client,
  { why, budget, leftNanoUsd, resetAtMs }: Shortfall,
  worstNanoUsd: number,
  epochMs: number,
  timeZone: string,
): SluiceError {
  const waitMs = resetAtMs - epochMs;
  const renewal = Number.isFinite(waitMs)
    ? `It begins anew in ${waitText(waitMs)}, at ${new Date(resetAtMs).toISOString()} (${timeZone}).`
    : 'It does not begin anew: waiting will not help. Whoever runs the gateway can raise it.';
  const retry = Number.isFinite(waitMs) ? { retryAfterMs: waitMs } : {};
  if (why === 'spent')
    return sluiceError('budget_exceeded', `The client "${id}" has spent its budget of ${nameOf(budget)}.`, {
      status: budget.status,
      kind: 'quota',
      suggestion: renewal,
      ...retry,
    });
  const left = `${usdText(leftNanoUsd)} USD are left of the budget of ${nameOf(budget)} of the client "${id}"`;
  if (why === 'too-dear')
    return sluiceError(
      'budget_exceeded',
      `${left}, and this request may cost up to ${usdText(worstNanoUsd)} USD.`,
      {
        status: budget.status,
        kind: 'quota',
        suggestion: `Ask for less output or for a cheaper model. ${renewal}`,
        ...retry,
      },
    );
  return sluiceError('budget_exceeded', `${left}, and its requests in flight may need them.`, {
    suggestion: 'Try again when another request has ended.',
    retryAfterMs: SOON_MS,
  });
}

/** A wait in words, the two largest units. */
function waitText(waitMs: number): string {
  const minutes = Math.max(1, Math.ceil(waitMs / 60_000));
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor((minutes % 1_440) / 60);
  const parts = [counted(days, 'day'), counted(hours, 'hour'), counted(minutes % 60, 'minute')];
  return parts
    .filter((part) => part !== '')
    .slice(0, 2)
    .join(' ');
}

function counted(number: number, unit: string): string {
  if (number === 0) return '';
  return number === 1 ? `1 ${unit}` : `${number} ${unit}s`;
}

/** Of several budgets the one of which least is left is told of. */
function budgetHeaders(states: readonly BudgetState[], costNanoUsd: number): string[] {
  const [first, ...others] = states;
  if (first === undefined) return [];
  const tightest = others.reduce((one, other) => (other.leftNanoUsd < one.leftNanoUsd ? other : one), first);
  const headers = ['x-sluice-budget-remaining-usd', usdText(tightest.leftNanoUsd - costNanoUsd)];
  if (Number.isFinite(tightest.resetAtMs))
    headers.push('x-sluice-budget-reset', new Date(tightest.resetAtMs).toISOString());
  const warnings = states.flatMap(({ budget, spentNanoUsd }) => {
    const spent = spentNanoUsd + costNanoUsd;
    if (spent === 0 || spent < budget.nanoUsd * budget.warnAt) return [];
    const share = budget.nanoUsd === 0 ? 100 : Math.floor((100 * spent) / budget.nanoUsd);
    return [`${share}% of ${nameOf(budget)} spent`];
  });
  if (warnings.length > 0) headers.push('x-sluice-budget-warning', warnings.join(', '));
  return headers;
}
