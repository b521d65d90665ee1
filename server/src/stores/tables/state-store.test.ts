import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ToWriter } from './messages.ts';
import { SavedStateStore, STATES_LIMIT } from './state-store.ts';

interface Desk {
  readonly store: SavedStateStore;
  /** The texts of every batch that was handed over. */
  readonly batches: (string | null)[][];
  readonly loads: ToWriter[];
  /** Whether there is a writer. */
  there: boolean;
  confirm(upTo: number): void;
}

function desk(redact?: (text: string) => string): Desk {
  const made: Desk = {
    store: new SavedStateStore((message) => {
      if (!made.there) return false;
      if (message.kind === 'save') made.batches.push([...message.states.texts]);
      if (message.kind === 'load') made.loads.push(message);
      return true;
    }, redact),
    batches: [],
    loads: [],
    there: true,
    confirm: (upTo) => made.store.hear({ kind: 'saved', upTo }),
  };
  return made;
}

describe('the state store', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('7.4 hands over at most once a second, and of each key the latest text alone', () => {
    const { store, batches, confirm } = desk();
    for (let n = 1; n <= 5_000; n++) {
      store.save([{ kind: 'use', key: `k${n % 2}`, text: `use ${n}` }]);
      if (n % 1_000 === 0) vi.advanceTimersByTime(100);
    }
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(batches).toEqual([['use', 'k1', 'use 4999', 'use', 'k0', 'use 5000']]);
    confirm(1);
    vi.advanceTimersByTime(60_000);
    expect(batches.length).toBe(1);
    store.save([{ kind: 'use', key: 'k1', text: 'later' }]);
    vi.advanceTimersByTime(999);
    expect(batches.length).toBe(1);
    vi.advanceTimersByTime(1);
    expect(batches[1]).toEqual(['use', 'k1', 'later']);
  });

  test('keeps the kinds apart, and says which keys are to be forgotten', () => {
    const { store, batches } = desk();
    store.save([
      { kind: 'standing', key: 'a', text: 'cooling' },
      { kind: 'use', key: 'a', text: '7' },
    ]);
    store.save([{ kind: 'standing', key: 'a', text: undefined }]);
    store.post();
    expect(batches).toEqual([['standing', 'a', null, 'use', 'a', '7']]);
  });

  test('collects while the writer has not confirmed, so that a disk that hangs holds one batch', () => {
    const { store, batches, confirm } = desk();
    store.save([{ kind: 'use', key: 'a', text: '1' }]);
    vi.advanceTimersByTime(1_000);
    for (let n = 2; n <= 100; n++) {
      store.save([{ kind: 'use', key: 'a', text: String(n) }]);
      vi.advanceTimersByTime(1_000);
    }
    expect(batches).toEqual([['use', 'a', '1']]);
    confirm(1);
    vi.advanceTimersByTime(1_000);
    expect(batches[1]).toEqual(['use', 'a', '100']);
  });

  test('hands over again what a dead writer had not confirmed, and then what came meanwhile', () => {
    const made = desk();
    const { store, batches } = made;
    store.save([{ kind: 'use', key: 'a', text: '1' }]);
    vi.advanceTimersByTime(1_000);
    made.there = false;
    store.save([{ kind: 'use', key: 'a', text: '2' }]);
    vi.advanceTimersByTime(5_000);
    expect(batches.length).toBe(1);
    made.there = true;
    store.restarted();
    expect(batches.slice(1)).toEqual([['use', 'a', '1']]);
    made.confirm(1);
    vi.advanceTimersByTime(1_000);
    expect(batches.slice(2)).toEqual([['use', 'a', '2']]);
    made.confirm(2);
    store.restarted();
    expect(batches.length).toBe(3);
  });

  test('holds no more keys than the table does, and keeps those it has up to date', () => {
    const { store, batches } = desk();
    for (let n = 0; n < STATES_LIMIT + 50; n++) store.save([{ kind: 'use', key: `k${n}`, text: 'old' }]);
    store.save([{ kind: 'use', key: 'k0', text: 'new' }]);
    store.post();
    expect(batches[0]?.length).toBe(3 * STATES_LIMIT);
    expect(batches[0]?.slice(0, 3)).toEqual(['use', 'k0', 'new']);
  });

  test('forgets a text that is too long instead of keeping the one before it, and leaves out a key that is', () => {
    const { store, batches } = desk();
    store.save([
      { kind: 'standing', key: 'a', text: 'x'.repeat(8_193) },
      { kind: 'standing', key: 'b'.repeat(513), text: 'one' },
    ]);
    store.post();
    expect(batches).toEqual([['standing', 'a', null]]);
  });

  test('masks secrets in what is told of standings, and saves nothing under a key that holds one', () => {
    const { store, batches } = desk((text) => text.replaceAll('canary', '[redacted]'));
    store.save([
      { kind: 'standing', key: 'a', text: '{"message":"bad key canary"}' },
      { kind: 'standing', key: 'model canary', text: 'one' },
      { kind: 'use', key: 'use of canary', text: 'two' },
    ]);
    store.post();
    expect(batches).toEqual([['standing', 'a', '{"message":"bad key [redacted]"}']]);
  });

  test('loads what the writer has, without what makes no sense', async () => {
    const { store, loads } = desk();
    const loading = store.load();
    expect(loads.length).toBe(1);
    const odd = ['nonsense', 'x', 'y', 'standing', null, 'z', 'use', 'k', null, 'use'];
    store.hear({ kind: 'loaded', texts: ['standing', 'a', 'one', 'use', 'a', '', ...odd] });
    expect(await loading).toEqual([
      { kind: 'standing', key: 'a', text: 'one' },
      { kind: 'use', key: 'a', text: '' },
    ]);
  });

  test('loads nothing when there is no writer, when it dies, when it says nothing, and after the end', async () => {
    const made = desk();
    made.there = false;
    expect(await made.store.load()).toEqual([]);
    made.there = true;
    const dying = made.store.load();
    made.store.restarted();
    expect(await dying).toEqual([]);
    const silent = made.store.load();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await silent).toEqual([]);
    const ending = made.store.load();
    made.store.end();
    expect(await ending).toEqual([]);
    expect(await made.store.load()).toEqual([]);
    made.store.save([{ kind: 'use', key: 'a', text: '1' }]);
    vi.advanceTimersByTime(5_000);
    expect(made.batches).toEqual([]);
  });
});
