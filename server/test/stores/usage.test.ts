import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openNodeDriver } from '../../src/stores/sqlite/driver.node.ts';
import { openWasmDriver } from '../../src/stores/sqlite/driver.wasm.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { hasNodeSqlite } from '../../src/stores/sqlite/open-driver.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import { readUsage } from '../../src/stores/sqlite/usage.ts';
import type { OpenDriver } from '../../src/stores/tables/driver.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import type { UsageGrouping, UsageQuestion, UsageReport } from '../../src/stores/tables/usage.ts';
import { closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

// The engine that this Node uses by itself: what the owner file names.
const native: OpenDriver = hasNodeSqlite()
  ? async (options) => openNodeDriver(options)
  : async (options) => openWasmDriver(options);

async function open(path: string): Promise<StoredLedger> {
  const opened = await openLedger({
    path,
    retentionDays: 0,
    onTrouble: () => undefined,
    startWriter: startInPlace(native),
  });
  if (!opened.ok) throw new Error(opened.message);
  onTestFinished(() => opened.ledger.shut());
  return opened.ledger;
}

async function report(
  path: string,
  question: Partial<UsageQuestion> & { by: UsageGrouping },
): Promise<UsageReport> {
  const reading = await readUsage(path, { sinceMs: undefined, untilMs: undefined, ...question });
  if (!reading.ok) throw new Error(reading.message);
  return reading.result;
}

describe('usage totals', () => {
  it('sum disjoint buckets, and tell errors from clients that left and from exchanges that never ended', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    ledger.open(opening('ok')).close(closing('ok', { cost: cost(36) }));
    ledger
      .open(opening('bad'))
      .close(closing('bad', { status: 502, errorCode: 'upstream_closed', usage: undefined }));
    ledger.open(opening('left')).close(
      closing('left', {
        status: 499,
        errorCode: 'client_closed',
        aborted: true,
        cost: cost(0, { state: 'unpriced' }),
      }),
    );
    ledger.open(opening('running'));
    await ledger.flush();
    const { groups, total } = await report(path, { by: 'upstream' });
    expect(groups.map(({ name, requests }) => [name, requests])).toEqual([
      ['anthropic', 3],
      [null, 1],
    ]);
    expect(total).toEqual({
      requests: 4,
      errors: 1,
      aborted: 1,
      interrupted: 0,
      open: 1,
      inputUncached: 200,
      inputCacheRead: 80,
      inputCacheWrite: 12,
      inputAudio: 0,
      outputText: 100,
      outputReasoning: 14,
      outputAudio: 0,
      costNanoUsd: 36,
      unpriced: 1,
    });
  });

  it('group by the model that was served, or asked for where none was', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    ledger.open(opening('a')).close(closing('a', { modelAsked: 'fast', modelServed: 'big-1' }));
    ledger
      .open(opening('b'))
      .close(closing('b', { modelAsked: 'unheard-of', modelServed: undefined, status: 404 }));
    await ledger.flush();
    expect((await report(path, { by: 'model' })).groups.map(({ name }) => name)).toEqual([
      'big-1',
      'unheard-of',
    ]);
  });

  it('count a period from its first millisecond to before its last, by local day', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    const at = (day: number, hour: number): number => new Date(2026, 9, day, hour).getTime();
    // The last Sunday of October has 25 hours in much of Europe.
    for (const [id, receivedAtMs] of [
      ['a', at(24, 23)],
      ['b', at(25, 0)],
      ['c', at(25, 23)],
      ['d', at(26, 0)],
    ] as const) {
      ledger.open(opening(id, { receivedAtMs })).close(closing(id));
    }
    await ledger.flush();
    expect((await report(path, { by: 'day' })).groups.map(({ name, requests }) => [name, requests])).toEqual([
      ['2026-10-24', 1],
      ['2026-10-25', 2],
      ['2026-10-26', 1],
    ]);
    const day = await report(path, { by: 'day', sinceMs: at(25, 0), untilMs: at(26, 0) });
    expect(day.total.requests).toBe(2);
  });

  it('of an empty ledger are zero', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    await (await open(path)).flush();
    const { groups, total } = await report(path, { by: 'model' });
    expect([groups, total.requests, total.inputUncached]).toEqual([[], 0, 0]);
  });

  it('say what to do when there is no ledger, or none that can be read', async () => {
    const folder = temporaryFolder();
    const question: UsageQuestion = { sinceMs: undefined, untilMs: undefined, by: 'model' };
    expect(await readUsage(join(folder, 'none.db'), question)).toEqual({
      ok: false,
      message: expect.stringContaining('It is made when the gateway starts'),
    });
    expect(await readUsage(folder, question)).toEqual({
      ok: false,
      message: expect.stringContaining('cannot be read'),
    });
  });

  it('stay right while a gateway writes, leave its files alone, and leave nothing behind', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const ledger = await open(path);
    const scratch = temporaryFolder();
    vi.stubEnv('TMPDIR', scratch);
    onTestFinished(() => void vi.unstubAllEnvs());
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 50; j++) {
        ledger.open(opening(`x${i}-${j}`)).close(closing(`x${i}-${j}`));
      }
      const written = ledger.flush();
      const { total } = await report(path, { by: 'client' });
      expect([i * 50, (i + 1) * 50]).toContain(total.requests);
      await written;
    }
    const before = statSync(path).mtimeMs;
    expect((await report(path, { by: 'client' })).total.requests).toBe(2000);
    expect(statSync(path).mtimeMs).toBe(before);
    expect(readdirSync(scratch)).toEqual([]);
  });
});
