// A short soak: for some seconds good requests, every row of the fault matrix and clients that leave are mixed at random. No
// good request fails, nothing hangs, and at the end nothing is open.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { begin, until } from '../kit/client.ts';
import { runCell } from '../kit/fault-cell.ts';
import { applies, faultRows, HEALTHY } from '../kit/fault-rows.ts';
import { type FaultSetting, healthyTurn, LOUD_MODEL, startFaultSetting } from '../kit/fault-setting.ts';
import { notWhole } from '../kit/strict-reading.ts';
import { wires } from '../kit/wire.ts';

const SOAK_MS = 10_000;
const ENOUGH = 100;
const AT_ONCE = 24;

/** Numbers in [0, 1) that are the same in every run: xorshift32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const random = numbers(0x51ce);
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

describe('some seconds of mixed traffic', () => {
  const settings = new Map<DialectId, FaultSetting>();

  beforeAll(async () => {
    for (const to of DIALECT_IDS) settings.set(to, await startFaultSetting(to));
  });
  afterAll(async () => {
    for (const setting of settings.values()) await setting.stop();
  });

  let number = 0;

  /** A request whose provider is healthy. */
  async function good(setting: FaultSetting, from: DialectId): Promise<string | undefined> {
    const model = `${LOUD_MODEL}soak-${number++}`;
    setting.scripts.set(model, healthyTurn);
    const answer = await begin(setting.alone.port, wires[from].request(model, true, 'Hello')).done;
    setting.scripts.delete(model);
    return answer.status === 200
      ? notWhole(from, answer.text(), HEALTHY)
      : `status ${answer.status} for a good request`;
  }

  /** A client that leaves in the middle of an answer, or before it. */
  async function leaving(setting: FaultSetting, from: DialectId): Promise<undefined> {
    const model = `${LOUD_MODEL}soak-${number++}`;
    const waits = random() < 0.5;
    let asked = false;
    const call = begin(setting.both.port, wires[from].request(model, random() < 0.7, 'Hello'));
    setting.scripts.set(model, (turn) => {
      asked = true;
      if (waits) return;
      turn.head(200, { 'Content-Type': turn.stream ? 'text/event-stream' : 'application/json' });
      turn.piece(
        wires[turn.dialect]
          .events(model, 'So')
          .slice(0, wires[turn.dialect].prelude + 1)
          .join(''),
      );
    });
    await until(() => asked);
    call.leave(random() < 0.5 ? 'reset' : 'close');
    await call.done;
    setting.scripts.delete(model);
  }

  async function one(): Promise<string | undefined> {
    const to = oneOf(DIALECT_IDS);
    const from = oneOf(DIALECT_IDS);
    const setting = settings.get(to);
    if (setting === undefined) return 'The gateway did not start.';
    const dice = random();
    if (dice < 0.5) return good(setting, from);
    if (dice < 0.6) return leaving(setting, from);
    const row = oneOf(faultRows);
    const stream = row.json === undefined || (row.stream !== undefined && random() < 0.6);
    if (!applies(row, from, to, stream)) return undefined;
    const run = await runCell(setting, { row, from, to, stream, second: random() < 0.7 });
    return run.wrong === undefined ? undefined : `${run.row} (${from} of ${to}): ${run.wrong}`;
  }

  test('6.6 no good request fails, nothing hangs and nothing is open at the end', async () => {
    const endsAt = performance.now() + SOAK_MS;
    const wrong: string[] = [];
    let done = 0;
    const worker = async (): Promise<void> => {
      // And on until there was enough of it, where the machine is slow.
      while (performance.now() < endsAt || done <= ENOUGH) {
        const failure = await one();
        done += 1;
        if (failure !== undefined) wrong.push(failure);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(wrong).toEqual([]);
    expect(done).toBeGreaterThan(ENOUGH);
    for (const setting of settings.values()) {
      await until(() => setting.open().every((count) => count === 0), 3_000).catch(() => undefined);
      expect(setting.open().filter((count) => count !== 0)).toEqual([]);
      await until(() => setting.lateConnections().length === 0, 3_000).catch(() => undefined);
      expect(setting.lateConnections()).toEqual([]);
      expect(setting.defects()).toEqual([]);
      for (const { opened, closed } of [setting.both, setting.alone])
        expect(new Set(closed.map(({ id }) => id)).size).toBe(opened.length);
    }
  }, 120_000);
});
