// What three instances are put through, one after the other, and what came of it. The test judges these figures, and
// `npm run e2e:cluster` prints them.

import { CLIENTS, type Cluster, LIMITS, type Row } from './cluster.ts';
import { statuses, took, worstMinute } from './figures.ts';
import { type Answer, run } from './load.ts';
import { FAIL_TIMEOUT_MS } from './nginx.ts';

/** A provider's key with limits, asked for far more. */
export interface KeyFigures {
  readonly statuses: Readonly<Record<number, number>>;
  readonly worstMinute: number;
  readonly mostAtOnce: number;
  readonly withoutRedis: number;
}

/** Asks through all instances for more than one key may be used for, for as long as using it up takes. */
export async function keyLimits(cluster: Cluster): Promise<KeyFigures> {
  const { balancer, upstream } = cluster;
  upstream.forget();
  const answers = await run({
    origin: balancer.origin,
    key: CLIENTS.free,
    model: 'narrow-1',
    atOnce: 24,
    forMs: 8_000,
    isEnough: () => upstream.arrivals.length >= LIMITS.keyRpm,
    pauseMs: 25,
  });
  return {
    statuses: statuses(answers),
    worstMinute: worstMinute(upstream.arrivals),
    mostAtOnce: upstream.mostAtOnce,
    withoutRedis: withoutRedis(cluster),
  };
}

/** A client with a limit, asking for more. */
export interface ClientFigures {
  readonly statuses: Readonly<Record<number, number>>;
  readonly worstMinute: number;
  readonly withoutRedis: number;
}

/** A client asks three times what it may. */
export async function clientLimits(cluster: Cluster): Promise<ClientFigures> {
  const { balancer, upstream } = cluster;
  upstream.forget();
  const answers = await run({
    origin: balancer.origin,
    key: CLIENTS.limited,
    model: 'counted-1',
    atOnce: 24,
    count: LIMITS.clientRpm * 3,
  });
  return {
    statuses: statuses(answers),
    worstMinute: worstMinute(upstream.arrivals),
    withoutRedis: withoutRedis(cluster),
  };
}

/** A client with a budget, asking for more. */
export interface BudgetFigures {
  readonly statuses: Readonly<Record<number, number>>;
  readonly spentNanoUsd: number;
  readonly budgetNanoUsd: number;
  readonly withoutRedis: number;
}

/** A client asks for several times what it has money for. */
export async function budget(cluster: Cluster): Promise<BudgetFigures> {
  const answers = await run({
    origin: cluster.balancer.origin,
    key: CLIENTS.thrifty,
    model: 'counted-1',
    atOnce: 12,
    count: 240,
    pauseMs: 20,
  });
  const own = await rowsOf(cluster, answers);
  return {
    statuses: statuses(answers),
    spentNanoUsd: sum(own, ({ cost_nano_usd }) => cost_nano_usd),
    budgetNanoUsd: LIMITS.budgetNanoUsd,
    withoutRedis: withoutRedis(cluster),
  };
}

/** What the ledger says beside what happened. */
export interface LedgerFigures {
  readonly answered: number;
  readonly arrived: number;
  readonly rows: number;
  readonly tokens: { readonly input: number; readonly cached: number; readonly output: number };
  readonly costNanoUsd: number;
  readonly tookMs: { readonly p50: number; readonly p99: number };
}

/** So many requests as fast as they go; then the ledger is added up. */
export async function exactLedger(cluster: Cluster, count: number): Promise<LedgerFigures> {
  cluster.upstream.forget();
  const answers = await run({
    origin: cluster.balancer.origin,
    key: CLIENTS.free,
    model: 'counted-1',
    atOnce: 16,
    count,
  });
  const own = await rowsOf(cluster, answers);
  return {
    answered: statuses(answers)[200] ?? 0,
    arrived: cluster.upstream.arrivals.length,
    rows: own.length,
    tokens: {
      input: sum(own, ({ input_uncached }) => input_uncached),
      cached: sum(own, ({ input_cache_read }) => input_cache_read),
      output: sum(own, ({ output_text }) => output_text),
    },
    costNanoUsd: sum(own, ({ cost_nano_usd }) => cost_nano_usd),
    tookMs: { p50: took(answers, 200, 0.5), p99: took(answers, 200, 0.99) },
  };
}

/** What a dead instance leaves behind. */
export interface KilledFigures {
  readonly statuses: Readonly<Record<number, number>>;
  /** Answered, more than `window` before the death or by the others, and in the ledger as anything but done. */
  readonly lost: number;
  readonly doubled: number;
  /** Rows that were open when it died, and say so. */
  readonly interrupted: number;
  /** Rows that are neither done nor interrupted at the end. */
  readonly open: number;
  /** Answers that the others gave between its death and its return. */
  readonly meanwhile: number;
}

