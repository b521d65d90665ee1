// What the ledger does while the disk does not take its rows. The driver is the port at which the faults are made.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Backlog } from '../../src/stores/sqlite/backlog.ts';
import { type OpenDriver, SqliteFailure, type SqliteTrouble } from '../../src/stores/sqlite/driver.ts';
import { openLedger, type StoredLedger } from '../../src/stores/sqlite/ledger.ts';
import { openDriver } from '../../src/stores/sqlite/open-driver.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import { readUsage } from '../../src/stores/sqlite/usage.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

interface Faulty {
  readonly openDriver: OpenDriver;
  /** While set, every write fails like this. */
  trouble: SqliteTrouble | undefined;
}

function faultyDriver(): Faulty {
  const faulty: Faulty = {
    trouble: undefined,
    async openDriver(options) {
      const driver = await openDriver(options);
      return {
        ...driver,
        exec(sql) {
          if (faulty.trouble !== undefined && sql === 'BEGIN IMMEDIATE') {
            throw new SqliteFailure(faulty.trouble, `made-up ${faulty.trouble}`);
          }
          driver.exec(sql);
        },
      };
    },
  };
  return faulty;
}

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

async function requests(path: string): Promise<number> {
  const reading = await readUsage(path, { sinceMs: undefined, untilMs: undefined, by: 'client' });
  if (!reading.ok) throw new Error(reading.message);
  return reading.result.total.requests;
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
      const faulty = faultyDriver();
      const { ledger, troubles } = await openWith(path, faulty.openDriver);
      faulty.trouble = trouble;
      for (let i = 0; i < 1500; i++) {
        ledger.open(opening(`x${i}`));
        ledger.close(closing(`x${i}`));
      }
      await expect.poll(() => troubles.length).toBe(1);
      expect(troubles[0]).toMatch(words);
      expect(troubles[0]).toContain('Requests are served meanwhile');
      expect(ledger.stats().unconfirmed).toBe(3000);
      faulty.trouble = undefined;
      await ledger.flush();
      expect(troubles[1]).toBe(`The ledger writes to ${path} again.`);
      expect(troubles.length).toBe(2);
      expect(ledger.stats()).toEqual({ written: 1500, lost: 0, waiting: 0, unconfirmed: 0 });
      expect(await requests(path)).toBe(1500);
    },
  );

  it('shutting down does not hang, and says how many exchanges are lost', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const faulty = faultyDriver();
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
    const faulty = faultyDriver();
    const { ledger, troubles } = await openWith(path, faulty.openDriver);
    ledger.open(opening('in-flight', { conversationId: 'talk' }));
    await ledger.flush();
    faulty.trouble = 'corrupt';
    ledger.open(opening('next'));
    const flushed = ledger.flush();
    await expect.poll(() => troubles.length).toBeGreaterThan(0);
    faulty.trouble = undefined;
    await flushed;
    ledger.close(closing('in-flight'));
    await ledger.shut();
    expect(troubles[0]).toMatch(/was damaged\. It was moved to .*sluice\.db\.corrupt-/);
    expect(readdirSync(folder).some((name) => name.startsWith('sluice.db.corrupt-'))).toBe(true);
    expect(await requests(path)).toBe(2);
  });

  it('a file that is removed while the gateway runs is replaced', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sluice.db');
    const { ledger, troubles } = await openWith(path, openDriver);
    ledger.open(opening('a'));
    await ledger.flush();
    for (const name of readdirSync(folder)) {
      if (name.startsWith('sluice.db') && !name.endsWith('.owner'))
        rmSync(join(folder, name), { recursive: true });
    }
    await expect.poll(() => troubles, { timeout: 8_000 }).toEqual([expect.stringContaining('was removed')]);
    ledger.close(closing('a'));
    await ledger.shut();
    expect(await requests(path)).toBe(1);
  });
});

describe('the backlog', () => {
  it('keeps the newest records within its limit and counts the others', () => {
    const backlog = new Backlog(3);
    backlog.accept({ number: 1, openings: ['a', 'b', 'c', 'd', 'e'].map((id) => opening(id)), closings: [] });
    expect([...backlog.records()].map((record) => record.opening.id)).toEqual(['c', 'd', 'e']);
    expect(backlog.lost).toBe(2);
  });

  it('never holds two records of one exchange, and completes it with its own opening, however batches are cut', () => {
    const steps = fc.array(fc.tuple(fc.nat(20), fc.boolean(), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (moves) => {
        const backlog = new Backlog();
        const opened = new Set<string>();
        const closed = new Set<string>();
        const stored = new Map<string, { conversation: string | undefined; done: boolean }>();
        let number = 0;
        for (const [n, close, write] of moves) {
          const id = `x${n}`;
          const openings = !close && !opened.has(id) ? [opening(id, { conversationId: `of ${id}` })] : [];
          const closings = close && opened.has(id) && !closed.has(id) ? [closing(id)] : [];
          if (openings.length > 0) opened.add(id);
          if (closings.length > 0) closed.add(id);
          backlog.accept({ number: ++number, openings, closings });
          const ids = [...backlog.records()].map((record) => record.opening.id);
          expect(new Set(ids).size).toBe(ids.length);
          if (!write) continue;
          for (const record of backlog.records()) {
            const done = record.closing !== undefined;
            stored.set(record.opening.id, { conversation: record.opening.conversationId, done });
          }
          backlog.written();
        }
        for (const record of backlog.records()) {
          const done = record.closing !== undefined;
          stored.set(record.opening.id, { conversation: record.opening.conversationId, done });
        }
        expect(new Set(stored.keys())).toEqual(opened);
        for (const [id, { conversation, done }] of stored) {
          expect([conversation, done]).toEqual([`of ${id}`, closed.has(id)]);
        }
      }),
    );
  });
});
