// Thirty days of traffic that never was, in the ledger before the gateway starts: the same in every run, seen from the
// moment at which it is made. Written by the built server's own writer, so that sums and details are as they would be.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClientName, Naming } from './cast.ts';
import type { PastRequest } from './past-attempts.ts';
import { exchangeOf, type PastExchange } from './past-exchange.ts';
import { SESSION_KINDS, type SessionKind } from './past-sessions.ts';
import { Chance } from './random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 30;
/** Six days and some hours ago an upstream had a bad time. */
const BAD_TIME = { fromMs: 6 * DAY_MS + 2 * HOUR_MS, toMs: 6 * DAY_MS - HOUR_MS, trouble: 0.55 };
const USUAL_TROUBLE = 0.06;
const SEED = 20;
const BATCH_ROWS = 1_000;
const NOW_HOUR = 15;

/** What is asked of the past. */
export interface PastWishes {
  readonly rows: number;
  readonly nowMs: number;
  readonly naming: Naming;
  readonly clients: boolean;
}

/** US dollars of the budgets that the clients have: so much that what they spent is an interesting part of it. */
export interface Budgets {
  readonly ciDayUsd: number;
  readonly ciMonthUsd: number;
  readonly batchMonthUsd: number;
}

/** Hours from UTC to where it is the middle of an afternoon now: there the past has its days and nights. */
function stageOffsetHours(nowMs: number): number {
  const offset = NOW_HOUR - new Date(nowMs).getUTCHours();
  return offset > 12 ? offset - 24 : offset < -11 ? offset + 24 : offset;
}

/** The name of that time zone, for browsers. */
export function stageTimeZone(nowMs: number = Date.now()): string {
  const offset = stageOffsetHours(nowMs);
  // These names count westwards.
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** Makes about so many exchanges, oldest first. */
export function makePast(wishes: PastWishes): readonly PastExchange[] {
  const chance = new Chance(SEED);
  const requests = SESSION_KINDS.flatMap((kind) => sessionsOf(kind, wishes, chance));
  requests.sort((one, other) => one.atMs - other.atMs);
  return requests.map((request) => exchangeOf(chance, request, wishes.naming));
}

function sessionsOf(kind: SessionKind, { rows, nowMs, clients }: PastWishes, chance: Chance): PastRequest[] {
  const requests: PastRequest[] = [];
  const wanted = rows * kind.share;
  while (requests.length < wanted) {
    const atMs = momentOf(kind, nowMs, chance);
    const agoMs = nowMs - atMs;
    const bad = agoMs < BAD_TIME.fromMs && agoMs > BAD_TIME.toMs;
    const trouble = bad ? BAD_TIME.trouble : USUAL_TROUBLE;
    const made = kind.make({ atMs, chance, clients, trouble });
    // What would still be on its way is left out: it never ends.
    requests.push(
      ...made
        .map((request) => ({ ...request, atMs: Math.floor(request.atMs) }))
        .filter((request) => request.atMs < nowMs - 120_000),
    );
  }
  return requests;
}

/** On the stage it is always Wednesday, so that it looks the same on every day; Sunday is 0. */
function stageWeekday(thereMs: number, nowMs: number): number {
  const today = Math.floor((nowMs + stageOffsetHours(nowMs) * HOUR_MS) / DAY_MS);
  return (((Math.floor(thereMs / DAY_MS) - today + 3) % 7) + 7) % 7;
}

/** A moment at which this kind of session begins: more of them in busy hours, and more of late. */
function momentOf(kind: SessionKind, nowMs: number, chance: Chance): number {
  for (;;) {
    const agoMs = chance.next() * DAYS * DAY_MS;
    const thereMs = nowMs - agoMs + stageOffsetHours(nowMs) * HOUR_MS;
    const hour = new Date(thereMs).getUTCHours();
    const weekend = stageWeekday(thereMs, nowMs) % 6 === 0;
    const growth = 1 - (0.45 * agoMs) / (DAYS * DAY_MS);
    if (chance.happens(kind.busy(hour, weekend) * growth)) return nowMs - agoMs;
  }
}

/** Budgets of which the past has used up a good part. */
export function budgetsFor(past: readonly PastExchange[], nowMs: number): Budgets {
  const now = new Date(nowMs);
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const spent = (client: ClientName, sinceMs: number): number => {
    let nanoUsd = 0;
    for (const { opening, closing } of past)
      if (opening.clientId === client && opening.receivedAtMs >= sinceMs)
        nanoUsd += closing.cost?.totalNanoUsd ?? 0;
    return nanoUsd / 1e9;
  };
  const rounded = (usd: number, share: number, usual: number): number =>
    usd === 0 ? usual : Math.ceil((usd / share) * 2) / 2;
  return {
    ciDayUsd: rounded(spent('ci', dayMs), 0.4, 5),
    ciMonthUsd: rounded(spent('ci', monthMs), 0.7, 10),
    batchMonthUsd: rounded(spent('night-batch', monthMs), 0.88, 5),
  };
}

/** A module of the built server: the gateway that will read the file is the built one, too. */
const built = (name: string): string =>
  new URL(`../../../server/dist/stores/${name}.js`, import.meta.url).href;

/** Writes exchanges into a new database. */
export async function writePast(database: string, past: readonly PastExchange[]): Promise<void> {
  await mkdir(dirname(database), { recursive: true, mode: 0o700 });
  const { openForWriting }: typeof import('../../../server/src/stores/sqlite/database.ts') = await import(
    /* @vite-ignore */ built('sqlite/database')
  );
  const { openDriver }: typeof import('../../../server/src/stores/sqlite/open-driver.ts') = await import(
    /* @vite-ignore */ built('sqlite/open-driver')
  );
  const { RowWriter }: typeof import('../../../server/src/stores/sqlite/row-writer.ts') = await import(
    /* @vite-ignore */ built('sqlite/row-writer')
  );
  const { Backlog }: typeof import('../../../server/src/stores/tables/backlog.ts') = await import(
    /* @vite-ignore */ built('tables/backlog')
  );
  const { RowBuffer }: typeof import('../../../server/src/stores/tables/rows.ts') = await import(
    /* @vite-ignore */ built('tables/rows')
  );
  const { driver, newest } = await openForWriting(database, openDriver);
  const writer = new RowWriter(driver, newest);
  let number = 0;
  for (let first = 0; first < past.length; first += BATCH_ROWS) {
    const buffer = new RowBuffer(BATCH_ROWS, undefined);
    for (const { opening, closing } of past.slice(first, first + BATCH_ROWS)) {
      number = Math.max(number + 1, opening.receivedAtMs * 1_000);
      buffer.addDone(number, opening, closing);
    }
    const backlog = new Backlog(Number.POSITIVE_INFINITY);
    backlog.accept(buffer.take(first));
    writer.write(backlog);
  }
  driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  driver.close();
}