/** What was answered so shortly before a kill may be missing, as on one machine: rows are written a few times a second. */
const KILL_WINDOW_MS = 250;

/** Kills one instance under load, and starts it again while the load goes on. */
export async function killedInstance(cluster: Cluster): Promise<KilledFigures> {
  const before = new Set((await cluster.rows(() => true)).map(({ id }) => id));
  const [victim] = cluster.instances;
  if (victim === undefined) throw new Error('There is no instance.');
  const load = run({
    origin: cluster.balancer.origin,
    key: CLIENTS.free,
    model: 'counted-1',
    atOnce: 12,
    forMs: 8_000,
  });
  await pause(2_000);
  const killedAtMs = performance.now();
  await victim.kill();
  await pause(2_000);
  const startedAtMs = performance.now();
  await victim.start();
  const answers = await load;
  const settled = (rows: readonly Row[]): boolean =>
    rows.every((row) => before.has(row.id) || row.state !== 'open');
  const rows = (await cluster.rows(settled)).filter(({ id }) => !before.has(id));
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  const windowMs = KILL_WINDOW_MS + slowestBefore(answers, killedAtMs);
  const isSafe = ({ atMs, status }: Answer): boolean =>
    status === 200 && (atMs < killedAtMs - windowMs || atMs > killedAtMs + KILL_WINDOW_MS);
  return {
    statuses: statuses(answers),
    lost: answers.filter((answer) => isSafe(answer) && states.get(answer.id) !== 'done').length,
    doubled: rows.length - states.size,
    interrupted: rows.filter(({ state }) => state === 'interrupted').length,
    open: rows.filter(({ state }) => state === 'open').length,
    meanwhile: answers.filter(({ atMs, status }) => status === 200 && atMs > killedAtMs && atMs < startedAtMs)
      .length,
  };
}

/** How long the slowest answer of the last second took: for that long the machine may have kept the writers waiting, too. */
function slowestBefore(answers: readonly Answer[], momentMs: number): number {
  const last = answers.filter(({ atMs }) => atMs > momentMs - 1_000 && atMs <= momentMs);
  return Math.max(0, ...last.map(({ tookMs }) => tookMs));
}

/** What a rolling restart leaves behind. */
export interface RollingFigures {
  readonly statuses: Readonly<Record<number, number>>;
  /** How each instance ended. */
  readonly exitCodes: readonly (number | null)[];
  /** The longest time from SIGTERM to the end of a process. */
  readonly slowestStopMs: number;
  /** Rows of the answered requests, and how many of them are done. */
  readonly rows: number;
  readonly done: number;
}

/** How often every instance is restarted: what goes wrong by chance must have many chances. */
const ROUNDS = 2;

/** Ends every instance in good order and starts it again, one after the other, under load. */
export async function rollingRestart(cluster: Cluster): Promise<RollingFigures> {
  const { balancer, instances } = cluster;
  let over = false;
  const load = run({
    origin: balancer.origin,
    key: CLIENTS.free,
    model: 'counted-1',
    atOnce: 12,
    isOver: () => over,
  });
  const exitCodes: (number | null)[] = [];
  let slowestStopMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const instance of instances) {
      const beganMs = performance.now();
      exitCodes.push(await instance.stop());
      slowestStopMs = Math.max(slowestStopMs, performance.now() - beganMs);
      await instance.start();
      // Until nginx asks it again.
      await pause(FAIL_TIMEOUT_MS);
    }
  }
  over = true;
  const answers = await load;
  const rows = await rowsOf(
    cluster,
    answers.filter(({ status }) => status === 200),
  );
  return {
    statuses: statuses(answers),
    exitCodes,
    slowestStopMs: Math.round(slowestStopMs),
    rows: rows.length,
    done: rows.filter(({ state }) => state === 'done').length,
  };
}

/**
 * Instances that have missed an answer of Redis for 50 ms so far, as happens where the machine is too busy: such a one lets in
 * its part while the others go on together, and they may then be above a limit by that part (docs/guide/scaling.md).
 */
function withoutRedis({ instances }: Cluster): number {
  return instances.filter((instance) => /Redis server at \S+ does not answer/.test(instance.output())).length;
}

/** The rows of the requests that were answered, once all of them are there and have ended. */
async function rowsOf(cluster: Cluster, answers: readonly Answer[]): Promise<Row[]> {
  const ids = new Set(answers.map(({ id }) => id));
  const own = (rows: readonly Row[]): Row[] => rows.filter(({ id }) => ids.has(id));
  const rows = await cluster.rows(
    (all) => own(all).length >= ids.size && own(all).every(({ state }) => state !== 'open'),
  );
  return own(rows);
}

function sum(rows: readonly Row[], of: (row: Row) => string | number | null): number {
  return rows.reduce((total, row) => total + Number(of(row) ?? 0), 0);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
