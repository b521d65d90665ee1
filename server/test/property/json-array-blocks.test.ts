// Splitting a JSON array that arrives in pieces: however it is cut, no byte is lost and each element is seen once.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bytes } from '../../src/core/bytes.ts';
import { createArraySplitter, readElements } from '../../src/core/json/array-blocks.ts';

function concat(parts: readonly Bytes[]): Bytes {
  return Buffer.concat(parts.map((part) => Buffer.from(part.toString('latin1'), 'latin1')));
}

const element = fc.oneof(
  fc.dictionary(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
    { maxKeys: 3 },
  ),
  fc.array(fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', 'é'), maxLength: 6 }), {
    maxLength: 3,
  }),
);
const space = fc.constantFrom('', '\n', '\r\n', '  ');
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });

test('an array gives the same elements however it is cut, and not one byte is lost', () => {
  fc.assert(
    fc.property(
      fc.array(element, { maxLength: 5 }),
      space,
      space,
      sizes,
      (values, before, after, chunkSizes) => {
        const texts = values.map((value) => JSON.stringify(value));
        const bytes = Buffer.from(`${before}[${before}${texts.join(`${after},${before}`)}${after}]${after}`);
        const splitter = createArraySplitter(concat, 1_000_000);
        const blocks: Bytes[] = [];
        const seen: string[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = chunkSizes[turn % chunkSizes.length] ?? 1;
          const block = splitter.push(bytes.subarray(at, at + size));
          at += size;
          if (block === undefined) continue;
          blocks.push(block);
          readElements(block, (text, start, end) => {
            expect(block.toString('utf8', start, end)).toBe(text);
            seen.push(text);
          });
        }
        expect(splitter.rest()).toBeUndefined();
        expect(Buffer.from(concat(blocks).toString('latin1'), 'latin1').equals(bytes)).toBe(true);
        expect(seen).toEqual(texts);
      },
    ),
    { numRuns: 2_000 },
  );
});
