// What is known of keys across restarts, on every build of SQLite there is.

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SavedState, StateStore } from '../../src/exchange/ports.ts';
import { type LedgerOptions, openLedger } from '../../src/stores/sqlite/ledger.ts';
import { type StartWriter, startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { StoreTrouble } from '../../src/stores/tables/driver.ts';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';
import { ENGINES, faultyDriver, LEDGERS, onFile, rowsOf } from './engines.ts';
import { closing, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const DAY_MS = 86_400_000;

interface Opened {
  readonly ledger: StoredLedger;
  readonly state: StateStore;
  readonly troubles: string[];
}

function sorted(states: readonly SavedState[]): (string | undefined)[][] {
  return states
    .map(({ kind, key, text }) => [kind, key, text])
    .sort((a, b) => (`${a[0]}${a[1]}` < `${b[0]}${b[1]}` ? -1 : 1));
}

describe.each(LEDGERS)('the state store on %s', (_name, tested) => {
  async function open(path: string): Promise<Opened> {
    const troubles: string[] = [];
    const onTrouble = (message: string): void => void troubles.push(message);
    const opened = await tested.open({ path, retentionDays: 90, onTrouble });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { ledger: opened.ledger, state: opened.state, troubles };
  }

  test('5.10 the standing of keys is there after a restart, the latest of each, and what was forgotten is not', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    expect(await first.state.load()).toEqual([]);
    first.state.save([
      { kind: 'standing', key: 'openai/k_1/gpt', text: '{"state":"cooling"}' },
      { kind: 'standing', key: 'openai/k_2/gpt', text: '{"state":"open"}' },
    ]);
    first.state.save([{ kind: 'standing', key: 'openai/k_1/gpt', text: '{"state":"quarantined"}' }]);
    await first.ledger.shut();
    const second = await open(path);
    expect(sorted(await second.state.load())).toEqual([
      ['standing', 'openai/k_1/gpt', '{"state":"quarantined"}'],
      ['standing', 'openai/k_2/gpt', '{"state":"open"}'],
    ]);
    second.state.save([{ kind: 'standing', key: 'openai/k_1/gpt', text: undefined }]);
    await second.ledger.shut();
    const third = await open(path);
    expect(sorted(await third.state.load())).toEqual([['standing', 'openai/k_2/gpt', '{"state":"open"}']]);
    expect([...first.troubles, ...second.troubles, ...third.troubles]).toEqual([]);
  });

  test('gives back any text under any key, whatever is in them', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const state = fc.record({ kind: fc.constantFrom('standing' as const, 'use' as const), key: text, text });
    const known = (states: readonly SavedState[]): SavedState[] => [
      ...new Map(states.map((one) => [`${one.kind} ${one.key}`, one])).values(),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(state, { maxLength: 30 }), async (states) => {
        const path = join(temporaryFolder(), 'sluice.db');
        const hostile = [
          { kind: 'use', key: `'); DROP TABLE state; --`, text: '"\\\n\u0001' },
          { kind: 'use', key: '', text: '' },
        ] as const;
        const first = await open(path);
        first.state.save([...states, ...hostile]);
        await first.ledger.shut();
        const second = await open(path);
        expect(sorted(await second.state.load())).toEqual(sorted(known([...states, ...hostile])));
        await second.ledger.shut();
      }),
      { numRuns: 15 },
    );
  });

  test('half a character or a NUL in a text or a key harms no other state', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.state.save([
      { kind: 'use', key: 'a\u{d800}', text: '1' },
      { kind: 'use', key: 'b\0c', text: '2' },
      { kind: 'use', key: 'd', text: 'e\0\u{dfff}' },
      { kind: 'standing', key: 'good', text: 'one' },
    ]);
    await first.ledger.shut();
    const second = await open(path);
    expect(await second.state.load()).toContainEqual({ kind: 'standing', key: 'good', text: 'one' });
    expect([...first.troubles, ...second.troubles]).toEqual([]);
  });
});

