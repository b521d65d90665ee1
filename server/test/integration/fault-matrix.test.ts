// The fault matrix: every place at which a provider can fail × the format of the client × same or converted × stream or
// whole, with a healthy second candidate and without. Prints itself as a table (`npm run fault-matrix` shows only that).

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { DeadlineBoard } from '../../src/exchange/deadlines.ts';
import { until } from '../kit/client.ts';
import { type CellRun, runCell } from '../kit/fault-cell.ts';
import { applies, faultRows } from '../kit/fault-rows.ts';
import { type FaultSetting, startFaultSetting } from '../kit/fault-setting.ts';
import { columnsOf, tableOf } from '../kit/fault-table.ts';

const boards: DeadlineBoard[] = vi.hoisted(() => []);

vi.mock('../../src/exchange/deadlines.ts', async (original) => {
  const real = await original<typeof import('../../src/exchange/deadlines.ts')>();
  return {
    ...real,
    createDeadlines: (...parameters: Parameters<typeof real.createDeadlines>) => {
      const board = real.createDeadlines(...parameters);
      boards.push(board);
      return board;
    },
  };
});

/** So many at once: enough to use the machine, too few to be slow by themselves. */
const AT_ONCE = 12;
/** Hundreds of requests each. */
const LONG = { timeout: 120_000 };

const settings = new Map<DialectId, FaultSetting>();
const runs: CellRun[] = [];

beforeAll(async () => {
  for (const to of DIALECT_IDS) settings.set(to, await startFaultSetting(to));
});

afterAll(async () => {
  for (const setting of settings.values()) await setting.stop();
  const shown = [true, false].map((second) => {
    const title = second ? 'With a healthy second candidate' : 'Without another candidate';
    const own = runs.filter((run) => run.second === second);
    return `${title}\n${tableOf(faultRows, columnsOf(own), own)}`;
  });
  // biome-ignore lint/suspicious/noConsole: the table is what this test is for.
  console.log(`\n${shown.join('\n\n')}\n`);
});

interface Job {
  readonly row: (typeof faultRows)[number];
  readonly from: DialectId;
  readonly to: DialectId;
  readonly stream: boolean;
}

function jobsOf(from: DialectId): Job[] {
  return faultRows.flatMap((row) =>
    DIALECT_IDS.flatMap((to) =>
      [true, false]
        .filter((stream) => applies(row, from, to, stream))
        .map((stream) => ({ row, from, to, stream })),
    ),
  );
}

async function runAll(from: DialectId, second: boolean): Promise<CellRun[]> {
  const jobs = jobsOf(from);
  const own: CellRun[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const setting = settings.get(job.to);
      if (setting !== undefined) own.push(await runCell(setting, { ...job, second }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  runs.push(...own);
  return own;
}

const wrongOf = (own: readonly CellRun[]): string[] =>
  own.flatMap(({ row, from, to, stream, wrong }) =>
    wrong === undefined ? [] : [`${row} (${from} of ${to}, ${stream ? 'stream' : 'whole'}): ${wrong}`],
  );

/** What is still there when nothing more goes away. */
async function settled<T>(left: () => T[]): Promise<T[]> {
  await until(() => left().length === 0, 3_000).catch(() => undefined);
  return left();
}

describe.each(DIALECT_IDS)('a client of %s', (from) => {
  test(
    '6.6 notices nothing of a fault before output where there is a second candidate, and hears one error of its format after it',
    LONG,
    async () => {
      const own = await runAll(from, true);
      expect(own).toHaveLength(jobsOf(from).length);
      expect(wrongOf(own)).toEqual([]);
    },
  );

  test('6.6 hears one clear error of its format where there is nobody else', LONG, async () => {
    const own = await runAll(from, false);
    expect(own).toHaveLength(jobsOf(from).length);
    expect(wrongOf(own)).toEqual([]);
  });
});

describe('after all of them', () => {
  test('nothing is open: no exchange, no wait, no deadline, no connection to a provider that failed', async () => {
    expect(boards).toHaveLength(2 * DIALECT_IDS.length);
    for (const setting of settings.values()) {
      expect(await settled(() => setting.open().filter((count) => count !== 0))).toEqual([]);
      expect(await settled(() => setting.lateConnections())).toEqual([]);
      expect(setting.defects()).toEqual([]);
    }
    expect(await settled(() => boards.filter(({ size }) => size !== 0))).toEqual([]);
  });
});
