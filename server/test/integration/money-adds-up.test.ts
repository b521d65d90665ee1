// Every place that tells of money tells the same (features 9.9 to 9.11, BAR 4 and 5): attempts, rows, roll-ups, metrics,
// budgets and `sluice usage`, to a thousand-millionth of a dollar, over exchanges of every kind and every end, and over a
// restart in the midst of them.

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Client } from '../../src/config/settings.ts';
import { spendingFrom } from '../../src/exchange/money/ask-spending.ts';
import type { LedgerClosing, LedgerOpening, Prices } from '../../src/exchange/ports.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics/metrics.ts';
import { openStores } from '../../src/stores/open.ts';
import { readUsage } from '../../src/stores/sqlite/usage.ts';
import { begin, until } from '../kit/client.ts';
import { clientWithKey, type Gateway, settingsOf } from '../kit/gateway.ts';
import { alice, sumOf } from '../kit/money.ts';
import { BOB, CAROL, deedsOf, MIXED, ODD_PRICE, type Plan, plansOf, requestOf } from '../kit/money-mix.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { temporaryFolder } from '../stores/folder.ts';

const PRICES: Prices = { of: () => ODD_PRICE };
const TOTAL = { period: 'total', warnAt: 0.8, status: 429 } as const;
const CLIENTS: readonly Client[] = [
  alice(1e12, TOTAL),
  { ...clientWithKey('bob', BOB), budgets: [{ ...TOTAL, nanoUsd: 6_000_000 }] },
  clientWithKey('carol', CAROL),
];

interface Closed {
  readonly opening: LedgerOpening;
  readonly closing: LedgerClosing;
}

/** A gateway with the real store, and everything that it has closed. */
interface Running {
  readonly gateway: Gateway;
  readonly stores: Extract<Awaited<ReturnType<typeof openStores>>, { ok: true }>;
  readonly metrics: Metrics;
  /** Exchanges that have begun. */
  opened(): number;
}

async function started(path: string, origins: readonly string[], closed: Closed[]): Promise<Running> {
  const opened = await openStores({ location: path, retentionDays: 0, onTrouble: () => undefined });
  if (!opened.ok) throw new Error(opened.message);
  const { ledger, state, keep, queries } = opened;
  onTestFinished(() => ledger.shut());
  const [one = '', two = '', three = ''] = origins;
  const timeouts = { idleMs: 400, headersMs: 400, firstOutputMs: 800 };
  const setup = {
    ...MIXED,
    upstreams: [
      { id: 'all', origin: one, timeouts },
      { id: 'chat', origin: two, dialects: ['openai-chat'], timeouts },
      { id: 'messages', origin: three, dialects: ['anthropic-messages'], timeouts },
    ] as const,
    clients: CLIENTS,
  };
  const metrics = createMetrics({ settings: () => settingsOf(setup), redact: (text) => text });
  onTestFinished(() => metrics.close());
  let begun = 0;
  const gateway = await gatewayWith({
    ...setup,
    prices: PRICES,
    state,
    keep,
    spending: spendingFrom(queries, ledger),
    observers: [metrics.observer, { closed: (opening, closing) => void closed.push({ opening, closing }) }],
    parts: {
      ledger: {
        open: (opening) => {
          begun += 1;
          return ledger.open(opening);
        },
        flush: () => ledger.flush(),
      },
    },
  });
  await gateway.app.restore();
  return { gateway, stores: opened, metrics, opened: () => begun };
}

const AT_ONCE = 16;

async function play(gateway: Gateway, plans: readonly Plan[], first: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < plans.length; at = next++) {
      const plan = plans[at];
      if (plan === undefined) return;
      const call = begin(gateway.port, requestOf(plan, first + at));
      if (plan.leaves === 'head') void call.head.then(() => call.leave('reset'));
      else if (plan.leaves !== undefined) setTimeout(() => call.leave('close'), plan.leaves);
      await call.done;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Nano-US-dollars of a counter in dollars, by client. */
function counted(page: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, client = '', value] of page.matchAll(
    /^sluice_cost_usd_total\{[^}]*client="([^"]*)"[^}]*\} (\S+)$/gm,
  ))
    sums.set(client, (sums.get(client) ?? 0) + Number(value) * 1e9);
  return sums;
}

const purseOf = (gateway: Gateway, client: string) =>
  gateway.app.memory.pool.places
    .at('client', client)
    .purse?.look([{ ...TOTAL, nanoUsd: 0 }], 'UTC', Date.now())[0];

