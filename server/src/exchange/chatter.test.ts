import { describe, expect, test } from 'vitest';
import { Chatter } from './chatter.ts';

/** What each chunk is found to be. */
function read(...chunks: string[]): boolean[] {
  const chatter = new Chatter();
  return chunks.map((chunk) => chatter.read(Buffer.from(chunk)));
}

/** Whether all is chatter when it comes byte by byte. */
function bytewise(text: string): boolean {
  return read(...text).every(Boolean);
}

const COMMENTS = ': keep-alive\n\n: data is on its way\r\n\r\n: event: none\r\rid: 7\nretry: 1000\n\n';

describe('chatter', () => {
  test('is comments, blank lines, ids and retry times', () => {
    expect(read(COMMENTS, COMMENTS)).toEqual([true, true]);
    expect(read('\n', '\n\n')).toEqual([true, true]);
  });

  test('is the same wherever it is cut', () => {
    for (let at = 0; at <= COMMENTS.length; at++)
      expect(read(COMMENTS.slice(0, at), COMMENTS.slice(at))).toEqual([true, true]);
    expect(bytewise(COMMENTS)).toBe(true);
  });

  test('is not the least piece of an event, wherever it is cut', () => {
    const event = 'event: x\ndata: 1\n\n';
    for (let at = 1; at < event.length - 2; at++)
      expect(read(`${COMMENTS}${event.slice(0, at)}`, event.slice(at)).includes(false)).toBe(true);
    expect(read(': c', '\ndata: 1\n\n', ': c\n\n')).toEqual([true, false, true]);
    expect(read(': c\rd', 'ata: 1')).toEqual([false, false]);
  });

  test('begins again after an event, also within the chunk that ends it', () => {
    expect(read('data: 1\n\n: kee', 'p\n\n', ': x')).toEqual([false, true, true]);
    expect(read(`data: ${'x'.repeat(1000)}`, 'y', '\n\n', ': x')).toEqual([false, false, true, true]);
  });

  test('is nothing within a line of JSON', () => {
    expect(read('[{"a"', ': "b"', ',\n "id": 1', '}\n,{')).toEqual([false, false, false, false]);
  });
});
