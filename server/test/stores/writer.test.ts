// What the ledger does while the disk does not take its rows. The driver is the port at which the faults are made.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { openDriver } from '../../src/stores/sqlite/open-driver.ts';
import { type StartWriter, startInPlace } from '../../src/stores/sqlite/thread.ts';
import { readUsage } from '../../src/stores/sqlite/usage.ts';
import { Backlog } from '../../src/stores/tables/backlog.ts';
import type { OpenDriver, StoreValue } from '../../src/stores/tables/driver.ts';
import { InFlight, type OpenEntry } from '../../src/stores/tables/in-flight.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import { isDone, RowBuffer, rowValues } from '../../src/stores/tables/rows.ts';
import { TEXT_COLUMNS } from '../../src/stores/tables/schema.ts';
import type { UsageTotals } from '../../src/stores/tables/usage.ts';
import { faultyDriver } from './engines.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

async function openWith(
  path: string,
  driver: OpenDriver,
): Promise<{ ledger: StoredLedger; troubles: string[] }> {
  const troubles: string[] = [];
  const opened = await openLedger({
    path,
    retentionDays: 90,
    onTrouble: (message) => troubles.push(message),
    startWriter: startInPlace(driver),
  });
  if (!opened.ok) throw new Error(opened.message);
  onTestFinished(() => opened.ledger.shut());
  return { ledger: opened.ledger, troubles };
}

async function totals(path: string): Promise<UsageTotals> {
  const reading = await readUsage(path, { sinceMs: undefined, untilMs: undefined, by: 'client' });
  if (!reading.ok) throw new Error(reading.message);
  return reading.result.total;
}

async function requests(path: string): Promise<number> {
  return (await totals(path)).requests;
}

describe('while the disk does not take rows', () => {
  it.each([
    ['full', /The disk is full: free some space/],
    ['readonly', /Make the file and its folder writable/],
    ['locked', /Another program has locked it: close that program/],
    ['io', /The disk reports errors/],
  ] as const)(
    '(%s) rows wait in memory, the operator hears it once, and all are written afterwards',
    async (trouble, words) => {
      const path = join(temporaryFolder(), 'sluice.db');
      const faulty = faultyDriver(openDriver);
      const { ledger, troubles } = await openWith(path, faulty.openDriver);
      faulty.trouble = trouble;
      for (let i = 0; i < 1500; i++) {
        ledger.open(opening(`x${i}`)).close(closing(`x${i}`));
      }
      await expect.poll(() => troubles.length).toBe(1);
      expect(troubles[0]).toMatch(words);
      expect(troubles[0]).toContain('Requests are served meanwhile');
      expect(ledger.stats().unconfirmed).toBe(1500);
      faulty.trouble = undefined;
      await ledger.flush();
      expect(troubles[1]).toBe(`The ledger writes to ${path} again.`);
      expect(troubles.length).toBe(2);
      expect(ledger.stats()).toEqual({ written: 1500, lost: 0, waiting: 0, unsummed: 0, unconfirmed: 0 });
      expect(await requests(path)).toBe(1500);
    },
  );

  it('shutting down does not hang, and says how many exchanges are lost', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const faulty = faultyDriver(openDriver);
    const { ledger, troubles } = await openWith(path, faulty.openDriver);
    faulty.trouble = 'full';
    ledger.open(opening('a'));
    ledger.open(opening('b'));
    await ledger.shut();
    expect(troubles.at(-1)).toMatch(/was closed; 2 exchanges could not be kept/);
  });

  it('a file found damaged at run time is moved aside, and what is in flight continues in a new one', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sluice.db');
    const faulty = faultyDriver(openDriver);
    const { ledger, troubles } = await openWith(path, faulty.openDriver);
    const entry = ledger.open(opening('in-flight', { conversationId: 'talk' }));
    await ledger.flush();
    faulty.trouble = 'corrupt';
    ledger.open(opening('next'));
    const flushed = ledger.flush();
    await expect.poll(() => troubles.length).toBeGreaterThan(0);
    faulty.trouble = undefined;
    await flushed;
    entry.close(closing('in-flight'));
    await ledger.shut();
    expect(troubles[0]).toMatch(/was damaged\. It was moved to .*sluice\.db\.corrupt-/);
    expect(readdirSync(folder).some((name) => name.startsWith('sluice.db.corrupt-'))).toBe(true);
    expect(await requests(path)).toBe(2);
  });

  it('a file that is removed while the gateway runs is replaced', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sluice.db');
    const { ledger, troubles } = await openWith(path, openDriver);
    const entry = ledger.open(opening('a'));
    await ledger.flush();
    for (const name of readdirSync(folder)) {
      if (name.startsWith('sluice.db') && !name.endsWith('.owner'))
        rmSync(join(folder, name), { recursive: true });
    }
    await expect.poll(() => troubles, { timeout: 8_000 }).toEqual([expect.stringContaining('was removed')]);
    entry.close(closing('a'));
    await ledger.shut();
    expect(await requests(path)).toBe(1);
  });
});

