// Roll-ups say what the rows say: whatever is written, however often, and whatever fails.

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIMENSIONS, type Dimension, type Selected } from '../../src/exchange/ledger-queries.ts';
import { openForWriting } from '../../src/stores/sqlite/database.ts';
import { exchanges } from '../../src/stores/sqlite/migrations/0001-exchanges.ts';
import { applyMigrations } from '../../src/stores/sqlite/migrations/apply.ts';
import { RowWriter } from '../../src/stores/sqlite/row-writer.ts';
import { Writer } from '../../src/stores/sqlite/writer.ts';
import { Backlog } from '../../src/stores/tables/backlog.ts';
import type { OpenDriver, StoreDriver } from '../../src/stores/tables/driver.ts';
import type { FromWriter } from '../../src/stores/tables/messages.ts';
import { type Found, fromRollUps, fromRows } from '../../src/stores/tables/queries/collect.ts';
import type { Steps } from '../../src/stores/tables/queries/questions.ts';
import { BINS, binOf, percentile } from '../../src/stores/tables/rollup/histogram.ts';
import { RowBuffer } from '../../src/stores/tables/rows.ts';
import { ENGINES, faultyDriver, LEDGERS, rowsOf } from './engines.ts';
import { closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;

function run<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Everything found, in an order of its own. */
function plain(found: readonly Found[] | undefined): unknown {
  return (found ?? [])
    .map(({ slot, name, sums }) => [slot, name, [...sums.figures], [...sums.durations], [...sums.ttfts]])
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

interface Made {
  readonly agoMs: number;
  readonly model: string;
  readonly client: string | undefined;
  readonly key: string;
  readonly failed: boolean;
  readonly durationMs: number;
}

function batchOf(made: readonly Made[], number: number): Backlog {
  const buffer = new RowBuffer(Math.max(1, made.length), undefined);
  const nowMs = Date.now();
  for (const [i, { agoMs, model, client, key, failed, durationMs }] of made.entries()) {
    const receivedAtMs = nowMs - agoMs;
    buffer.addDone(
      receivedAtMs * 1000 + number * 100 + i,
      opening(`x${number}-${i}`, { receivedAtMs, clientId: client }),
      closing(`x${number}-${i}`, {
        endedAtMs: receivedAtMs + durationMs,
        modelServed: failed ? undefined : model,
        modelAsked: model,
        keyId: key,
        status: failed ? 500 : 200,
        firstOutputAtMs: failed ? undefined : receivedAtMs + durationMs / 2,
        cost: cost(30),
      }),
    );
  }
  const backlog = new Backlog();
  backlog.accept(buffer.take(number));
  return backlog;
}

const exchange: fc.Arbitrary<Made> = fc.record({
  agoMs: fc.nat(20 * DAY_MS),
  model: fc.constantFrom('a', 'b', 'c'),
  client: fc.constantFrom('alice', 'bob', undefined),
  key: fc.constantFrom('k1', 'k2'),
  failed: fc.boolean(),
  durationMs: fc.nat(100_000),
});

describe.each(LEDGERS)('roll-ups on %s', (_name, tested) => {
  const path = (): string => join(temporaryFolder(), 'sluice.db');

  test('9.2 say the same as the rows, for any selection and grouping', async () => {
    const names: Selected[] = [
      {},
      { client: ['alice'] },
      { client: ['alice', ''], model: ['a'] },
      { client: ['bob'], model: ['a', 'b'], key: ['k1'] },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(exchange, { maxLength: 20 }), { maxLength: 4 }), async (batches) => {
        const { driver, write } = await tested.openTables(path());
        for (const [number, made] of batches.entries()) write(batchOf(made, number));
        const source = { path: '', driver, nowMs: Date.now() };
        // Whole days, so that nothing depends on how finely the past is kept.
        const toMs = Math.ceil((source.nowMs + 1) / DAY_MS) * DAY_MS;
        const period = { fromMs: toMs - 40 * DAY_MS, toMs };
        const groupings: (Dimension | undefined)[] = [undefined, ...DIMENSIONS];
        for (const only of names)
          for (const by of groupings)
            for (const bucketMs of [Number.POSITIVE_INFINITY, DAY_MS]) {
              const wanted = { period, only, by, bucketMs };
              expect(plain(run(fromRollUps(source, wanted)))).toEqual(plain(run(fromRows(source, wanted))));
            }
        driver.close();
      }),
      { numRuns: 12 },
    );
  }, 180_000);

  test('19 a client that makes up names of models makes no more than 500 of them, and served ones go on', async () => {
    const { driver, write } = await tested.openTables(path());
    const made = (count: number, failed: boolean): Made[] =>
      Array.from({ length: count }, (_, i) => ({
        agoMs: 1_000,
        model: `${failed ? 'made-up' : 'real'}-${i}`,
        client: 'bob',
        key: 'k1',
        failed,
        durationMs: 10,
      }));
    write(batchOf(made(900, true), 1));
    write(batchOf(made(3, false), 2));
    expect(driver.prepare('SELECT count(*) AS n FROM rollup_names WHERE dimension = 0').all([])).toEqual([
      { n: 503 },
    ]);
    const source = { path: '', driver, nowMs: Date.now() };
    const wanted = {
      period: { fromMs: source.nowMs - HOUR_MS, toMs: source.nowMs + HOUR_MS },
      only: {},
      by: 'model' as const,
      bucketMs: Number.POSITIVE_INFINITY,
    };
    const found = run(fromRollUps(source, wanted));
    expect(found.find(({ name }) => name === undefined)?.sums.figures[0]).toBe(400);
    expect(found.find(({ name }) => name === 'real-2')?.sums.figures[0]).toBe(1);
    driver.close();
  });
});

