import { describe, expect, test } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { createBlockSplitter } from './blocks.ts';

function concat(parts: readonly Bytes[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part.toString('latin1'), 'latin1')));
}

function split(chunks: readonly string[], limitBytes = 1_000) {
  const splitter = createBlockSplitter(concat, limitBytes);
  const blocks = chunks.map((chunk) => splitter.push(Buffer.from(chunk))?.toString('utf8'));
  return { blocks, rest: splitter.rest()?.toString('utf8'), overflowed: splitter.overflowed };
}

describe('createBlockSplitter', () => {
  test.each([
    ['LF', 'data: a\n\ndata: b\n\n'],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['CR', 'data: a\r\rdata: b\r\r'],
    ['LF then CRLF', 'data: a\n\r\n'],
    ['CRLF then LF', 'data: a\r\n\n'],
    ['CR then CRLF', 'data: a\r\r\n'],
  ])('gives a chunk that ends with an event (%s) back as the very same object', (_, text) => {
    const chunk = Buffer.from(text);
    expect(createBlockSplitter(concat, 100).push(chunk)).toBe(chunk);
  });

  test('cuts a chunk after its last complete event without copying', () => {
    const chunk = Buffer.from('data: a\n\ndata: b\r\n\r\ndata: c\n');
    const splitter = createBlockSplitter(() => expect.unreachable(), 100);
    const block = splitter.push(chunk);
    expect(block?.toString('utf8')).toBe('data: a\n\ndata: b\r\n\r\n');
    expect(block instanceof Buffer && block.buffer === chunk.buffer).toBe(true);
    expect(splitter.rest()?.toString('utf8')).toBe('data: c\n');
  });

  test('joins a split event with the chunk that completes it', () => {
    expect(split(['data: a', 'b\n', '\ndata: c\n\nda', 'ta: d\n\n'])).toEqual({
      blocks: [undefined, undefined, 'data: ab\n\ndata: c\n\n', 'data: d\n\n'],
      rest: undefined,
      overflowed: false,
    });
  });

  test('does not take CR LF of one line end for a blank line, in one chunk or in two', () => {
    expect(split(['data: a\r\n']).rest).toBe('data: a\r\n');
    expect(split(['data: a\r', '\n']).rest).toBe('data: a\r\n');
  });

  test('gives an event out with the CR of its blank line and lets the LF lead the next run', () => {
    expect(split(['data: a\r\n\r', '\n', 'data: b\r\n\r', '\ndata: c\r\n\r\n']).blocks).toEqual([
      'data: a\r\n\r',
      '\n',
      'data: b\r\n\r',
      '\ndata: c\r\n\r\n',
    ]);
  });

  test('gives blank lines out at once, at the start of the stream too', () => {
    expect(split(['\n', '\r\n', 'data: a\n\n', '\n']).blocks).toEqual(['\n', '\r\n', 'data: a\n\n', '\n']);
  });

  test('has nothing left after a stream of complete events, and nothing at all of an empty one', () => {
    expect(split(['data: a\n\n', '']).rest).toBeUndefined();
    expect(split([]).rest).toBeUndefined();
  });

  test('gives up when an unfinished event is larger than the limit, and not before', () => {
    expect(split(['x'.repeat(10)], 10)).toEqual({
      blocks: [undefined],
      rest: 'x'.repeat(10),
      overflowed: false,
    });
    expect(split(['data: a\n\n12345', '123456', '\n\n'], 10)).toEqual({
      blocks: ['data: a\n\n', undefined, undefined],
      rest: undefined,
      overflowed: true,
    });
    expect(split([`data: ${'x'.repeat(50)}\n\n`], 10).overflowed).toBe(false);
  });

  test('copies each byte at most twice when a large event drips in byte by byte', () => {
    let copiedBytes = 0;
    const splitter = createBlockSplitter((parts) => {
      const joined = concat(parts);
      copiedBytes += joined.length;
      return joined;
    }, 1_000_000);
    const event = Buffer.from(`data: ${'x'.repeat(20_000)}\n\n`);
    let block: Bytes | undefined;
    for (let i = 0; i < event.length; i++) block = splitter.push(event.subarray(i, i + 1));
    expect(block?.toString('utf8')).toBe(event.toString());
    expect(copiedBytes).toBeLessThanOrEqual(2 * event.length);
  });
});