describe.each(ENGINES)('the state store in a file of %s', (_name, openDriver) => {
  async function open(path: string, more: Partial<LedgerOptions> = {}): Promise<Opened> {
    const troubles: string[] = [];
    const opened = await openLedger({
      path,
      retentionDays: 90,
      onTrouble: (message) => troubles.push(message),
      startWriter: startInPlace(openDriver),
      ...more,
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return { ledger: opened.ledger, state: opened.state, troubles };
  }

  test('7.4 10,000 counts of use are written in one transaction, and all are there after a restart', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const counted = faultyDriver(openDriver);
    const first = await open(path, { startWriter: startInPlace(counted.openDriver) });
    const before = counted.transactions;
    const states = Array.from({ length: 10_000 }, (_, n) => ({
      kind: 'use' as const,
      key: `openai/k_${n}`,
      text: `{"day":"2026-11-21","requests":${n}}`,
    }));
    for (let round = 0; round < 3; round++) first.state.save(states);
    await first.ledger.shut();
    expect(counted.transactions - before).toBe(1);
    const second = await open(path);
    expect(sorted(await second.state.load())).toEqual(sorted(states));
  });

  test('is written by itself, without being asked to, and while exchanges are', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const counted = faultyDriver(openDriver);
    const { ledger, state } = await open(path, { startWriter: startInPlace(counted.openDriver) });
    const before = counted.transactions;
    state.save([{ kind: 'use', key: 'a', text: '1' }]);
    await expect.poll(() => counted.transactions - before, { timeout: 10_000 }).toBe(1);
    expect(await state.load()).toEqual([{ kind: 'use', key: 'a', text: '1' }]);
    ledger.open(opening('x')).close(closing('x'));
    state.save([{ kind: 'use', key: 'a', text: '2' }]);
    await ledger.shut();
    expect(
      await rowsOf(openDriver, path, 'SELECT id, (SELECT text FROM state) AS text FROM exchanges'),
    ).toEqual([{ id: 'x', text: '2' }]);
  });

  test('drops at the start what is older than eight days and what is beyond the newest 20,000', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    await first.ledger.shut();
    const nowMs = Date.now();
    const fill = (from: number, to: number, ageMs: string): string =>
      `WITH RECURSIVE n(i) AS (VALUES (${from}) UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
       INSERT INTO state SELECT 'use', 'k' || i, ${nowMs} - ${ageMs}, 'text' FROM n`;
    await onFile(openDriver, path, (driver) => {
      driver.exec(fill(1, 100, String(8 * DAY_MS + 60_000)));
      driver.exec(fill(101, 200, String(8 * DAY_MS - 600_000)));
    });
    const second = await open(path);
    expect((await second.state.load()).length).toBe(100);
    await second.ledger.shut();
    await onFile(openDriver, path, (driver) => driver.exec(fill(1_001, 21_000, '(21000 - i)')));
    const third = await open(path);
    const loaded = await third.state.load();
    expect([loaded.length, loaded[0]?.key, loaded.at(-1)?.key]).toEqual([20_000, 'k21000', 'k1001']);
    await third.ledger.shut();
    expect(await rowsOf(openDriver, path, 'SELECT count(*) AS n FROM state')).toEqual([{ n: 20_000 }]);
  });

  test('leaves out rows that make no sense', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const first = await open(path);
    first.state.save([{ kind: 'use', key: 'good', text: 'one' }]);
    await first.ledger.shut();
    await onFile(openDriver, path, (driver) =>
      driver.exec(`INSERT INTO state VALUES ('use', x'00ff', ${Date.now()}, 'a'), ('use', 'b', 'never', x'00'),
        ('unheard of', 'c', ${Date.now()}, 'c'), ('use', 'd', ${Date.now()}, x'7b')`),
    );
    const second = await open(path);
    expect(await second.state.load()).toEqual([{ kind: 'use', key: 'good', text: 'one' }]);
    expect(second.troubles).toEqual([]);
  });

  test.each(['full', 'readonly', 'locked', 'io'] satisfies StoreTrouble[])(
    '(%s) is written when the disk takes it again',
    async (trouble) => {
      const path = join(temporaryFolder(), 'sluice.db');
      const faulty = faultyDriver(openDriver);
      const first = await open(path, { startWriter: startInPlace(faulty.openDriver) });
      faulty.trouble = trouble;
      first.state.save([{ kind: 'use', key: 'a', text: '1' }]);
      await expect.poll(() => first.troubles.length, { timeout: 10_000 }).toBe(1);
      faulty.trouble = undefined;
      await expect.poll(() => first.troubles.length, { timeout: 10_000 }).toBe(2);
      expect(first.troubles[1]).toBe(`The ledger writes to ${path} again.`);
      await first.ledger.shut();
      expect(await (await open(path)).state.load()).toEqual([{ kind: 'use', key: 'a', text: '1' }]);
    },
  );

  test('is written at the end, though the disk did not take it a moment before', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const faulty = faultyDriver(openDriver);
    const first = await open(path, { startWriter: startInPlace(faulty.openDriver) });
    faulty.trouble = 'locked';
    first.state.save([{ kind: 'use', key: 'a', text: '1' }]);
    await expect.poll(() => first.troubles.length, { timeout: 10_000 }).toBe(1);
    faulty.trouble = undefined;
    await first.ledger.shut();
    expect(await (await open(path)).state.load()).toEqual([{ kind: 'use', key: 'a', text: '1' }]);
  });

  test.each(['full', 'other'] satisfies StoreTrouble[])(
    '(%s) a disk that takes no state loses it and nothing else',
    async (trouble) => {
      const path = join(temporaryFolder(), 'sluice.db');
      const faulty = faultyDriver(openDriver);
      const first = await open(path, { startWriter: startInPlace(faulty.openDriver) });
      faulty.words = 'INTO state';
      faulty.trouble = trouble;
      first.state.save([{ kind: 'use', key: 'a', text: '1' }]);
      first.ledger.open(opening('x')).close(closing('x'));
      await first.ledger.shut();
      expect(first.ledger.stats()).toMatchObject({ written: 1, lost: 0 });
      const second = await open(path);
      expect(await second.state.load()).toEqual([]);
      await second.ledger.shut();
      expect(await rowsOf(openDriver, path, 'SELECT id FROM exchanges')).toEqual([{ id: 'x' }]);
    },
  );

  test('survives the death of the writer, with what it had not written', async () => {
    const path = join(temporaryFolder(), 'sluice.db');
    const faulty = faultyDriver(openDriver);
    let kill = (): void => undefined;
    const mortal: StartWriter = (settings, listener) => {
      const thread = startInPlace(faulty.openDriver)(settings, {
        ...listener,
        message: (message) =>
          message.kind === 'stopped' ? listener.died('made up') : listener.message(message),
      });
      kill = () => thread.post({ kind: 'stop' });
      return thread;
    };
    const first = await open(path, { startWriter: mortal });
    faulty.trouble = 'full';
    first.state.save([{ kind: 'use', key: 'a', text: '1' }]);
    await expect.poll(() => first.troubles.length, { timeout: 10_000 }).toBe(1);
    kill();
    await expect.poll(() => first.troubles.at(-1)).toContain('it is started again');
    first.state.save([{ kind: 'use', key: 'b', text: '2' }]);
    faulty.trouble = undefined;
    const restarted = first.troubles.length;
    await expect
      .poll(() => first.state.load().then(sorted), { timeout: 10_000 })
      .toEqual([
        ['use', 'a', '1'],
        ['use', 'b', '2'],
      ]);
    expect(first.troubles.length).toBe(restarted);
    await first.ledger.shut();
  });
});
