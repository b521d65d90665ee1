import { describe, expect, test } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { createArraySplitter, readElements } from './array-blocks.ts';

function concat(parts: readonly Bytes[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part.toString('latin1'), 'latin1')));
}

function split(chunks: readonly string[], limitBytes = 1_000) {
  const splitter = createArraySplitter(concat, limitBytes);
  const blocks = chunks.map((chunk) => splitter.push(Buffer.from(chunk))?.toString('utf8'));
  return { blocks, rest: splitter.rest()?.toString('utf8'), overflowed: splitter.overflowed };
}

function elements(block: string): string[] {
  const bytes = Buffer.from(block);
  const seen: string[] = [];
  readElements(bytes, (text, start, end) => {
    expect(bytes.toString('utf8', start, end)).toBe(text);
    seen.push(text);
  });
  return seen;
}

describe('createArraySplitter', () => {
  test('gives elements out with the framing before them, and the end of the array as it comes', () => {
    expect(split(['[{"a":1}\n', ',\r\n{"b":', '[2]}', ',{"c":3},{"d', '":4}]\n'])).toEqual({
      blocks: ['[{"a":1}', undefined, '\n,\r\n{"b":[2]}', ',{"c":3}', ',{"d":4}]\n'],
      rest: undefined,
      overflowed: false,
    });
  });

  test('gives the closing bracket out when it comes alone, and white space after it', () => {
    expect(split(['[{}', '\n', ']', '\r\n', ' '])).toEqual({
      blocks: ['[{}', undefined, '\n]', '\r\n', ' '],
      rest: undefined,
      overflowed: false,
    });
    expect(split(['[', ']']).blocks).toEqual([undefined, '[]']);
  });

  test('is not misled by brackets, quotes and escapes in strings, wherever they are cut', () => {
    const text = '[{"a":"}],[\\"{\\\\"},{"b":"\\\\\\""}]';
    expect(split([...text]).blocks.filter((block) => block !== undefined)).toEqual([
      '[{"a":"}],[\\"{\\\\"}',
      ',{"b":"\\\\\\""}',
      ']',
    ]);
  });

  test('counts an array in the array as an element, and a lone object too', () => {
    expect(split(['[[1,[2]]', ',[3]]']).blocks).toEqual(['[[1,[2]]', ',[3]]']);
    expect(split(['{"error":', '{"code":1}}']).blocks).toEqual([undefined, '{"error":{"code":1}}']);
  });

  test('keeps what is unfinished for the end', () => {
    expect(split(['[{"a":1},{"b'])).toEqual({ blocks: ['[{"a":1}'], rest: ',{"b', overflowed: false });
    expect(split(['<html>']).rest).toBe('<html>');
  });

  test('gives up when an unfinished element is larger than the limit', () => {
    expect(split(['[{"a":1},', '{"b":"xxxx', 'x"}]'], 10)).toEqual({
      blocks: ['[{"a":1}', undefined, undefined],
      rest: undefined,
      overflowed: true,
    });
  });
});

describe('readElements', () => {
  test('visits the elements of a first, a middle and a last run', () => {
    expect(elements('[{"a":"é"},{"b":2}')).toEqual(['{"a":"é"}', '{"b":2}']);
    expect(elements('\n,{"a":[1]}\n,[2]')).toEqual(['{"a":[1]}', '[2]']);
    expect(elements(',{}]\n')).toEqual(['{}']);
    expect(elements('{"error":{}}')).toEqual(['{"error":{}}']);
    expect(elements('},{"a":1}')).toEqual(['{"a":1}']);
  });

  test('visits nothing in framing, numbers, words and stray brackets', () => {
    for (const block of ['[]', ']', '\n', '', '1, true', '}', '"{}"']) expect(elements(block)).toEqual([]);
  });
});
