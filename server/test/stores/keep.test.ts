// The contract of a keep, on every build of SQLite there is.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Keep } from '../../src/exchange/ports.ts';
import { type LedgerOptions, openLedger } from '../../src/stores/sqlite/ledger.ts';
import { type StartWriter, startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { OpenDriver, StoreDriver, StoreTrouble } from '../../src/stores/tables/driver.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import { ENGINES, faultyDriver, LEDGERS, onFile as workOn } from './engines.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const DAY_MS = 86_400_000;

interface Opened {
  readonly ledger: StoredLedger;
  readonly keep: Keep;
  readonly troubles: string[];
}

async function openWith(path: string, options: Partial<LedgerOptions>): Promise<Opened> {
  const troubles: string[] = [];
  const opened = await openLedger({
    path,
    retentionDays: 90,
    onTrouble: (message) => troubles.push(message),
    ...options,
  });
  if (!opened.ok) throw new Error(opened.message);
  onTestFinished(() => opened.ledger.shut());
  return { ledger: opened.ledger, keep: opened.keep, troubles };
}

/** Counts what the writer is asked, and can make it deaf. */
function watched(openDriver: OpenDriver): { start: StartWriter; questions: number; deaf: boolean } {
  const state = {
    questions: 0,
    deaf: false,
    start: ((settings, listener) => {
      const thread = startInPlace(openDriver)(settings, listener);
      return {
        ...thread,
        post: (message) => {
          if (message.kind === 'find') state.questions++;
          if (!state.deaf || message.kind === 'stop') thread.post(message);
        },
      };
    }) satisfies StartWriter as StartWriter,
  };
  return state;
}

describe.each(LEDGERS)('the keep on %s', (_name, tested) => {
  async function open(path: string, more: Partial<LedgerOptions> = {}): Promise<Opened> {
    const troubles: string[] = [];
    const onTrouble = (message: string): void => void troubles.push(message);
    const opened = await tested.open({ path, retentionDays: 90, onTrouble, ...more });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { ledger: opened.ledger, keep: opened.keep, troubles };
  }
  const onFile = <Result>(path: string, work: (driver: StoreDriver) => Result): Promise<Result> =>
    workOn(tested.openDriver, path, work);
  const texts = (found: ReadonlyMap<string, string>): Record<string, string> => Object.fromEntries(found);

  it('finds everything again after a restart', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.keep.put('reasoning', 'a', 'replaced');
    await first.ledger.flush();
    first.keep.put('reasoning', 'a', 'one');
    first.keep.put('response', 'a', 'größer 😀');
    first.keep.put('response', 'long', 'x'.repeat(2_000_000));
    await first.ledger.shut();
    const second = await open(path);
    expect(texts(await second.keep.get('reasoning', ['a', 'b', 'c', 'a']))).toEqual({ a: 'one' });
    const found = await second.keep.get('response', ['a', 'long']);
    expect([found.get('a'), found.get('long')?.length]).toEqual(['größer 😀', 2_000_000]);
    expect(second.troubles).toEqual([]);
  });

  it('keeps the kinds apart', async () => {
    const { keep } = await open(join(temporaryFolder(), 'sluice.db'));
    keep.put('reasoning', 'a', 'thoughts');
    expect(texts(await keep.get('response', ['a']))).toEqual({});
  });

  it('writes by itself, next to the rows of exchanges, and shows nothing of a key in the file', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger, keep, troubles } = await open(path);
    keep.put('reasoning', 'client-a secret-call', 'one');
    ledger.open(opening('x')).close(closing('x'));
    await ledger.shut();
    expect(troubles).toEqual([]);
    const rows = await onFile(path, (driver) => driver.prepare('SELECT hash, bytes, text FROM kept').all([]));
    expect(rows).toEqual([{ hash: expect.stringMatching(/^[\w-]{43}$/), bytes: 3, text: 'one' }]);
    expect(await onFile(path, (driver) => driver.prepare('SELECT id FROM exchanges').all([]))).toEqual([
      { id: 'x' },
    ]);
  });

  it('looks whether there is room while it writes, not only at the start', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger, keep } = await open(path, { kept: { ageMs: DAY_MS, bytes: 3_000_000 } });
    for (let i = 0; i < 12; i++) keep.put('response', `r${i}`, 'x'.repeat(1_000_000));
    await ledger.shut();
    const left = await onFile(path, (driver) => driver.prepare('SELECT bytes FROM kept').all([]));
    expect(left.length).toBeLessThan(6);
    expect(left.length).toBeGreaterThan(1);
  });

  it('answers nothing and takes nothing once it is closed', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const { ledger, keep } = await open(path);
    keep.put('reasoning', 'a', 'one');
    const asked = keep.get('reasoning', ['b']);
    await ledger.shut();
    expect((await asked).size).toBe(0);
    keep.put('reasoning', 'b', 'two');
    expect((await keep.get('reasoning', ['a', 'b'])).size).toBe(0);
    const again = await open(path);
    expect(texts(await again.keep.get('reasoning', ['a', 'b']))).toEqual({ a: 'one' });
  });
});

