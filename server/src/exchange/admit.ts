// The limits and budgets of the caller: what does not fit into them is refused before any upstream is asked.

import type { SluiceError } from '../core/model/error.ts';
import { withinLimits } from './client-limits.ts';
import type { Exchange } from './context.ts';
import { informed } from './money/ask-spending.ts';
import { budgetedClient, held, noMoney, purseOf, reserve } from './money/budget.ts';
import { worstCost } from './money/worst-cost.ts';
import type { Selection } from './pool/pool.ts';
import type { RawHeaders } from './ports.ts';
import type { SharedLimits } from './shared/limits-port.ts';

/** A request that was let in, or why not. */
export type Admission =
  | {
      readonly ok: true;
      /** Whom it may be sent to. */
      readonly selection: Selection;
      /** The request is over. `usedTokens` undefined: nobody has told, so what was reckoned with counts. */
      end(usedTokens: number | undefined): void;
    }
  | { readonly ok: false; readonly error: SluiceError; readonly headers: RawHeaders };

type Client = NonNullable<Exchange['inbound']['client']>;

const NOTHING_TO_END = (): void => undefined;

/**
 * Lets a request in that may be sent to the members of the selection. `free`: it will not be sent, and uses nothing. Only
 * where other gateways share the limits of the client somebody has to be asked, and the answer takes a moment.
 */
export function admit(
  exchange: Exchange,
  selection: Selection,
  free = false,
): Admission | Promise<Admission> {
  const { client } = exchange.inbound;
  if (client === undefined || exchange.use === 'count-tokens')
    return { ok: true, selection, end: NOTHING_TO_END };
  const budgeted = free ? undefined : budgetedClient(client);
  const { sharedLimits } = exchange.ports;
  if (sharedLimits !== undefined && (client.limits !== undefined || budgeted !== undefined))
    return admitAmongAll(exchange, sharedLimits, client, selection, free);
  const within = withinLimits(exchange, client, free ? 0 : selection.tokens);
  if (!within.ok) return within;
  if (budgeted === undefined) return { ok: true, selection, end: (usedTokens) => within.end(usedTokens) };
  const granted = reserve(exchange, budgeted, selection);
  if (!granted.ok) {
    within.unsent();
    return { ok: false, error: granted.error, headers: [] };
  }
  const { use, members } = granted;
  exchange.record.budget = use;
  return {
    ok: true,
    selection: members === selection.members ? selection : { ...selection, members },
    end: (usedTokens) => {
      within.end(usedTokens);
      use.end(exchange.record.cost?.totalNanoUsd ?? 0);
    },
  };
}

/** What has to happen before admit() can know what the client has spent; undefined: nothing. */
export function beforeAdmission({
  inbound,
  memory,
  ports,
  settings,
  use,
}: Exchange): Promise<void> | undefined {
  const client = use === 'count-tokens' ? undefined : budgetedClient(inbound.client);
  if (client === undefined) return undefined;
  const { pool } = memory;
  return informed(ports, pool, purseOf(pool, client.id), client.id, settings.limits.timeZone);
}

/** The same with limits and budgets that are those of all gateways together: both are asked for in one question. */
async function admitAmongAll(
  exchange: Exchange,
  shared: SharedLimits,
  client: Client,
  selection: Selection,
  free: boolean,
): Promise<Admission> {
  const { settings, memory, record } = exchange;
  const tokens = free ? 0 : selection.tokens;
  const within = withinLimits(exchange, client, tokens);
  if (!within.ok) return within;
  const budgeted = free ? undefined : budgetedClient(client);
  const worst =
    budgeted === undefined ? undefined : worstCost(exchange, selection, budgeted.unpricedModels === 'allow');
  if (worst !== undefined && 'code' in worst) {
    within.unsent();
    return { ok: false, error: worst, headers: [] };
  }
  const answer = await shared.take({
    claims: client.limits === undefined ? [] : [{ place: `client\n${client.id}`, limits: client.limits }],
    tokens,
    policy: settings.limits,
    money:
      budgeted === undefined || worst === undefined
        ? undefined
        : {
            client: client.id,
            budgets: budgeted.budgets,
            worstNanoUsd: worst.worstNanoUsd,
            bounded: worst.bounded,
            spentNanoUsd: purseOf(memory.pool, client.id).spent(
              settings.limits.timeZone,
              memory.pool.now().epochMs,
            ),
          },
  });
  if (!answer.ok) {
    within.unsent();
    if (answer.why === 'limit') return within.refuse(answer.shortage);
    return { ok: false, error: noMoney(exchange, client, answer, worst?.worstNanoUsd ?? 0), headers: [] };
  }
  const use =
    budgeted === undefined || worst === undefined
      ? undefined
      : held(exchange, budgeted, worst, answer.spentNanoUsd);
  if (use !== undefined) record.budget = use;
  const members = worst?.members ?? selection.members;
  return {
    ok: true,
    selection: members === selection.members ? selection : { ...selection, members },
    end: (usedTokens) => {
      const costNanoUsd = record.cost?.totalNanoUsd ?? 0;
      within.end(usedTokens);
      use?.end(costNanoUsd);
      shared.settle(answer, usedTokens ?? tokens, costNanoUsd);
    },
  };
}
