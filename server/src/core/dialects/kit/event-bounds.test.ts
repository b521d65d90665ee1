import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataSpan, eventEnd, eventStart, lastEventStart } from './event-bounds.ts';

const line = fc.constantFrom('data: {"a":"b"}', 'event: x', ': c', 'data', 'ä');
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
/** An event with the same line ends throughout; CR before a following LF would be one line end with it. */
const event = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), lineEnd)
  .map(([lines, end]) => `${lines.join(end)}${end}${end}`);

describe('the bounds of events', () => {
  it('are found from every position inside of them', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
        const block = Buffer.from(events.join(''));
        let start = 0;
        for (const text of events) {
          const end = start + Buffer.byteLength(text);
          expect(eventEnd(block, start)).toBe(end);
          expect(lastEventStart(block, end)).toBe(start);
          for (let at = start; at < start + Buffer.byteLength(text.trimEnd()); at++) {
            expect(eventStart(block, at)).toBe(start);
            expect(eventEnd(block, at)).toBe(end);
          }
          start = end;
        }
      }),
    );
  });

  it('are those of the block where an event is not complete', () => {
    const block = Buffer.from('data: 1');
    expect(eventEnd(block, 0)).toBe(7);
    expect(eventStart(block, 6)).toBe(0);
    expect(eventEnd(Buffer.from(''), 0)).toBe(0);
    expect(lastEventStart(Buffer.from('\n\n'), 2)).toBe(0);
  });
});

describe('the data of an event', () => {
  const data = (text: string): string | undefined => {
    const block = Buffer.from(text);
    const span = dataSpan(block, 0, block.length);
    return span === undefined ? undefined : block.toString('utf8', span.start, span.end);
  };

  it.each([
    ['data: {"a":1}\n\n', '{"a":1}'],
    ['data:{"a":1}\r\n\r\n', '{"a":1}'],
    [': comment\nevent: x\ndata:  two spaces\rid: 1\r\r', ' two spaces'],
    ['data:\n\n', ''],
    ['data: 1\ndata: 2\n\n', undefined],
    [': comment\n\n', undefined],
    ['database: 1\n\n', undefined],
  ])('of %j is %j', (text, expected) => {
    expect(data(text)).toBe(expected);
  });
});
