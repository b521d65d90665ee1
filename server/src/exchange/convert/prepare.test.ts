import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wrapToken } from '../../core/model/token.ts';
import { carriesTokens } from './prepare.ts';

const token = wrapToken({ vendor: 'gemini', kind: 'thought', value: 'abc' });

describe('carriesTokens', () => {
  test('finds a wrapped token in the clear and in base64, where it is the beginning of a JSON string', () => {
    expect(carriesTokens(Buffer.from(JSON.stringify({ signature: token })))).toBe(true);
    const slot = Buffer.from(token).toString('base64');
    expect(carriesTokens(Buffer.from(JSON.stringify({ thoughtSignature: slot })))).toBe(true);
    expect(carriesTokens(Buffer.from(JSON.stringify({ text: `see ${token}` })))).toBe(false);
    expect(carriesTokens(Buffer.from('{"version":"1.1.1 LjEu"}'))).toBe(false);
  });

  test('finds it behind any number of look-alikes, and never without its beginning', () => {
    const pieces = fc.constantFrom(
      '.1.',
      '"sluice.1.',
      'LjEu',
      '"c2x1aWNlLjEu',
      '"sluice',
      '"',
      'x',
      '.1.'.repeat(400),
      'LjEu'.repeat(300),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        const carries = text.includes('"sluice.1.') || text.includes('"c2x1aWNlLjEu');
        expect(carriesTokens(Buffer.from(text))).toBe(carries);
      }),
      { numRuns: 2_000 },
    );
  });
});