describe.each(ENGINES)('roll-ups in a file of %s', (_name, openDriver) => {
  const path = (): string => join(temporaryFolder(), 'sluice.db');

  async function opened(open: OpenDriver, file: string): Promise<{ driver: StoreDriver; writer: RowWriter }> {
    const { driver, newest } = await openForWriting(file, open);
    return { driver, writer: new RowWriter(driver, newest) };
  }

  test('count an exchange once, however often it is written, and one that was cut off not at all', async () => {
    const file = path();
    const said: FromWriter[] = [];
    const rows = (): Promise<unknown> =>
      rowsOf(openDriver, file, 'SELECT requests, cost FROM rollup_days WHERE mask = 0');
    const batch = (number: number, done: boolean): ReturnType<RowBuffer['take']> => {
      const buffer = new RowBuffer(2, undefined);
      const first = opening('a', { receivedAtMs: Date.now() });
      if (done) buffer.addDone(5_000, first, closing('a', { cost: cost(30) }));
      else buffer.addOpen(5_000, first);
      return buffer.take(number);
    };
    const write = async (...batches: ReturnType<RowBuffer['take']>[]): Promise<void> => {
      const writer = new Writer({ path: file, retentionDays: 0 }, openDriver, (message) =>
        said.push(message),
      );
      await writer.start();
      for (const one of batches) writer.hear({ kind: 'batch', batch: one });
      await writer.stop();
    };
    await write(batch(1, false));
    expect(await rows()).toEqual([]);
    await write(batch(1, false), batch(2, true), batch(2, true));
    expect(await rows()).toEqual([{ requests: 1, cost: 30 }]);
    // A thread that was started again is given its last batches once more.
    await write(batch(1, false), batch(2, true));
    expect(await rows()).toEqual([{ requests: 1, cost: 30 }]);
    expect(said.filter(({ kind }) => kind === 'trouble')).toEqual([]);
  });

  test('take in the rows of an older version a little at a time, each once', async () => {
    const file = path();
    const old = await openDriver({ path: file, readOnly: false });
    old.exec(`PRAGMA application_id = ${0x53_6c_75_63}`);
    await applyMigrations(old, { '0001-exchanges': exchanges });
    const atMs = Date.now() - DAY_MS;
    old.exec(`INSERT INTO exchanges (number, id, state, received_at_ms, ended_at_ms, route, use, status, model_served)
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)
      SELECT ${atMs * 1000} + i, 'old' || i, CASE i % 5 WHEN 0 THEN 'interrupted' ELSE 'done' END, ${atMs}, ${atMs},
        'chat', 'generate', 200, 'old-model' FROM n`);
    old.close();
    const { driver, writer } = await opened(openDriver, file);
    const { filling } = writer;
    expect(filling.done).toBe(false);
    filling.step(Date.now());
    writer.write(
      batchOf([{ agoMs: 0, model: 'a', client: 'bob', key: 'k', failed: false, durationMs: 5 }], 1),
    );
    expect(filling.done).toBe(false);
    while (!filling.done) filling.step(Date.now());
    const sums = driver.prepare('SELECT sum(requests) AS n FROM rollup_days WHERE mask = 0').all([]);
    expect(sums).toEqual([{ n: 2_001 }]);
    driver.close();
    const again = await opened(openDriver, file);
    expect(again.writer.filling.done).toBe(true);
    again.driver.close();
  });

  test('27 that cannot be written keep no row out: a defect is told, a full disk makes all wait', async () => {
    const file = path();
    const faulty = faultyDriver(openDriver);
    const said: FromWriter[] = [];
    const writer = new Writer({ path: file, retentionDays: 0 }, faulty.openDriver, (message) =>
      said.push(message),
    );
    await writer.start();
    const batch = (number: number): ReturnType<RowBuffer['take']> => {
      const buffer = new RowBuffer(1, undefined);
      buffer.addDone(number * 1_000, opening(`x${number}`), closing(`x${number}`));
      return buffer.take(number);
    };
    faulty.words = 'rollup_hours';
    faulty.trouble = 'other';
    writer.hear({ kind: 'batch', batch: batch(1) });
    expect(said.at(-1)).toMatchObject({ kind: 'stored', counts: { written: 1, unsummed: 1 } });
    expect(said.some((one) => one.kind === 'trouble' && /could not sum up/.test(one.message))).toBe(true);
    faulty.trouble = 'full';
    writer.hear({ kind: 'batch', batch: batch(2) });
    faulty.trouble = undefined;
    await writer.stop();
    expect(await rowsOf(openDriver, file, 'SELECT id FROM exchanges ORDER BY number')).toEqual([
      { id: 'x1' },
      { id: 'x2' },
    ]);
    expect(
      await rowsOf(openDriver, file, 'SELECT sum(requests) AS n FROM rollup_hours WHERE mask = 0'),
    ).toEqual([{ n: 1 }]);
  });
});

describe('a histogram', () => {
  test('tells percentiles to 5 %', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 8, max: 10_000_000 }), { minLength: 1 }), (times) => {
        const bins = new Float64Array(BINS);
        for (const ms of times) bins[binOf(ms)] = (bins[binOf(ms)] ?? 0) + 1;
        const sorted = [...times].sort((a, b) => a - b);
        for (const part of [0.5, 0.95, 0.99]) {
          const exact = sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
          expect(Math.abs(percentile(bins, part) - exact) / exact).toBeLessThan(0.051);
        }
      }),
    );
  });
});
