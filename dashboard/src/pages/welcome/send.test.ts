import { expect, test } from 'vitest';
import { makeTextReader } from './send.ts';

const stream = [
  ': a comment\r\n\r\n',
  'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n',
  'data: {"choices":[{"delta":{"content":"Good "}}]}\n\n',
  'data: {"choices":[{"delta":{"content":"day\\n你好"}}]}\r\n\r\n',
  'data: {"choices":[],"usage":{"total_tokens":3}}\n\n',
  'data: [DONE]\n\n',
].join('');

test('the text of an answer comes out whole, however the stream is cut', () => {
  for (let size = 1; size <= stream.length; size += 7) {
    const read = makeTextReader();
    let text = '';
    for (let at = 0; at < stream.length; at += size) text += read(stream.slice(at, at + size));
    expect(text).toBe('Good day\n你好');
  }
});

test('an error within the stream is told in its own words', () => {
  const read = makeTextReader();
  expect(() => read('data: {"error":{"message":"It broke off."}}\n\n')).toThrow('It broke off.');
});
