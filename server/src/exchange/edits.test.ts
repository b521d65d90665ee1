import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applied, applyEdits } from './edits.ts';

describe('edits', () => {
  it('without any give back the same buffer', () => {
    const bytes = Buffer.from('abc');
    expect(applied(bytes, [])).toBe(bytes);
  });

  it('replace, insert and remove in any order given, and leave every other byte alone', () => {
    const cuts = fc.uniqueArray(fc.nat(60), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 60, maxLength: 60 }),
        cuts,
        fc.string(),
        (array, places, text) => {
          const bytes = Buffer.from(array);
          const sorted = [...places].sort((a, b) => a - b);
          const edits = [];
          let expected = '';
          let at = 0;
          for (let i = 0; i + 1 < sorted.length; i += 2) {
            const start = sorted[i] ?? 0;
            const end = sorted[i + 1] ?? 0;
            edits.push({ start, end, text });
            expected += bytes.toString('hex', at, start) + Buffer.from(text).toString('hex');
            at = end;
          }
          expected += bytes.toString('hex', at);
          expect(applied(bytes, edits.reverse()).toString('hex')).toBe(expected);
        },
      ),
    );
  });

  it('copy nothing that they do not change', () => {
    const bytes = Buffer.from('{"model":"a"}');
    const [first] = applyEdits(bytes, [{ start: 9, end: 12, text: '"b"' }]);
    expect(first?.buffer).toBe(bytes.buffer);
  });
});
