import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaskedPieces, maskedBytes, maskedText, secretsOf } from './secrecy.ts';

const KEY = 'sk-12345678';

describe('masking', () => {
  it('leaves bytes without the key alone, not even copied', () => {
    const bytes = Buffer.from('nothing here');
    expect(maskedBytes(bytes, KEY)).toBe(bytes);
    expect(maskedBytes(bytes, '')).toBe(bytes);
  });

  it('stars every occurrence and changes nothing else, not even the length', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 20 }).map((a) => Buffer.from(a)),
            fc.constant(Buffer.from(KEY)),
          ),
        ),
        (parts) => {
          const masked = maskedBytes(Buffer.concat(parts), KEY);
          const expected = parts.map((part) =>
            part.toString() === KEY ? Buffer.alloc(KEY.length, '*') : part,
          );
          expect(masked.equals(Buffer.concat(expected))).toBe(true);
        },
      ),
    );
    expect(maskedText(`a ${KEY} b ${KEY}`, KEY)).toBe('a *********** b ***********');
  });

  it('stars a key that comes in pieces, wherever they are cut, and loses nothing', () => {
    const part = fc.oneof(fc.string({ maxLength: 12 }), fc.constant(KEY), fc.constant(KEY.slice(0, 5)));
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(80)), (parts, cuts) => {
        const whole = Buffer.from(parts.join(''));
        const pieces = new MaskedPieces([KEY, 'another-secret']);
        const told: Buffer[] = [];
        let from = 0;
        for (const cut of [...cuts, whole.length]) {
          const to = Math.min(whole.length, from + cut);
          told.push(pieces.next(whole.subarray(from, to)));
          from = to;
        }
        told.push(pieces.rest());
        expect(Buffer.concat(told).equals(maskedBytes(whole, KEY))).toBe(true);
      }),
    );
  });

  it('stars what else of an upstream is secret: its headers and what its addresses hold', () => {
    const key = { secret: KEY };
    const secrets = secretsOf({ upstream: { secrets: ['header-secret', 'query-secret'] }, key });
    const told = `${KEY}, header-secret and query-secret, short`;
    expect(maskedText(told, secrets)).toBe('***********, ************* and ************, short');
    expect(maskedBytes(Buffer.from(told), secrets)).toHaveLength(told.length);
    expect(secretsOf({ upstream: {}, key })).toBe(KEY);
  });

  it('does not look for keys that are ordinary words', () => {
    expect(maskedText('no key none', 'none')).toBe('no key none');
  });
});
