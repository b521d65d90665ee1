import { describe, expect, test } from 'vitest';
import { readEvents, readEventTexts, type SseEvent } from './parse.ts';
import { formatEvent } from './write.ts';

function events(text: string): SseEvent[] {
  const seen: SseEvent[] = [];
  readEvents(Buffer.from(text), (event) => seen.push(event));
  // Both readers see the same.
  const texts: SseEvent[] = [];
  const isRead = readEventTexts(text, (event, data) => texts.push({ event, data }));
  expect(isRead).toBe(!text.includes('\r'));
  expect(texts).toEqual(isRead ? seen : []);
  return seen;
}

function spans(text: string): string[] {
  const bytes = Buffer.from(text);
  const seen: string[] = [];
  readEvents(bytes, (_, start, end) => seen.push(bytes.toString('utf8', start, end)));
  return seen;
}

describe('readEvents', () => {
  test('reads type and data, with or without a space after the colon', () => {
    expect(events('event: ping\ndata: {"a":1}\n\ndata:x\n\ndata:  y\n\n')).toEqual([
      { event: 'ping', data: '{"a":1}' },
      { event: '', data: 'x' },
      { event: '', data: ' y' },
    ]);
  });

  test.each(['\n', '\r\n', '\r'])('joins data lines by LF, whatever the line ends are (%j)', (lineEnd) => {
    const text = ['data: a', 'data', 'data:', 'data: b', '', 'event:e', 'data: c', '', ''].join(lineEnd);
    expect(events(text)).toEqual([
      { event: '', data: 'a\n\n\nb' },
      { event: 'e', data: 'c' },
    ]);
  });

  test('takes the last type of an event and forgets it afterwards', () => {
    expect(events('event: a\nevent: b\ndata: 1\n\ndata: 2\n\nevent: c\nevent\ndata: 3\n\n')).toEqual([
      { event: 'b', data: '1' },
      { event: '', data: '2' },
      { event: '', data: '3' },
    ]);
  });

  test('passes over comments, ids, retry times and unknown fields', () => {
    expect(
      events(': hello\nid: 7\nretry: 10\ndatabase: no\ndat: no\n data: no\nevents: no\ndata: yes\n\n'),
    ).toEqual([{ event: '', data: 'yes' }]);
  });

  test('sees no event in comments alone, in a type alone and in an unfinished event', () => {
    expect(events(': keep-alive\n\n\n\nevent: x\n\ndata: cut')).toEqual([]);
    expect(events('data: cut\n')).toEqual([]);
    expect(events('event: x\n\ndata: y\n\n')).toEqual([{ event: '', data: 'y' }]);
  });

  test('an empty data line is an event with empty data', () => {
    expect(events('data\n\ndata:\n\n')).toEqual([
      { event: '', data: '' },
      { event: '', data: '' },
    ]);
  });

  test('skips a byte order mark at the start', () => {
    expect(events('\ufeffdata: a\n\n')).toEqual([{ event: '', data: 'a' }]);
  });

  test('gives the bytes of each event with its comments and blank line, also after other scripts', () => {
    expect(spans('data: é😀\n\n: c\ndata: b\r\n\r\n: alone\n\nevent: e\ndata: c\r\r')).toEqual([
      'data: é😀\n\n',
      ': c\ndata: b\r\n\r\n',
      'event: e\ndata: c\r\r',
    ]);
  });

  test('reads a mebibyte of blank or short lines of any kind in linear time', () => {
    const started = performance.now();
    for (const part of ['\n', '\r', '\r\n', 'x\n', 'x\r', 'data\r']) {
      expect(events(part.repeat(2 ** 20 / part.length))).toEqual([]);
    }
    // A quadratic reader takes minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('formatEvent', () => {
  test('writes data, and the type where there is one', () => {
    expect(formatEvent('{"a":1}')).toBe('data: {"a":1}\n\n');
    expect(formatEvent('x', 'error')).toBe('event: error\ndata: x\n\n');
    expect(formatEvent('x', '')).toBe('data: x\n\n');
  });

  test('writes a data line for each line, so that reading gives the same text', () => {
    expect(formatEvent('a\n\nb', 'e')).toBe('event: e\ndata: a\ndata: \ndata: b\n\n');
    expect(events(formatEvent(' a\r\nb\rc\n', 'e'))).toEqual([{ event: 'e', data: ' a\nb\nc\n' }]);
  });
});
