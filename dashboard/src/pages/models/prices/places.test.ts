import { describe, expect, test } from 'vitest';
import { entryOf, faultsIn, fieldsOf, plain } from './entry.ts';
import { isShared, type PriceEdit, pricingEdits, removalEdits, writtenAt } from './places.ts';

const entry = { input: 1, output: 2 };
const priced = { upstream: 'second', model: 'claude-opus' };
const config = {
  upstreams: [
    { id: 'first' },
    { id: 'second', prices: { 'gpt-*': { input: 9 }, 'claude-*': { input: 8 }, '*': { input: 7 } } },
  ],
  prices: { models: { 'second/claude-opus': { input: 5 } } },
};

/** The names of a table after the changes, as the gateway makes them: one after the other, new ones at the end. */
function namesAfter(names: readonly string[], edits: readonly PriceEdit[]): readonly string[] {
  const table = new Map(names.map((name) => [name, {} as unknown]));
  for (const { path, value } of edits) {
    const name = String(path.at(-1));
    if (value === undefined) table.delete(name);
    else table.set(name, value);
  }
  return [...table.keys()];
}

describe('11.8 where a price is written', () => {
  test('one from the catalogue, from the price file or from nowhere is overridden in the section of prices', () => {
    for (const id of ['catalogue:openai/gpt-5', 'file:second/*', 'free:ollama', undefined]) {
      expect(writtenAt(config, priced, id)).toBeUndefined();
      expect(pricingEdits(config, priced, undefined, entry, false)).toEqual([
        { path: ['prices', 'models', 'second/claude-opus'], value: entry },
      ]);
    }
  });

  test('an entry of its own is changed in its place, and can be taken out', () => {
    const written = writtenAt(config, priced, 'config:prices.models.second/claude-opus');
    expect(written).toMatchObject({ rule: 'second/claude-opus' });
    if (written === undefined) return;
    expect(isShared(written)).toBe(false);
    const place = ['prices', 'models', 'second/claude-opus'];
    expect(pricingEdits(config, priced, written, entry, false)).toEqual([{ path: place, value: entry }]);
    expect(removalEdits(written)).toEqual([{ path: place }]);
  });

  test('a model under a pattern gets an entry before it, and the others keep their order', () => {
    const written = writtenAt(config, priced, 'config:upstreams.second.prices.claude-*');
    expect(written?.table).toEqual(['upstreams', 1, 'prices']);
    if (written === undefined) return;
    expect(isShared(written)).toBe(true);
    const edits = pricingEdits(config, priced, written, entry, false);
    expect(namesAfter(['gpt-*', 'claude-*', '*'], edits)).toEqual(['gpt-*', 'claude-opus', 'claude-*', '*']);
    expect(edits.find(({ path }) => path.at(-1) === 'claude-opus')?.value).toBe(entry);
    expect(edits.filter(({ path, value }) => path.at(-1) === '*' && value !== undefined)).toEqual([
      { path: ['upstreams', 1, 'prices', '*'], value: { input: 7 } },
    ]);
  });

  test('an entry that a pattern before it had hidden comes before it', () => {
    const hidden = {
      upstreams: [{ id: 'second', prices: { '*': { input: 7 }, 'claude-opus': { input: 5 } } }],
    };
    const written = writtenAt(hidden, priced, 'config:upstreams.second.prices.*');
    if (written === undefined) throw new Error('It is written there.');
    const edits = pricingEdits(hidden, priced, written, entry, false);
    expect(namesAfter(['*', 'claude-opus'], edits)).toEqual(['claude-opus', '*']);
  });

  test('the pattern itself is changed where everything that it fits is meant', () => {
    const written = writtenAt(config, priced, 'config:upstreams.second.prices.claude-*');
    expect(pricingEdits(config, priced, written, entry, true)).toEqual([
      { path: ['upstreams', 1, 'prices', 'claude-*'], value: entry },
    ]);
  });

  test('an upstream that is not in the file has no place there', () => {
    expect(writtenAt({}, priced, 'config:upstreams.second.prices.claude-*')).toBeUndefined();
  });
});

describe('11.8 the fields of a price', () => {
  test('come back as they were, and what is empty is left out', () => {
    const fields = fieldsOf({ input: 0.25, output: 2, cacheRead: 0.025 });
    expect(fields.cacheWrite5m).toBe('');
    expect(entryOf(fields, undefined)).toEqual({ input: 0.25, output: 2, cacheRead: 0.025 });
  });

  test('keep the rates of long requests and service tiers, without those that an entry cannot name', () => {
    const kept = {
      tiers: [{ aboveInputTokens: 200_000, whole: true, rates: { input: 2, output: 3, cacheReadAudio: 1 } }],
      serviceTiers: { flex: { input: 0.5, output: 1 } },
    };
    expect(entryOf(fieldsOf({ input: 1, output: 2 }), kept)).toEqual({
      input: 1,
      output: 2,
      tiers: [{ aboveInputTokens: 200_000, whole: true, input: 2, output: 3 }],
      serviceTiers: { flex: { input: 0.5, output: 1 } },
    });
  });

  test('need input and output, and take prices alone', () => {
    expect(faultsIn(fieldsOf(undefined))).toEqual({ input: 'needed', output: 'needed' });
    expect(faultsIn({ ...fieldsOf({ input: 1, output: 1 }), cacheRead: '-1' })).toEqual({
      cacheRead: 'notPrice',
    });
  });

  test('small numbers are written without an exponent', () => {
    expect([plain(1e-7), plain(0.25), plain(15)]).toEqual(['0.0000001', '0.25', '15']);
  });
});