describe('a writer that dies', () => {
  it('is started again, and neither what ran nor what came meanwhile is lost or taken for interrupted', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const troubles: string[] = [];
    let kill = (): void => undefined;
    const mortal: StartWriter = (settings, listener) => {
      const thread = startInPlace(openDriver)(settings, {
        ...listener,
        message: (message) =>
          message.kind === 'stopped' ? listener.died('made up') : listener.message(message),
      });
      kill = () => thread.post({ kind: 'stop' });
      return thread;
    };
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: (message) => troubles.push(message),
      startWriter: mortal,
    });
    if (!opened.ok) throw new Error(opened.message);
    const { ledger } = opened;
    onTestFinished(() => ledger.shut());
    const running = ledger.open(opening('running'));
    await ledger.flush();
    kill();
    await expect.poll(() => troubles).toEqual([expect.stringContaining('it is started again')]);
    ledger.open(opening('meanwhile')).close(closing('meanwhile'));
    await expect.poll(() => totals(path), { timeout: 5_000 }).toMatchObject({ requests: 2, open: 1 });
    running.close(closing('running'));
    await ledger.shut();
    expect(await totals(path)).toMatchObject({ requests: 2, open: 0, interrupted: 0 });
  });
});

describe('the backlog', () => {
  it('keeps the newest batches within its limit and counts the rows of the others', () => {
    const backlog = new Backlog(5);
    for (let number = 1; number <= 4; number++) {
      const rows = new RowBuffer(2, undefined);
      rows.addOpen(2 * number, opening(`a${number}`));
      rows.addOpen(2 * number + 1, opening(`b${number}`));
      backlog.accept(rows.take(number));
    }
    expect(backlog.batches.map((batch) => batch.number)).toEqual([3, 4]);
    expect([backlog.size, backlog.lost]).toEqual([4, 4]);
    backlog.abandon();
    expect([backlog.size, backlog.lost]).toEqual([0, 8]);
  });
});

describe('what is in flight', () => {
  it('gets rising numbers, also when the clock is set back or an older database had higher ones', () => {
    const inFlight = new InFlight(() => undefined);
    const numbers = [5, 5, 3, 7].map((receivedAtMs) => inFlight.add(opening('a', { receivedAtMs })).number);
    expect(numbers).toEqual([5000, 5001, 5002, 7000]);
    inFlight.beyond(9000);
    expect(inFlight.add(opening('b', { receivedAtMs: 8 })).number).toBe(9001);
  });

  it('makes at most one row of an exchange per batch, the last one complete, however batches are cut', () => {
    const moves = fc.array(
      fc.tuple(fc.nat(9), fc.constantFrom('open', 'close', 'close again', 'post', 'forget')),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(moves, (steps) => {
        const rows = new RowBuffer(400, undefined);
        const inFlight = new InFlight((entry, end) => rows.addDone(entry.number, entry.opening, end));
        const running: OpenEntry[] = [];
        const ended: OpenEntry[] = [];
        const stored = new Map<number, { id: StoreValue; done: boolean }>();
        const post = (): void => {
          for (let entry = inFlight.post(); entry !== undefined; entry = inFlight.post()) {
            rows.addOpen(entry.number, entry.opening);
          }
          const batch = rows.take(1);
          const seen = new Set<number>();
          for (let row = 0; row < batch.rows; row++) {
            const values = rowValues(batch, row);
            const number = Number(values[TEXT_COLUMNS.length]);
            expect(seen.has(number) || stored.get(number)?.done).not.toBe(true);
            seen.add(number);
            stored.set(number, { id: values[0] ?? null, done: isDone(batch, row) });
          }
        };
        for (const [n, move] of steps) {
          if (move === 'open') running.push(inFlight.add(opening(`x${running.length + ended.length}`)));
          if (move === 'close' && running.length > 0) {
            const [entry] = running.splice(n % running.length, 1);
            if (entry === undefined) continue;
            entry.close(closing(entry.opening.id));
            ended.push(entry);
          }
          if (move === 'close again') ended[n]?.close(closing('again'));
          if (move === 'post') post();
          if (move === 'forget') inFlight.forgetPosted();
        }
        post();
        const expected = new Map<number, { id: string; done: boolean }>();
        for (const { number, opening: first } of running) expected.set(number, { id: first.id, done: false });
        for (const { number, opening: first } of ended) expected.set(number, { id: first.id, done: true });
        expect(stored).toEqual(expected);
      }),
    );
  });
});
