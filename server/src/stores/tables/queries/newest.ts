// The newest exchanges of a ledger, for whoever reads it once and has no need to do anything in between.

import type { LedgerQuestions } from '../../../exchange/ledger-queries.ts';
import type { StoreDriver } from '../driver.ts';
import { exchanges } from './exchanges.ts';

/** What exchanges are asked for. */
export type ExchangesAsk = LedgerQuestions['exchanges']['ask'];
/** They, the newest first; `next` where there are more. */
export type ExchangesFound = LedgerQuestions['exchanges']['answer'];

/** As many as are asked for, however far back the last of them stands. Throws StoreFailure. */
export function newestExchanges(driver: StoreDriver, ask: ExchangesAsk): ExchangesFound {
  const rows: ExchangesFound['rows'][number][] = [];
  let before = ask.before;
  for (;;) {
    const rest = { ...ask, limit: ask.limit - rows.length, ...(before === undefined ? {} : { before }) };
    const page = pageOf(driver, rest);
    rows.push(...page.rows);
    if (page.next === undefined || rows.length >= ask.limit) return { rows, next: page.next };
    before = page.next;
  }
}

function pageOf(driver: StoreDriver, ask: ExchangesAsk): ExchangesFound {
  const steps = exchanges({ path: undefined, driver, nowMs: Date.now() }, ask);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