describe.each(ENGINES)('the keep in a file of %s', (_name, openDriver) => {
  const open = (path: string, more: Partial<LedgerOptions> = {}): Promise<Opened> =>
    openWith(path, { startWriter: startInPlace(openDriver), ...more });

  const onFile = <Result>(path: string, work: (driver: StoreDriver) => Result): Promise<Result> =>
    workOn(openDriver, path, work);
  const texts = (found: ReadonlyMap<string, string>): Record<string, string> => Object.fromEntries(found);

  it('finds at once what was put in this process, without asking the disk', async () => {
    const writer = watched(openDriver);
    const { keep } = await open(join(temporaryFolder(), 'sluice.db'), { startWriter: writer.start });
    keep.put('reasoning', 'a', 'one');
    keep.put('reasoning', 'b', 'größer 😀');
    keep.put('reasoning', 'a', 'two');
    expect(texts(await keep.get('reasoning', ['a', 'b']))).toEqual({ a: 'two', b: 'größer 😀' });
    expect(writer.questions).toBe(0);
  });

  it('finds everything again after a restart, and asks once for all that is missing', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.keep.put('reasoning', 'a', 'replaced');
    await first.ledger.flush();
    first.keep.put('reasoning', 'a', 'one');
    first.keep.put('response', 'a', 'größer 😀');
    first.keep.put('response', 'long', 'x'.repeat(2_000_000));
    await first.ledger.shut();
    const writer = watched(openDriver);
    const second = await open(path, { startWriter: writer.start });
    expect(texts(await second.keep.get('reasoning', ['a', 'b', 'c', 'a']))).toEqual({ a: 'one' });
    expect(writer.questions).toBe(1);
    const found = await second.keep.get('response', ['a', 'long']);
    expect([found.get('a'), found.get('long')?.length]).toEqual(['größer 😀', 2_000_000]);
    expect(second.troubles).toEqual([]);
  });

  it('remembers what it found, and what it did not find until that is put', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.keep.put('reasoning', 'a', 'one');
    await first.ledger.shut();
    const writer = watched(openDriver);
    const { keep } = await open(path, { startWriter: writer.start });
    for (let count = 0; count < 3; count++)
      expect(texts(await keep.get('reasoning', ['a', 'b']))).toEqual({ a: 'one' });
    expect(writer.questions).toBe(1);
    keep.put('reasoning', 'b', 'late');
    expect(texts(await keep.get('reasoning', ['b']))).toEqual({ b: 'late' });
  });

  it('answers nothing after a quarter of a second when the disk does not answer', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.keep.put('reasoning', 'a', 'one');
    await first.ledger.shut();
    const writer = watched(openDriver);
    const { keep } = await open(path, { startWriter: writer.start });
    writer.deaf = true;
    const startedMs = performance.now();
    const both = await Promise.all([keep.get('reasoning', ['a']), keep.get('reasoning', ['b'])]);
    const tookMs = performance.now() - startedMs;
    expect(both.map((found) => found.size)).toEqual([0, 0]);
    expect(tookMs).toBeGreaterThan(200);
    expect(tookMs).toBeLessThan(2_000);
    writer.deaf = false;
    expect(texts(await keep.get('reasoning', ['a', 'b']))).toEqual({ a: 'one' });
  });

  it('deletes the oldest texts when they are too many, and those that are too old', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const kept = { ageMs: 7 * DAY_MS, bytes: 10_000 };
    const first = await open(path);
    for (let i = 0; i < 120; i++) first.keep.put('response', `r${i}`, String(i).padStart(1_000, '.'));
    await first.ledger.shut();
    const bytes = (driver: StoreDriver): number =>
      Number(driver.prepare('SELECT sum(bytes) AS sum FROM kept').all([])[0]?.['sum']);
    expect(await onFile(path, bytes)).toBe(120_000);
    // A driver that tells when nothing more is to be deleted.
    const steps: number[] = [];
    const telling: OpenDriver = async (options) => {
      const driver = await openDriver(options);
      return {
        ...driver,
        prepare(sql) {
          const statement = driver.prepare(sql);
          if (!sql.startsWith('DELETE FROM kept')) return statement;
          return {
            ...statement,
            run(values) {
              steps.push(statement.run(values));
              return steps.at(-1) ?? 0;
            },
          };
        },
      };
    };
    const second = await open(path, { kept, startWriter: startInPlace(telling) });
    await expect.poll(() => steps).toEqual([50, 50, 10]);
    expect((await second.keep.get('response', ['r109', 'r110', 'r119'])).size).toBe(2);
    await second.ledger.shut();
    expect(await onFile(path, bytes)).toBe(10_000);
    await onFile(path, (driver) =>
      driver.exec(`UPDATE kept SET number = ${Date.now() - 8 * DAY_MS} * 1000 WHERE text LIKE '%.119'`),
    );
    const third = await open(path, { kept });
    await third.ledger.shut();
    expect(await onFile(path, bytes)).toBe(9_000);
  });

  it('takes a damaged row for one that is not there', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    for (const key of ['a', 'b', 'c']) first.keep.put('reasoning', key, key);
    await first.ledger.shut();
    await onFile(path, (driver) => {
      driver.exec(`UPDATE kept SET text = x'00ff10' WHERE text = 'a'`);
      driver.exec(`UPDATE kept SET text = 7, bytes = 'many' WHERE text = 'b'`);
    });
    const { keep, troubles } = await open(path);
    const found = texts(await keep.get('reasoning', ['a', 'b', 'c']));
    expect(found['a']).toBeUndefined();
    expect(found['c']).toBe('c');
    expect(troubles).toEqual([]);
  });

  it.each(['full', 'locked', 'io'] satisfies StoreTrouble[])(
    '(%s) waits with its texts while the disk does not take them, and finds them meanwhile',
    async (trouble) => {
      const path = join(temporaryFolder(), 'sluice.db');
      const faulty = faultyDriver(openDriver);
      const { ledger, keep, troubles } = await open(path, { startWriter: startInPlace(faulty.openDriver) });
      faulty.trouble = trouble;
      keep.put('reasoning', 'a', 'one');
      await expect.poll(() => troubles.length).toBe(1);
      expect(texts(await keep.get('reasoning', ['a']))).toEqual({ a: 'one' });
      faulty.trouble = undefined;
      await expect.poll(() => troubles.length, { timeout: 3_000 }).toBe(2);
      expect(troubles[1]).toContain('again');
      await ledger.shut();
      const { keep: later } = await open(path);
      expect(texts(await later.get('reasoning', ['a']))).toEqual({ a: 'one' });
    },
  );

  it('gives up a text that the database refuses, and rows are written all the same', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const picky = faultyDriver(openDriver);
    const { ledger, keep, troubles } = await open(path, { startWriter: startInPlace(picky.openDriver) });
    picky.words = 'INTO kept';
    picky.trouble = 'other';
    keep.put('reasoning', 'a', 'one');
    ledger.open(opening('x')).close(closing('x'));
    await ledger.shut();
    expect(troubles).toEqual([]);
    expect(await onFile(path, (driver) => driver.prepare('SELECT id FROM exchanges').all([]))).toEqual([
      { id: 'x' },
    ]);
  });

  it('does not take a text of more than 12 MiB, and forgets the one before it', async () => {
    const { keep } = await open(join(temporaryFolder(), 'sluice.db'));
    keep.put('response', 'a', 'x'.repeat(13 * 1024 * 1024));
    expect((await keep.get('response', ['a'])).size).toBe(0);
  });
});