describe('over exchanges of every kind', () => {
  test.each([11, 12])(
    '9.9 9.10 9.11 all who tell of money agree, over a restart, too (seed %i)',
    async (seed) => {
      const servers = [await provider(deedsOf()), await provider(deedsOf()), await provider(deedsOf())];
      const origins = servers.map(({ origin }) => origin);
      const path = join(temporaryFolder(), 'sluice.db');
      const closed: Closed[] = [];
      const plans = plansOf(seed, 320);

      const before = await started(path, origins, closed);
      await play(before.gateway, plans.slice(0, 160), 0);
      await until(() => closed.length === before.opened());
      // What is in flight is ended by the restart.
      const cut = play(before.gateway, plans.slice(160, 190), 160);
      const firstAfter = closed.length;
      await until(() => before.opened() > firstAfter + 10);
      await before.gateway.stop();
      await cut;
      await before.stores.ledger.flush();
      const pageEnd = counted(await before.metrics.page());
      expect(closed.length).toBe(before.opened());
      await before.stores.ledger.shut();

      const carried = closed.length;
      const after = await started(path, origins, closed);
      const byAlice = closed.filter(({ opening }) => opening.clientId === 'alice');
      expect(purseOf(after.gateway, 'alice')?.spentNanoUsd).toBe(
        sumOf(byAlice.map(({ closing }) => closing.cost)),
      );
      await play(after.gateway, plans.slice(190), 190);
      await until(() => closed.length === carried + after.opened());
      await after.stores.ledger.flush();
      const page = counted(await after.metrics.page());

      // The mixture is one.
      const rows = closed.map(({ closing }) => closing);
      const has = (is: (row: LedgerClosing) => boolean): number => rows.filter(is).length;
      const lost = rows.flatMap(({ tries = [] }) => tries).filter(({ end }) => end === 'lost');
      expect(has(({ cost }) => cost?.state === 'exact')).toBeGreaterThan(30);
      expect(has(({ cost }) => cost?.state === 'estimated')).toBeGreaterThan(15);
      expect(has(({ aborted }) => aborted)).toBeGreaterThan(10);
      expect(has(({ cache }) => cache === 'hit')).toBeGreaterThan(3);
      expect(has(({ errorCode }) => errorCode === 'budget_exceeded')).toBeGreaterThan(5);
      expect(lost.some(({ cost }) => cost !== undefined)).toBe(true);

      // Attempts and their row.
      for (const row of rows) {
        const parts = Object.values(row.cost?.parts ?? {}).reduce(
          (sum: number, part: number) => sum + part,
          0,
        );
        expect(parts).toBe(row.cost?.totalNanoUsd ?? 0);
        if (row.tries !== undefined)
          expect(sumOf(row.tries.map(({ cost }) => cost))).toBe(row.cost?.totalNanoUsd ?? 0);
        if (row.cache === 'hit') expect(row.cost).toBeUndefined();
      }

      const { queries } = after.stores;
      const period = { fromMs: 0, toMs: Date.now() + 86_400_000 };
      const usage = await readUsage(path, { sinceMs: undefined, untilMs: undefined, by: 'client' });
      if (!usage.ok) throw new Error(usage.message);
      for (const client of ['alice', 'bob', 'carol']) {
        const mine = closed
          .filter(({ opening }) => opening.clientId === client)
          .map(({ closing }) => closing);
        const sum = sumOf(mine.map(({ cost }) => cost));
        expect(sum).toBeGreaterThan(0);
        const totals = await queries.ask('totals', { period, only: { client: [client] } });
        const spending = await queries.ask('spending', { clients: [{ id: client, sinceMs: 0 }] });
        const budget = client === 'carol' ? undefined : purseOf(after.gateway, client);
        expect({
          rows: mine.length,
          rolledUp: totals.ok && totals.answer.costNanoUsd,
          spending: spending.ok && spending.answer[0],
          metrics: Math.round((pageEnd.get(client) ?? 0) + (page.get(client) ?? 0)),
          usage: usage.result.groups.find(({ name }) => name === client)?.costNanoUsd,
          budget: budget?.spentNanoUsd ?? sum,
          held: budget?.heldNanoUsd ?? 0,
        }).toEqual({
          rows: mine.length,
          rolledUp: sum,
          spending: sum,
          metrics: sum,
          usage: sum,
          budget: sum,
          held: 0,
        });
      }

      // What is on disk, and sums by everything that they can be told apart by.
      const whole = sumOf(rows.map(({ cost }) => cost));
      const all = await queries.ask('totals', { period });
      expect(all.ok && [all.answer.costNanoUsd, all.answer.requests]).toEqual([whole, rows.length]);
      for (const by of ['model', 'upstream', 'key', 'client', 'route'] as const) {
        const groups = await queries.ask('groups', { period, by });
        expect(groups.ok && groups.answer.reduce((sum, { totals }) => sum + totals.costNanoUsd, 0)).toBe(
          whole,
        );
      }
      for (const row of rows) {
        const stored = await queries.ask('exchange', { id: row.id });
        const detail = stored.ok ? stored.answer : undefined;
        expect(detail?.closing?.cost).toEqual(row.cost);
        const tries = row.tries?.toSorted((one, other) => one.ordinal - other.ordinal) ?? [];
        // An only attempt has no row of its own.
        if (tries.length > 0)
          expect(detail?.attempts.map(({ cost }) => cost?.totalNanoUsd)).toEqual(
            tries.map(({ cost }) => cost?.totalNanoUsd),
          );
      }
    },
    120_000,
  );
});
