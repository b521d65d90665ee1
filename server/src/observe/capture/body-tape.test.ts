import { describe, expect, test } from 'vitest';
import { BodyTape, Holding } from './body-tape.ts';

const same = (text: string): string => text;
const clean = (): boolean => true;
const masked = (text: string): string => text.replaceAll('SECRETSECRET', '[redacted]');

describe('BodyTape', () => {
  test('keeps a body of several pieces as one text, counted in bytes', () => {
    const tape = new BodyTape(100, new Holding(1_000));
    tape.add(Buffer.from('größ').subarray(0, 4), 5);
    tape.add(Buffer.from('größ').subarray(4), 6);
    tape.add('er', 7);
    expect(tape.body(same, clean)).toEqual({ bytes: 8, encoding: 'utf8', text: 'größer', cut: false });
    expect(tape.firstAtMs).toBe(5);
  });

  test('has no body where nothing passed', () => {
    const tape = new BodyTape(100, new Holding(1_000));
    tape.add('', 1);
    expect(tape.body(same, clean)).toBeUndefined();
    expect(tape.firstAtMs).toBeUndefined();
  });

  test('cuts between two signs, and keeps no half of a secret at any place of the cut', () => {
    for (let before = 0; before < 40; before++) {
      const tape = new BodyTape(20, new Holding(100_000));
      tape.add(`${'ö'.repeat(before)}SECRETSECRET${'x'.repeat(9_000)}`, 0);
      const body = tape.body(masked, clean);
      expect(body).toMatchObject({ encoding: 'utf8', cut: true, bytes: 2 * before + 9_012 });
      expect(body?.text).not.toMatch(/S|\ufffd/);
      expect(Buffer.byteLength(body?.text ?? '')).toBeLessThanOrEqual(20);
    }
  });

  test('cuts a body that is a little too long where it may be cut', () => {
    const tape = new BodyTape(4, new Holding(1_000));
    tape.add('123456', 0);
    expect(tape.body(same, clean)).toEqual({ bytes: 6, encoding: 'utf8', text: '1234', cut: true });
  });

  test('keeps nothing behind a gap, and no more than all may hold together', () => {
    const holding = new Holding(10);
    const first = new BodyTape(100, holding);
    const second = new BodyTape(100, holding);
    first.add('12345678', 0);
    second.add('abcdef', 0);
    first.release();
    second.add('gh', 0);
    expect(holding.heldBytes).toBe(2);
    expect(second.body(same, clean)).toMatchObject({ bytes: 8, cut: true, text: '' });
    second.release();
    second.add('late', 0);
    expect(holding.heldBytes).toBe(0);
  });

  test('writes bytes that are no text as base64, without secrets, and withholds what hides one', () => {
    const tape = new BodyTape(100, new Holding(1_000));
    tape.add(Buffer.concat([Buffer.from([0xff]), Buffer.from('SECRETSECRET')]), 0);
    const body = tape.body(masked, clean);
    expect(Buffer.from(body?.text ?? '', 'base64').toString('latin1')).toBe('\u00ff[redacted]');
    expect(tape.body(masked, () => false)).toEqual({ bytes: 13, encoding: 'base64', text: '', cut: true });
  });
});
